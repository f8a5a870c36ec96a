"""One case as an export's table sees it: its facts and answers, folded from its entries."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from procedures import records
from procedures.clock import now_ms
from procedures.models import Record
from procedures.reading import entries_of_case


@dataclass(frozen=True)
class ExportedCase:
    """`facts` are about the case and its patient; `answers` by item key, or "item/part" where asked per part."""

    case: uuid.UUID
    release: str
    facts: dict[str, Any]
    answers: dict[str, Any]


def exported(case: uuid.UUID, *, identified: bool) -> ExportedCase:
    """Fold a case for the table. Without `identified`, texts and identity read as None."""
    record = Record.objects.select_related("ward").get(case=case)
    view = records.view_of(entries_of_case(case), now_ms=now_ms())
    registers = view.state["registers"]
    subject = registers.get("subject") or {}
    facts = {
        "case": str(case),
        "ward": record.ward.name,
        "protocol": record.protocol,
        "release": record.release,
        "status": record.status,
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
    return ExportedCase(case, record.release, facts, answers)


def instant(ms: int | None) -> str | None:
    """An instant for people: ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds") if ms is not None else None


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
