"""cases.csv: one row a case, one column a question. RFC 4180, UTF-8."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Final

import orjson
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import NullIf

from procedures import cells
from procedures.models import Record, Ward

from .case import ExportedCase

_LINES_A_PART: Final = 500
_ROWS_AT_ONCE: Final = 2000


class Table:
    """A table of cases that are folded one after another.

    The columns are known only when the last case is, so the rows wait in `waiting`, an empty text file.
    """

    def __init__(self, waiting: IO[str], *, identified: bool) -> None:
        self._identified = identified
        self._columns: set[str] = set()
        self._waiting = waiting

    def add(self, case: ExportedCase) -> None:
        self._columns |= case.cells.keys()
        self._waiting.write(json.dumps(case.cells) + "\n")

    def parts(self) -> Iterator[bytes]:
        """The header, then a line for each case in the order added."""
        columns = cells.header(self._columns, identified=self._identified)
        self._waiting.seek(0)
        rows = (json.loads(line) for line in self._waiting)
        return _in_parts(columns, (cells.line([row.get(column, "") for column in columns]) for row in rows))


def parts_of(records: QuerySet[Record]) -> Iterator[bytes]:
    """The same table, without identity, from what the records hold: nothing is folded, so it begins at once.

    A case of whose questions none of these records had heard when it began may lack the newest ones in its row.
    """
    names = [orjson.loads(text) for text in records.order_by().values_list("columns", flat=True).distinct()]
    columns = cells.header(set().union(*names))
    return _in_parts(columns, _lines(records, columns[len(cells.OF_ROW) :]))


def _lines(records: QuerySet[Record], columns: list[str]) -> Iterator[str]:
    """A line for each record, `columns` being those of what it keeps; what has all of them is taken as it is."""
    wards = {ward.id: cells.line([cells.as_text(ward.name)]) for ward in Ward.objects.all()}
    # Not read for each row again: they are longer than the cells.
    other = NullIf("columns", Value(orjson.dumps(columns).decode(), output_field=TextField()))
    rows = records.order_by("case").values_list("case", "ward_id", "cells", other)
    for case, ward, said, names in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        yield f"{case},{wards[ward]},{said if names is None else _fitted(said, orjson.loads(names), columns)}"


def _fitted(said: str, names: list[str], columns: list[str]) -> str:
    """A line of cells with these names, in the order of the columns."""
    known = dict(zip(names, cells.read(said), strict=True))
    return cells.line([known.get(column, "") for column in columns])


def _in_parts(columns: list[str], lines: Iterable[str]) -> Iterator[bytes]:
    """The header and the lines, each ended; many in each part."""
    waiting = chain([cells.line(columns)], lines)
    while part := list(islice(waiting, _LINES_A_PART)):
        yield "\r\n".join([*part, ""]).encode()
