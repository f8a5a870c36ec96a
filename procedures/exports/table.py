"""cases.csv: one row a case, one column a question. RFC 4180, UTF-8."""

import csv
import json
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final

import orjson
from django.db.models import QuerySet

from procedures import cells
from procedures.models import Record, Ward

from .case import ExportedCase

_ROWS_A_PART: Final = 500
_ROWS_AT_ONCE: Final = 2000
# What a record has as columns of its own; the other cells it keeps together.
_OF_RECORD: Final = cells.FIXED[:6]
_Sorter = Callable[[list[str]], tuple[str, ...]]


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
        return _written(columns, ([row.get(column, "") for column in columns] for row in rows))


def parts_of(records: QuerySet[Record]) -> Iterator[bytes]:
    """The same table, without identity, from what the records hold: nothing is folded, so it begins at once.

    A case of whose questions none of these records had heard when it began may lack the newest ones in its row.
    """
    names = [orjson.loads(text) for text in records.order_by().values_list("columns", flat=True).distinct()]
    columns = cells.header(set().union(*names))
    return _written(columns, _rows(records, columns))


def _rows(records: QuerySet[Record], columns: list[str]) -> Iterator[list[str]]:
    wards = {ward.id: cells.as_text(ward.name) for ward in Ward.objects.all()}
    sorters: dict[str, _Sorter] = {}
    wanted = ("case", "ward_id", "protocol", "release", "status", "start_ms", "columns", "cells")
    for case, ward, protocol, release, status, start_ms, names, said in (
        records.order_by("case").values_list(*wanted).iterator(chunk_size=_ROWS_AT_ONCE)
    ):
        if names not in sorters:
            sorters[names] = _sorter(orjson.loads(names), columns[len(_OF_RECORD) :])
        facts = [str(case), wards[ward], protocol, release, status, cells.instant(start_ms)]
        yield [*facts, *sorters[names]([*orjson.loads(said), ""])]


def _sorter(names: list[str], columns: list[str]) -> _Sorter:
    """Puts cells with these names, and an empty one behind them, into the order of the columns."""
    places = {name: place for place, name in enumerate(names)}
    return operator.itemgetter(*[places.get(column, len(names)) for column in columns])


def _written(columns: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Lines, many in each part."""
    waiting: list[str] = []
    writer = csv.writer(_Into(waiting))
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % _ROWS_A_PART == 0:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


class _Into:
    """What csv.writer writes to: a list of lines."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append
