"""A draft's own kinds of column as text, for those who read a draft and may not change it."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join

from procedures.models import Role
from procedures.models.fields import KeysField, RolesField, ShapeField, Words, WordsField

from .listing import Column, Row, columns_of, in_words


@cache  # the same for the same column: the admin compares them
def shown(model: type[models.Model], name: str) -> str | Callable[[Any], str]:
    """What Django's admin takes in place of a column's name to show it as text; the name itself for Django's kinds."""
    try:
        column: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if not isinstance(column, WordsField | KeysField | ShapeField):
        return name

    @admin.display(description=column.verbose_name)
    def text(row: Any) -> str:
        return _text(column, getattr(row, name))

    text.__name__ = name  # by which the admin finds the column's help text
    return text


def _text(column: Any, value: Any) -> str:
    if isinstance(column, WordsField):
        return _words(value)
    if isinstance(column, RolesField):
        return ", ".join(str(Role(role).label) if role in Role else role for role in value)
    if isinstance(column, KeysField):
        return ", ".join(value or [])
    columns = columns_of(column.shape)
    if columns:
        return format_html_join("", '<div class="row-of"><b>{}</b><dl>{}</dl></div>', _rows(columns, value))
    return format_html("<pre>{}</pre>", json.dumps(value, ensure_ascii=False, indent=2)) if value else ""


def _words(value: Words) -> str:
    return format_html_join("", '<p lang="{0}"><b>{0}</b> {1}</p>', value.items())


def _rows(columns: Sequence[Column], value: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for title, said in in_words(columns, value):
        cells = ((label, _words(words) if isinstance(words, dict) else words) for label, words in said)
        yield title, format_html_join("", "<dt>{}</dt><dd>{}</dd>", cells)


def plain(column: Any, value: Any) -> str:
    """A column's value in one line; "" where there is none."""
    if value is None:
        return ""
    if isinstance(column, WordsField):
        return _languages(value)
    if isinstance(column, ShapeField):
        columns = columns_of(column.shape)
        rows = [_line(*row) for row in in_words(columns, value)] if columns else [json.dumps(value, ensure_ascii=False)]
        return "; ".join(rows) if value else ""
    return _text(column, value) if isinstance(column, KeysField) else str(value)


def _line(title: str, said: Sequence[tuple[str, Any]]) -> str:
    cells = (f"{label}: {_languages(words) if isinstance(words, dict) else words}" for label, words in said)
    return f"{title} ({', '.join(cells)})"


def _languages(words: Words) -> str:
    return "; ".join(f"{language}: {text}" for language, text in words.items())
