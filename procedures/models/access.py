"""Who took records out of Bedside. Rows are added and never changed: the database refuses it, as for the journal."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .export import ExportJob
from .person import Person
from .token import ApiToken


class AccessRow(models.Model):
    """One act of one person on so many cases (ISO 27789)."""

    class Kind(models.TextChoices):
        EXPORTED = "exported", _("export asked for")
        DOWNLOADED = "downloaded", _("export downloaded")
        VIEWED = "viewed", _("record looked at")
        LISTED = "listed", _("records listed")
        TABLE = "table", _("table taken")
        PRINTED = "printed", _("consent taken as PDF")

    at = models.DateTimeField(_("when"), default=timezone.now)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    # Empty where the person sat before the admin.
    token = models.ForeignKey(ApiToken, models.PROTECT, null=True, related_name="+", verbose_name=_("API token"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    job = models.ForeignKey(ExportJob, models.PROTECT, null=True, related_name="access_rows", verbose_name=_("export"))
    # Which case was looked at; its filter perhaps says which consent. Of an export its filter says which cases, of a
    # list or a table its own.
    case = models.UUIDField(_("case"), null=True)
    filter = models.JSONField(_("chosen by"), null=True, help_text="as records_query.Selection has it")
    cases = models.PositiveIntegerField(_("cases"))

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log entries")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"
