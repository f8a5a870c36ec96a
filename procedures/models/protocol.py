"""Protocols, each with its editable draft. draft.py has the draft's parts, release.py the frozen copies."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import KeyField, KeysField, WordsField, said


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
