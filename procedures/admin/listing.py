"""A list of small things that a draft has, as a row of inputs for each: risks, who must consent, legal bases."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.core import document as shapes
from procedures.core.conditiontext import MAX_LENGTH, mistake_in
from procedures.core.entry import Key
from procedures.core.signertext import Unread, read_signers, write_signers
from procedures.models.fields import is_key

from .fields import WordsFormField, WordsInput, one_line
from .told import Told, mistake_words, signers_words

_BLANK_ROWS: Final = 2
_STEP: Final = 10  # as in the order of a draft's other rows, so that something fits between
_LABELS: Final[Mapping[str, Promise]] = {
    "key": gettext_lazy("key"),
    "title": gettext_lazy("title"),
    "text": gettext_lazy("text"),
    "source": gettext_lazy("source"),
    "relations": gettext_lazy("whose it can be"),
    "signers": gettext_lazy("who"),
    "when": gettext_lazy("only when"),
    "suffices": gettext_lazy("suffices"),
    "drawn": gettext_lazy("is drawn on the tablet"),
    "witness": gettext_lazy("needs a witness"),
    "photograph": gettext_lazy("needs a photograph"),
    "elsewhere": gettext_lazy("was done elsewhere"),
    "system": gettext_lazy("coding system, by its address"),
    "code": gettext_lazy("code"),
    "refuses": gettext_lazy("refuses when they disagree"),
}
_HINTS: Final[Mapping[str, Promise]] = {
    "relations": gettext_lazy("keys of relations, separated by commas; empty: anybody’s"),
    "signers": gettext_lazy(
        "such as: self; 2 of parent-1, parent-2, guardian – keys of relations, a semicolon means “and”"
    ),
    "when": gettext_lazy("a condition; empty: always"),
}
_KINDS: Final[Sequence[tuple[Any, str]]] = [
    (Key, "key"),
    (shapes.Words, "words"),
    (list[Key], "keys"),
    (list[shapes.Signers], "signers"),
    (shapes.Condition | None, "line"),
    (bool, "tick"),
    (str, "text"),
]
_ORDER: Final = gettext_lazy("The smallest order number is first, a row without one last.")
# What was typed in one, by column, with its "place" in the order and whether it is to be "removed".
Row = dict[str, Any]


class Column(NamedTuple):
    """A field of the things in the list. `default` is what a release takes it for where it is left out."""

    name: str
    kind: str
    default: Any


def columns_of(shape: Any) -> list[Column] | None:
    """The columns of a list of such things; None where one of their fields has no input here."""
    (struct,) = getattr(shape, "__args__", (None,))
    if not (isinstance(struct, type) and issubclass(struct, msgspec.Struct)):
        return None
    found = [Column(field.name, _kind_of(field.type), _default_of(field)) for field in msgspec.structs.fields(struct)]
    return found if all(column.kind for column in found) else None


def _kind_of(of: Any) -> str:
    return next((kind for each, kind in _KINDS if each == of), "")


def _default_of(field: msgspec.structs.FieldInfo) -> Any:
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()


def in_words(columns: Sequence[Column], rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Rows for those who only read them: each one's title, and what it says, by label; languages as they stand."""
    return [(_title(index, row), list(_said(columns, row))) for index, row in enumerate(rows)]


def _said(columns: Sequence[Column], row: Row) -> Iterator[tuple[str, Any]]:
    for column in columns:
        value = row.get(column.name, column.default)
        if column.kind != "key" and value not in (None, False, "", msgspec.NODEFAULT):
            written = "✓" if value is True else _written(column, value) if isinstance(value, list) else value
            yield capfirst(str(_LABELS[column.name])), written


