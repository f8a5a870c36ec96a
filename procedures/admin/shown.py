"""A draft's own kinds of column as text, for those who read a draft and may not change it."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join

from procedures.models import Role
from procedures.models.fields import KeysField, RolesField, ShapeField, WordsField


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


def _text(column: "models.Field[Any, Any]", value: Any) -> str:
    if isinstance(column, WordsField):
        return format_html_join("", '<p lang="{0}"><b>{0}</b> {1}</p>', value.items())
    if isinstance(column, RolesField):
        return ", ".join(str(Role(role).label) if role in Role else role for role in value)
    if isinstance(column, KeysField):
        return ", ".join(value or [])
    return format_html("<pre>{}</pre>", json.dumps(value, ensure_ascii=False, indent=2)) if value else ""


def plain(column: Any, value: Any) -> str:
    """A column's value in one line; "" where there is none."""
    if isinstance(column, WordsField):
        return "; ".join(f"{language}: {words}" for language, words in value.items())
    if isinstance(column, ShapeField) or value is None:
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _text(column, value) if isinstance(column, KeysField) else str(value)
