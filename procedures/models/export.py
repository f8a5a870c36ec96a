"""Exports that were asked for. `procedures.exports.jobs` is the only writer; the files lie in VAR_DIR/exports."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .person import Person


class ExportJob(models.Model):
    """One export: who asked for what and why, how far it is, and what came of it.

    `total` and `done` are counts of cases. `heartbeat_at` is the last sign of life: of the worker while it runs, of
    whoever sent it while it waits. The row stays when its file is removed; then `file_name` is empty again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    filter = models.JSONField(_("cases"), help_text="as records_query.Selection has it")
    identified = models.BooleanField(_("identified"), default=False)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(_("cases in all"), default=0)
    done = models.PositiveIntegerField(_("cases done"), default=0)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=60, blank=True)
    size = models.BigIntegerField(_("size in bytes"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    failure = models.CharField(_("failure"), max_length=40, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(identified=False) | ~models.Q(purpose=""), name="identity_has_a_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def download_name(self) -> str:
        """What the file is called where it is downloaded to; says nothing about who is in it."""
        return f"bedside-export-{self.asked_at:%Y-%m-%d}-{str(self.id)[:8]}.zip"
