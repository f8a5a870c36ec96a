"""cases.csv: one row a case, one column a question."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from .case import ExportedCase

_FIXED: Final = ("case", "ward", "protocol", "release", "status", "start", "sex", "birth_year")
_IDENTITY: Final = ("identifier", "name", "birth_date")
# A spreadsheet would run these as formulas (OWASP, CSV injection).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def table(cases: Iterable[ExportedCase], *, identified: bool) -> bytes:
    """The cases as CSV in UTF-8. Without `identified` there is no identity and no free text in it."""
    listed = list(cases)
    questions = sorted({key for case in listed for key in case.answers})
    columns = [*_FIXED, *(_IDENTITY if identified else ()), *questions]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for case in listed:
        cells = {**case.facts, **case.answers}
        writer.writerow([_cell(cells.get(column)) for column in columns])
    return out.getvalue().encode()


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
