"""The read table of cases. Everything in it can be rebuilt from the entries: `procedures.records`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .ward import Ward


class Record(models.Model):
    """A case as lists show it. `entry_count` and `position` say from which entries it was folded."""

    case = models.UUIDField(primary_key=True)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="records", verbose_name=_("ward"))
    protocol = models.CharField(_("protocol"), max_length=64, blank=True)
    release = models.CharField(max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=20)
    identifier = models.CharField(_("patient id"), max_length=200, blank=True)
    name = models.CharField(_("patient"), max_length=200, blank=True)
    start_ms = models.BigIntegerField(null=True)
    entry_count = models.PositiveIntegerField(_("entries"))
    position = models.BigIntegerField()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering: ClassVar = ["-start_ms"]
        permissions: ClassVar = [("export_record", "Can export records")]

    def __str__(self) -> str:
        return str(self.case)
