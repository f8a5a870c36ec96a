"""One case as an export's table sees it: its facts and answers, folded from its entries."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from procedures import records
from procedures.clock import moment
from procedures.models import Entry, EntryContent
from procedures.reading import for_fold

Rows = Sequence[tuple[Entry, EntryContent]]


@dataclass(frozen=True)
class ExportedCase:
    """`facts` are about the case and its patient; `answers` by item key, or "item/part" where asked per part."""

    release: str
    facts: dict[str, Any]
    answers: dict[str, Any]


def exported(rows: Rows, *, wards: Mapping[uuid.UUID, str], identified: bool) -> ExportedCase:
    """Fold a case for the table, judged as its record is. Without `identified`, texts and identity read as None.

    `rows` are all entries of the case in log order; `wards` has the wards' names.
    """
    first = records.oldest(row for row, _ in rows)
    view = records.view_of(for_fold(rows), now_ms=records.newest(row for row, _ in rows).received_ms)
    registers = view.state["registers"]
    subject = registers.get("subject") or {}
    facts = {
        "case": str(first.case),
        "ward": wards[first.ward_id],
        "protocol": view.opened["protocol"],
        "release": view.opened["release"],
        "status": view.status,
        "start": instant((registers.get("planned") or {}).get("value")),
        **(subject.get("value") or {}),
    }
    if identified:
        facts |= _private(subject)
    answers = {
        _column(name): _answer(register, identified=identified)
        for name, register in registers.items()
        if name.startswith("answer/")
    }
    return ExportedCase(view.opened["release"], facts, answers)


def instant(ms: int | None) -> str | None:
    """An instant for people: ISO 8601 in UTC, to the millisecond."""
    return moment(ms).isoformat(timespec="milliseconds") if ms is not None else None


def _column(register: str) -> str:
    _, item, part = register.split("/", 2)
    return f"{item}/{part}" if part else item


def _answer(register: dict[str, Any], *, identified: bool) -> Any:
    """The settled value; a text is private; what tablets disagree about reads "disputed"."""
    if not register["settled"]:
        return "disputed" if register["heads"] else None
    if register["value"] is None:
        return _private(register).get("text") if identified else "(text)"
    return register["value"]


def _private(register: dict[str, Any]) -> dict[str, Any]:
    return (register.get("private") or {}).get("part") or {}