class RowsInput(forms.Widget):
    """A row for each thing there is, and some for new ones. `tell`: by kind, what to say below what is typed."""

    template_name = "procedures/admin/rows.html"
    tell: Mapping[str, Callable[[str], Told]] = {}

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns
        self.words = WordsInput()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        context["widget"]["rows"] = [
            self._row(f"{name}-{index}", {"place": (index + 1) * _STEP} | row) | {"title": _title(index, row)}
            for index, row in enumerate(rows)
        ]
        blank = range(len(rows), len(rows) + _BLANK_ROWS)
        context["widget"]["blank"] = [self._row(f"{name}-{index}", {}) for index in blank]
        return context

    def _row(self, name: str, row: Row) -> dict[str, Any]:
        cells = [
            self._cell(f"{name}-{column.name}", column, row.get(column.name, column.default)) for column in self.columns
        ]
        return {"name": name, "cells": cells, "place": row.get("place", ""), "removed": row.get("removed", False)}

    def _cell(self, name: str, column: Column, value: Any) -> dict[str, Any]:
        value = "" if value in (None, msgspec.NODEFAULT) else value
        cell = {"id": f"id_{name}", "name": name, "label": capfirst(str(_LABELS[column.name])), "kind": column.kind}
        if column.kind == "words":
            return cell | {"html": self.words.render(name, value, {"id": f"id_{name}"})}
        value = _written(column, value) if isinstance(value, list) else value
        told = self.tell[column.kind](one_line(value)) if value and column.kind in self.tell else None
        return cell | {"value": value, "told": told, "hint": _HINTS.get(column.name, "")}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        return [row for row in self._rows(data, name) if not self._is_blank(row)]

    def _is_blank(self, row: Row) -> bool:
        """A tick alone says nothing: a new row begins with some. Nor does a place."""
        return not any(row[column.name] for column in self.columns if column.kind != "tick")

    def _rows(self, data: Mapping[str, Any], name: str) -> Iterator[Row]:
        index = 0
        while f"{name}-{index}-place" in data:
            yield self._given(data, f"{name}-{index}")
            index += 1

    def _given(self, data: Mapping[str, Any], name: str) -> Row:
        row: Row = {"place": str(data[f"{name}-place"]), "removed": f"{name}-remove" in data}
        for column in self.columns:
            cell = f"{name}-{column.name}"
            if column.kind == "words":
                row[column.name] = self.words.value_from_datadict(data, None, cell)
            elif column.kind == "tick":
                row[column.name] = cell in data
            else:
                row[column.name] = str(data.get(cell, ""))
        return row

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-0-place" not in data

    def id_for_label(self, id_: str) -> str:
        return ""


def _title(index: int, row: Row) -> str:
    """By which an editor finds a row, on the page and in what is said about it."""
    return row.get("key") or _("Row %(number)d") % {"number": index + 1}


def _told(title: str, words: str) -> str:
    return _("“%(row)s”: %(words)s") % {"row": title, "words": words}


class RowsFormField(forms.Field):
    """Rows that are not to be removed, whole and in order: as a draft has them that was read from a file."""

    widget: RowsInput

    def __init__(self, columns: Sequence[Column], *, help_text: str, **options: Any) -> None:
        super().__init__(widget=RowsInput(columns), help_text=format_lazy("{} {}", help_text, _ORDER), **options)
        self.columns = columns

    def clean(self, value: list[Row]) -> list[Row]:
        wrong: list[str] = []
        placed: list[tuple[float, Row]] = []
        for index, row in enumerate(value):
            if row["removed"]:
                continue
            try:
                placed.append((_place(row["place"]), self._read(row)))
            except ValidationError as problem:
                wrong += [_told(_title(index, row), words) for words in problem.messages]
        kept = [row for _number, row in sorted(placed, key=itemgetter(0))]
        keys = [row["key"] for row in kept if "key" in row]
        wrong += [_("“%(key)s” is there twice.") % {"key": key} for key in sorted(set(keys)) if keys.count(key) > 1]
        if wrong:
            raise ValidationError(wrong)
        super().validate(kept)
        return kept

    def _read(self, row: Row) -> Row:
        read = {column.name: _read(column, row[column.name]) for column in self.columns}
        empty = [
            column.name for column in self.columns if column.default is msgspec.NODEFAULT and not read[column.name]
        ]
        if empty:
            names = ", ".join(str(_LABELS[name]) for name in empty)
            raise ValidationError(_("This is empty: %(names)s.") % {"names": names})
        return read

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self._whole(self.clean(data)) != self._whole(initial or [])
        except ValidationError:
            return True

    def _whole(self, rows: list[Row]) -> list[Row]:
        return [{column.name: row.get(column.name, column.default) for column in self.columns} for row in rows]


def _place(given: str) -> float:
    """Raises ValidationError. A row without a number comes last."""
    number = forms.IntegerField(required=False).clean(given)
    return math.inf if number is None else number


def _written(column: Column, value: list[Any]) -> str:
    if column.kind == "signers":
        return write_signers(msgspec.convert(value, list[shapes.Signers]))
    return ", ".join(value)


def _read(column: Column, given: Any) -> Any:
    """Raises ValidationError."""
    if column.kind == "words":
        return WordsFormField(required=False).clean(given)
    if column.kind == "tick":
        return given
    text = one_line(given)
    ProhibitNullCharactersValidator()(text)
    return _READERS[column.kind](text)


def _key(text: str) -> str:
    is_key(text)
    return text


def _keys(text: str) -> list[str]:
    return [_key(key.strip()) for key in text.split(",") if key.strip()]


def _signers(text: str) -> Any:
    read = read_signers(text) if text else []
    if isinstance(read, Unread):
        raise ValidationError(signers_words(read))
    return msgspec.to_builtins(read)


def _line(text: str) -> str | None:
    mistake = mistake_in(text) if text else None
    if len(text) > MAX_LENGTH or mistake:
        raise ValidationError(mistake_words(mistake) if mistake else _("This condition is too long."))
    return text or None


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "key": _key,
    "keys": _keys,
    "signers": _signers,
    "line": _line,
    "text": str,
}
