"""Protocols and their frozen releases."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Protocol(models.Model):
    key = models.CharField(_("key"), max_length=64, primary_key=True)

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")

    def __str__(self) -> str:
        return self.key


class Release(models.Model):
    """One published document, kept as its bytes and named by their SHA-256. The database refuses to change it."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="releases", verbose_name=_("protocol"))
    number = models.PositiveIntegerField(_("number"))
    document = models.BinaryField()
    effective_from_ms = models.BigIntegerField()
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints: ClassVar = [models.UniqueConstraint(fields=["protocol", "number"], name="one_release_a_number")]
        ordering: ClassVar = ["protocol", "-number"]

    def __str__(self) -> str:
        return f"{self.protocol_id} {self.number}"
