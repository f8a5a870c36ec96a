"""Where the path of a problem leads: to the row of the draft in which an editor can mend it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from .drafting import phases_of
from .models import ConsentForm, Example, Item, Phase, Protocol, Table

# Rows with a page of their own; all others stand on the page of the row above them.
PAGES: Final = (Protocol, Phase, Item, Table, ConsentForm, Example)

_TABLE: Final = re.compile(r"tables\.(?P<key>[a-z][a-z0-9_.-]*)\[")
_STEP: Final = re.compile(r"(?P<list>\w+)\[(?P<index>\d+)\]\.?")


@dataclass(frozen=True, slots=True)
class Place:
    """A row with a page; on it, the list and index of a row within ("holds", 0), or the field; and a name of it all."""

    row: models.Model
    within: tuple[str, int] | None
    field: str
    words: str


class Places:
    """The draft's rows as they were when the problems were found: read once, for all their paths."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.tables = {table.key: table for table in protocol.tables.prefetch_related("rows")}
        self.phases = phases_of(protocol)

    def find(self, path: str) -> Place:
        """The place of a path such as "phases[1].items[2].holds[0].when"; as near to it as there are rows."""
        table = _TABLE.match(path)
        if table and table["key"] in self.tables:
            return self._from(self.tables[table["key"]], path.replace(f"tables.{table['key']}", "rows", 1))
        return self._from(self.protocol, path)

    def _from(self, page: models.Model, path: str) -> Place:
        row, within, names = page, None, [str(page)] if page != self.protocol else []
        while within is None and (step := _STEP.match(path)):
            inner = self._inner(row, step["list"], int(step["index"]))
            if inner is None:
                break
            row, path = inner, path[step.end() :]
            names.append(str(row))
            if isinstance(row, PAGES):
                page = row
            else:
                within = (step["list"], int(step["index"]))
        field = re.split(r"[.\[]", path)[0]
        return Place(page, within, field, " › ".join([*names, _label(row, field) or path]).removesuffix(" › "))

    def _inner(self, row: models.Model, name: str, index: int) -> models.Model | None:
        if row == self.protocol and name == "phases":
            rows: Any = self.phases
        else:
            related = getattr(row, name, None)
            rows = related.all() if isinstance(related, models.Manager) else []
        return rows[index] if index < len(rows) else None


def _label(row: models.Model, field: str) -> str:
    """What an editor's page calls a field; "" when no column is named so."""
    labels = {column.name: str(column.verbose_name) for column in row._meta.concrete_fields}
    return labels.get(field, "")


def above(row: models.Model) -> Iterator[models.Model]:
    """The rows that a row stands below, the nearest first: of a question its phase, then its protocol."""
    while name := getattr(row, "above", None):
        row = getattr(row, name)
        yield row


def protocol_of(row: models.Model) -> Protocol | None:
    """The protocol that a row belongs to, itself included; None for what is no part of a draft."""
    return next((each for each in [row, *above(row)] if isinstance(each, Protocol)), None)
