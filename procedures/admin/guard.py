"""Keeps an editor from overwriting unseen what another one saved meanwhile.

A draft's page carries what it showed, as a short digest of each column of its rows. Where these differ when it is
saved, nothing is saved; the page comes back with all that was typed and with what stands there now, and with the new
digests: saved again, it counts. The page that asks before something is deleted carries one digest of all that would go.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import NestedObjects, flatten, flatten_fieldsets
from django.contrib.contenttypes.models import ContentType
from django.db import models, router
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .shown import plain

FIELD: Final = "draft-seen"

# A row's model and key -> digest by column.
Seen = dict[str, dict[str, str]]
Rows = list[tuple[models.Model, list[str]]]


def rows_on(page: Any, request: HttpRequest, row: models.Model) -> Rows:
    """The rows that a draft's page shows, as they are in the database now, each with the columns that are there."""
    fresh = type(row)._default_manager.get(pk=row.pk)
    found: Rows = [(fresh, _columns(row, flatten_fieldsets(page.get_fieldsets(request, row))))]
    for inline in page.get_inline_instances(request, row):
        rows = inline.model._default_manager.filter(**{inline.model.above: row.pk})
        found += [(each, _columns(each, flatten(inline.fields))) for each in rows]
    return found


def stamp_of_all(row: models.Model) -> str:
    """A digest of a row and of every row that goes with it when it is deleted, as they are in the database now."""
    below = NestedObjects(using=router.db_for_write(type(row)))
    below.collect([type(row)._default_manager.get(pk=row.pk)])
    rows = (each for rows in below.data.values() for each in rows)
    return _digest(seen_of([(each, [column.name for column in each._meta.concrete_fields]) for each in rows]))


def _columns(row: models.Model, names: Iterable[Any]) -> list[str]:
    there = {column.name for column in row._meta.concrete_fields}
    return [name for name in names if name in there]


def seen_of(rows: Rows) -> Seen:
    return {_name(row): {column: _digest(getattr(row, column)) for column in columns} for row, columns in rows}


def written(seen: Seen) -> str:
    return json.dumps(seen, separators=(",", ":"))


def read(text: str) -> Seen:
    """What a page said that it showed; nothing, where it said nothing that can be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and all(isinstance(each, dict) for each in found.values()) else {}


def meanwhile(seen: Seen, rows: Rows) -> list[str]:
    """What was changed since a page showed its rows, a sentence each."""
    now = {_name(row): row for row, _columns_ in rows}
    gone = [_("A row was deleted.") for name in seen if name not in now]
    return [*(words for row, columns in rows for words in _changes(row, columns, seen.get(_name(row)))), *gone]


def _changes(row: models.Model, columns: list[str], before: dict[str, str] | None) -> Iterator[str]:
    if before is None:
        yield _("“%(row)s” was added.") % {"row": row}
        return
    for column in columns:
        value = getattr(row, column)
        if before.get(column, _digest(value)) != _digest(value):
            field = row._meta.get_field(column)
            label = str(getattr(field, "verbose_name", column))
            yield _("“%(row)s”, %(field)s: now %(value)s") % {
                "row": row,
                "field": label,
                "value": plain(field, value) or _("empty"),
            }


def last_saved(row: models.Model) -> str:
    """Who saved a page last, and when; "" where nobody did."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    last = entries.select_related("user").first()
    if last is None:
        return ""
    moment = date_format(localtime(last.action_time), "DATETIME_FORMAT")
    return _("Last saved by %(who)s, %(when)s.") % {"who": last.user, "when": moment}


def _name(row: models.Model) -> str:
    return f"{row._meta.model_name}.{row.pk}"


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
