"""A case as a row of a table for people: one column a fact, one a question. Exports and the record list give the same.

All cells are text. Without identity nothing in them tells who the patient is, and no free text is there.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .clock import moment

# Which case a row is of, and where; the rest of its row depends on its entries alone.
OF_ROW: Final = ("case", "ward")
FIXED: Final = (*OF_ROW, "protocol", "release", "status", "start", "sex", "birth_year")
IDENTITY: Final = ("identifier", "name", "birth_date")
# A spreadsheet would run these as formulas (OWASP, CSV injection).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def of_case(
    opened: Mapping[str, Any], status: str, registers: Mapping[str, Mapping[str, Any]], *, identified: bool
) -> dict[str, str]:
    """All but which case it is and whose: what it follows, how far it is, what is said of the patient, the answers.

    `opened` is the opening that counts. The answers are by item key, or "item/part" where asked per part.
    """
    facts = {
        "protocol": opened["protocol"],
        "release": opened["release"],
        "status": status,
        "start": instant((registers.get("planned") or {}).get("value")),
    }
    subject = registers.get("subject") or {}
    patient = {**(subject.get("value") or {}), **(_private(subject) if identified else {})}
    answers = {
        _column(name): _answer(register, identified=identified)
        for name, register in registers.items()
        if name.startswith("answer/")
    }
    return {name: as_text(value) for name, value in {**facts, **patient, **answers}.items()}


def header(questions: set[str], *, identified: bool = False) -> list[str]:
    """The columns of a table in which these questions, or what is fixed, occur."""
    fixed = [*FIXED, *(IDENTITY if identified else ())]
    return fixed + sorted(questions.difference(fixed))


def line(values: Sequence[str]) -> str:
    """A line of a table (RFC 4180), not ended."""
    written = io.StringIO()
    csv.writer(written).writerow(values)
    return written.getvalue().removesuffix("\r\n")


def read(written: str) -> list[str]:
    """The cells of a line."""
    return next(csv.reader([written]), [])


def instant(ms: int | None) -> str:
    """An instant for people: ISO 8601 in UTC, to the millisecond."""
    return moment(ms).isoformat(timespec="milliseconds") if ms is not None else ""


def as_text(value: Any) -> str:
    """One value: lists joined by "; ", a thing not obtained as "absent: why", formulas disarmed."""
    if value is None:
        return ""
    if isinstance(value, list):
        text = "; ".join(str(part) for part in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{key}: {part}" for key, part in value.items())
    else:
        text = value if isinstance(value, str) else json.dumps(value)
    text = text.replace("\0", "")  # PostgreSQL keeps none
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _column(register: str) -> str:
    _, item, part = register.split("/", 2)
    return f"{item}/{part}" if part else item


def _answer(register: Mapping[str, Any], *, identified: bool) -> Any:
    """The settled value; a text is private; what tablets disagree about reads "disputed"."""
    if not register["settled"]:
        return "disputed" if register["heads"] else None
    if register["value"] is None:
        return _private(register).get("text") if identified else "(text)"
    # Whole numbers are instants: a number that was typed is kept as it was written.
    return instant(register["value"]) if type(register["value"]) is int else register["value"]


def _private(register: Mapping[str, Any]) -> dict[str, Any]:
    return (register.get("private") or {}).get("part") or {}
