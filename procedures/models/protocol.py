"""Protocols, each with its editable draft (draft.py has the draft's parts), and their frozen releases."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import KeyField, KeysField, WordsField, said
from .person import Person


def _first_languages() -> list[str]:
    return ["en", "nb"]


class Protocol(models.Model):
    """What the hospital wants done. Its columns and the rows below it are the draft; releases are copies."""

    key = KeyField(
        _("key"),
        primary_key=True,
        help_text=_("Names the protocol in every record. Never changes, so choose it with care."),
    )
    title = WordsField(_("title"), help_text=_("What the tablet calls the checklist."))
    languages = KeysField(
        _("languages"),
        default=_first_languages,
        blank=False,
        help_text=_("Codes, separated by commas. Every text must be there in each of them."),
    )
    review_by = models.DateField(
        _("review by"), null=True, help_text=_("By then someone must have read the protocol again.")
    )

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        permissions: ClassVar = [("publish_protocol", "Can publish a protocol")]

    def __str__(self) -> str:
        return said(self.title, self.key)


class Release(models.Model):
    """One published document, kept as its bytes and named by their SHA-256. The database refuses to change it."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="releases", verbose_name=_("protocol"))
    number = models.PositiveIntegerField(_("number"))
    document = models.BinaryField()
    effective_from_ms = models.BigIntegerField()
    published_at = models.DateTimeField(_("published"))
    # Empty only in releases from before drafts were kept.
    published_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    reason = models.TextField(_("reason"), default="")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints: ClassVar = [models.UniqueConstraint(fields=["protocol", "number"], name="one_release_a_number")]
        ordering: ClassVar = ["protocol", "-number"]

    def __str__(self) -> str:
        return f"{self.protocol_id} {self.number}"
