"""cases.csv: one row a case, one column a question."""

import csv
import json
from collections.abc import Iterator
from typing import IO, Any, Final

from .case import ExportedCase

_FIXED: Final = ("case", "ward", "protocol", "release", "status", "start", "sex", "birth_year")
_IDENTITY: Final = ("identifier", "name", "birth_date")
# A spreadsheet would run these as formulas (OWASP, CSV injection).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """The cases as CSV in UTF-8. Without `identified` there is no identity and no free text in it.

    The columns are known only when the last case is, so the rows wait in `waiting`, an empty text file.
    """

    def __init__(self, waiting: IO[str], *, identified: bool) -> None:
        self._fixed = [*_FIXED, *(_IDENTITY if identified else ())]
        self._questions: set[str] = set()
        self._waiting = waiting

    def add(self, case: ExportedCase) -> None:
        self._questions |= case.answers.keys()
        cells = {name: _cell(value) for name, value in {**case.facts, **case.answers}.items()}
        self._waiting.write(json.dumps(cells) + "\n")

    def lines(self) -> Iterator[bytes]:
        """The header, then a line for each case in the order added."""
        columns = [*self._fixed, *sorted(self._questions)]
        writer = csv.writer(_Passing())
        yield writer.writerow(columns)
        self._waiting.seek(0)
        for line in self._waiting:
            cells = json.loads(line)
            yield writer.writerow([cells.get(column, "") for column in columns])


class _Passing:
    """What csv.writer writes to: `writerow` gives back what `write` does."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _cell(value: Any) -> str:
    """One value as text: lists joined by "; ", a thing not obtained as "absent: why", formulas disarmed."""
    if value is None:
        return ""
    if isinstance(value, list):
        text = "; ".join(str(part) for part in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{key}: {part}" for key, part in value.items())
    else:
        text = value if isinstance(value, str) else json.dumps(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
