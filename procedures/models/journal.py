"""The ward logs and their entries. `procedures.journal` is the only writer; the database refuses changes."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ward import Ward


class WardLog(models.Model):
    """The head of a ward's log. Its row is the lock under which the ward's entries get their order."""

    ward = models.OneToOneField(Ward, models.PROTECT, primary_key=True, related_name="log")
    position = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.ward_id} at {self.position}"


class Entry(models.Model):
    """An entry's place: the narrow row that is searched. Its bytes stand in EntryContent."""

    pk = models.CompositePrimaryKey("ward_id", "position")
    ward = models.ForeignKey(Ward, models.PROTECT, db_index=False, related_name="+")
    position = models.BigIntegerField()
    enrolment = models.UUIDField()
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    case = models.UUIDField(null=True, db_index=True)
    type = models.CharField(max_length=41)
    received_ms = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "seq", "digest"], name="each_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.position} {self.type}"


class EntryContent(models.Model):
    """What was written and signed: the exact bytes, the raw signature, the private part if there is one."""

    pk = models.CompositePrimaryKey("ward_id", "position")
    ward = models.ForeignKey(Ward, models.PROTECT, db_index=False, related_name="+")
    position = models.BigIntegerField()
    data = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    private = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"content of {self.ward_id} {self.position}"


class Holding(models.Model):
    """How far the server's unbroken chain of one writer reaches: a note, so that it is not walked from 1 each time."""

    enrolment = models.UUIDField(primary_key=True)
    upto = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    forked_from = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.enrolment} up to {self.upto}"


class JournalCheck(models.Model):
    """One run over all logs: how far it came and what it found."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    entries = models.BigIntegerField(_("entries checked"), default=0)
    findings = models.JSONField(_("findings"), default=list)

    class Meta:
        verbose_name = _("journal check")
        verbose_name_plural = _("journal checks")
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return f"check of {self.started_at:%Y-%m-%d %H:%M}"
