from django.db import models


class Answer(models.Model):
    """One answer as it came: who wrote it, its number there, its content. The pair is unique, as in any such table."""

    enrolment = models.UUIDField()
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed = models.TextField()

    class Meta:
        app_label = "plain"
        constraints = (models.UniqueConstraint(fields=["enrolment", "seq"], name="each_answer_once"),)

    def __str__(self) -> str:
        return f"{self.enrolment} {self.seq}"
