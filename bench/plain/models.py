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


class Sheet(models.Model):
    """One filled-in checklist, as a hospital's own form would keep it."""

    case = models.UUIDField(unique=True)
    ward = models.CharField(max_length=200)
    protocol = models.CharField(max_length=64)
    release = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    start = models.CharField(max_length=40)
    answers = models.JSONField()

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return str(self.case)
