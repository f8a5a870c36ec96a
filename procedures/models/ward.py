"""Wards, their tablets, and who is enrolled on which."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .person import Person


class Ward(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        verbose_name = _("ward")
        verbose_name_plural = _("wards")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A tablet, or any other browser that was registered with a code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("As it stands on the tablet's cover."))
    wards = models.ManyToManyField(Ward, related_name="devices", verbose_name=_("wards"))
    registered_at = models.DateTimeField(_("registered"), null=True, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("taken out of use"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("tablet")
        verbose_name_plural = _("tablets")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class TabletCode(models.Model):
    """A code that registers one tablet once. Only its digest is kept."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"code for {self.device}"


class Enrolment(models.Model):
    """A writer: a key pair, and the server's certificate about it.

    Mostly one person on one tablet, with a key that never left the tablet. The server itself writes under an enrolment
    of its own for each ward: then `device` and `person` are empty, and `ward` says which.
    """

    class Ending(models.TextChoices):
        LEFT = "left", _("left: what was written before still counts")
        COMPROMISED = "compromised", _("compromised: whatever arrives from now on is quarantined")

    id = models.UUIDField(primary_key=True, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="enrolments", verbose_name=_("tablet"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="enrolments", verbose_name=_("person"))
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, related_name="+", verbose_name=_("ward"))
    public_key = models.CharField(max_length=87)
    certificate = models.TextField()
    signature = models.CharField(max_length=86)
    issued_at = models.DateTimeField(_("enrolled"))
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ended_as = models.CharField(_("ended as"), max_length=20, choices=Ending, blank=True)
    to_be_confirmed = models.BooleanField(
        _("to be confirmed"),
        default=False,
        help_text=_("Known only from its certificate, after a backup was restored."),
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering: ClassVar = ["-issued_at"]

    def __str__(self) -> str:
        writer = self.person or _("Bedside server")
        return f"{writer}, {self.device or self.ward}"
