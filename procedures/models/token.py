"""Tokens with which the hospital's other systems read Bedside. `procedures.tokens` is the only writer."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .person import Person


class Scope(models.TextChoices):
    """What a token is for. None gives more than its person may do."""

    PROTOCOLS_READ = "protocols:read", _("read protocols and releases")
    CASES_READ = "cases:read", _("read cases, without identity and free text")
    CASES_IDENTITY = "cases:identity", _("read who the patient is, and free text")
    CONSENTS_READ = "consents:read", _("read consents")
    EXPORTS_READ = "exports:read", _("read and download exports")
    EXPORTS_WRITE = "exports:write", _("ask for exports")
    HEALTH_READ = "health:read", _("read how the server is")


class ApiToken(models.Model):
    """A right to act as one person through the API, cut down to some scopes, until a day. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("Which system uses it, and for what."))
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens", verbose_name=_("acts for"))
    scopes = models.JSONField(_("may"))
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return self.name
