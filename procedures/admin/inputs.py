"""Which input each kind of column that a draft has is given."""

from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst

from procedures.models import Role
from procedures.models.fields import HtmlField, KeysField, LineField, RolesField, ShapeField, WordsField

from .fields import HtmlFormField, KeysFormField, LineFormField, ShapeFormField, WordsFormField, WordsInput
from .listing import RowsFormField, columns_of
from .look import Boxes


def form_field(column: "models.Field[Any, Any]") -> forms.Field | None:
    """The input of a draft's own kind of column; None for Django's kinds."""
    options: dict[str, Any] = {
        "required": not column.blank,
        "label": capfirst(column.verbose_name),
        "help_text": column.help_text,
    }
    if isinstance(column, HtmlField):
        return HtmlFormField(widget=WordsInput(rows=8, rich=True), **options)
    if isinstance(column, WordsField):
        return WordsFormField(widget=WordsInput(), **options)
    if isinstance(column, LineField):
        return LineFormField(words=column.words, **options)
    if isinstance(column, RolesField):
        return forms.MultipleChoiceField(choices=Role.choices, widget=Boxes, **options)
    if isinstance(column, KeysField):
        return KeysFormField(nothing=None if column.null else [], **options)
    if isinstance(column, ShapeField):
        columns = columns_of(column.shape)
        if columns:
            return RowsFormField(columns, **options)
        return ShapeFormField(shape=column.shape, nothing=column.get_default(), **options)
    return None
