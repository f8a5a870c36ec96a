"""The read table of cases. Everything in it can be rebuilt from the entries: `procedures.records`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ward import Ward

# Letters of a name or an identifier; the entry has all of them.
MOST_SAID = 200


class Record(models.Model):
    """A case as lists show it. `entry_count` and `position` say from which entries it was folded.

    `closed_ms` is when the closing that stands was written, by its writer's corrected clock. `overridden`: somebody
    overrode a hold, and that was not entered in error. `flags` are codes between spaces, as in " guest late ".
    `columns` (a list as JSON) and `cells` (a line of RFC 4180) are its row in a table without identity, but for which
    case and ward it is (procedures.cells).
    `due_ms` is when time alone may make something else of the row or of its consents; null: never.
    `folded_as` is the version of `procedures.records` that wrote the row.
    """

    case = models.UUIDField(primary_key=True)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="records", verbose_name=_("ward"))
    protocol = models.CharField(_("protocol"), max_length=64, blank=True)
    release = models.CharField(max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=20)
    identifier = models.CharField(_("patient id"), max_length=MOST_SAID, blank=True)
    name = models.CharField(_("patient"), max_length=MOST_SAID, blank=True)
    start_ms = models.BigIntegerField(null=True)
    outcome = models.CharField(_("outcome"), max_length=64, blank=True)
    closed_ms = models.BigIntegerField(null=True)
    overridden = models.BooleanField(_("overridden"), default=False)
    flags = models.TextField(_("flags"), blank=True)
    columns = models.TextField(default="[]")
    cells = models.TextField(default="")
    entry_count = models.PositiveIntegerField(_("entries"))
    position = models.BigIntegerField()
    due_ms = models.BigIntegerField(null=True)
    folded_as = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering: ClassVar = ["-start_ms"]
        permissions: ClassVar = [("export_record", "Can export records")]
        indexes: ClassVar = [
            models.Index(fields=["start_ms", "case"], name="record_by_start"),
            models.Index(fields=["closed_ms", "case"], name="record_by_closing"),
            models.Index(fields=["release"], name="record_by_release"),
            models.Index(fields=["due_ms"], name="record_due", condition=models.Q(due_ms__isnull=False)),
            models.Index(fields=["case"], name="record_overridden", condition=models.Q(overridden=True)),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def flag_codes(self) -> list[str]:
        return self.flags.split()


class RecordBlob(models.Model):
    """A photograph that an entry of a case names, whether it has arrived or not. `enrolment` is the entry's writer."""

    record = models.ForeignKey(Record, models.CASCADE, db_index=False, related_name="blobs")
    digest = models.CharField(max_length=64)
    enrolment = models.UUIDField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "digest", "enrolment"], name="each_name_of_a_blob_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["digest"], name="record_by_blob")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.digest}"


class RecordConsent(models.Model):
    """One kind of consent in a case about which something was written.

    `status` is the readiness's. `decision` is what stands: "refused" where one of several refused, "" where nothing
    does, as after a withdrawal. `last_ms` is the instant of the newest act about it.
    """

    record = models.ForeignKey(Record, models.CASCADE, db_index=False, related_name="consents")
    key = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    decision = models.CharField(max_length=64, blank=True)
    last_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "key"], name="one_row_a_kind_of_consent"),
        ]
        indexes: ClassVar = [models.Index(fields=["key", "status"], name="consent_by_status")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.key}: {self.status}"
