"""Columns of a draft that hold something of their own kind; the admin gives each kind its own input.

A text stands in one JSON column `{"en": "…", "nb": "…"}`, the very shape that the release has, and not in a column for
each language: a third language is then data, no migration, and what is empty is left out. The editor sees one input
per language either way.
"""

from typing import Any, Final

from django.core.validators import RegexValidator
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from procedures.core.entry import PATTERNS

Words = dict[str, str]

is_key: Final = RegexValidator(
    rf"\A(?:{PATTERNS['key']})\Z",
    _("Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most."),
)


class KeyField(models.CharField[str, str]):
    """The name by which conditions and records know something."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 64, "validators": [is_key], **options})


class WordsField(models.JSONField):
    """A text in each language, by language code; {} where nothing is said."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"default": dict, **options})


class HtmlField(WordsField):
    """A longer text in each language, of the few tags that a release allows."""


class KeysField(models.JSONField):
    """A list of keys, in order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **options})


class RolesField(KeysField):
    """Roles at the bedside."""


class LineField(models.TextField[str, str]):
    """A condition as the line that an editor writes; "" where there is none. `words`: what may stand there instead."""

    def __init__(self, *args: Any, words: tuple[str, ...] = (), **options: Any) -> None:
        self.words = words
        super().__init__(*args, **{"default": "", "blank": True, **options})


class ShapeField(models.JSONField):
    """What is rarely edited: JSON of the shape that the release document gives it."""

    def __init__(self, *args: Any, shape: Any = None, **options: Any) -> None:
        self.shape = shape
        super().__init__(*args, **options)


def said(words: Words, otherwise: str) -> str:
    """A text in the reader's language, else in its first one, else the key it is for."""
    language = translation.get_language() or ""
    return words.get(language) or next(iter(words.values()), otherwise)
