"""A protocol of one phase with 35 questions of every common kind, and wards full of open cases on it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from procedures.core.entry import MAX_BATCH_ENTRIES
from tests.tablet import Json, Written, open_case

from .backlog import Person

COUNT: Final = 35
PHASE: Final = "day"
_PROTOCOL: Final = "thirty-five-questions"
_SOURCE: Final = "The benchmark's own"
_ABSENT: Final[Json] = {
    "key": "not-obtained",
    "text": {"en": "Not obtained"},
    "level": "caution",
    "message": {"en": "Find it out."},
    "override": [],
}


def content_file(folder: Path) -> Path:
    """The protocol as a content file that `seed_demo --content` reads."""
    phase = {
        "key": PHASE,
        "title": _words("The day"),
        "when": _words("On the day"),
        "filled_by": ["nurse"],
        "signatures": [{"meaning": "performed", "roles": ["nurse"]}],
        "items": items(),
    }
    draft = {
        "v": 1,
        "protocol": _PROTOCOL,
        "languages": ["en"],
        "title": _words("Thirty-five questions"),
        "review_by": "2099-01-01",
        "phases": [phase],
    }
    path = folder / "questions.yaml"
    path.write_text(json.dumps(draft), "utf-8")
    return path


def items() -> list[Json]:
    """Yes-no mostly, as in checklists; every fifth a choice, a number or a time in turn."""
    return [_item(number) for number in range(1, COUNT + 1)]


def _item(number: int) -> Json:
    kinds: list[Json] = [
        {"type": "choice", "choices": [{"key": side, "text": _words(side)} for side in ("left", "right", "both")]},
        {"type": "number", "unit": "mg", "decimals": 0, "min": "0", "max": "2000"},
        {"type": "datetime"},
    ]
    kind: Json = {"type": "yes-no"} if number % 5 else kinds[number // 5 % len(kinds)]
    text = _words(f"Question {number}, as it is asked?")
    return {"key": f"q{number}", "text": text, "source": _SOURCE, "absent": [_ABSENT]} | kind


def yes_no() -> list[str]:
    """The keys of the yes-no questions."""
    return [item["key"] for item in items() if item["type"] == "yes-no"]


def _words(text: str) -> Json:
    return {"en": text}


def open_cases(person: Person, count: int) -> list[str]:
    """Push so many open cases from another tablet; their ids."""
    cases = [open_case(person.writer, person.tablet.wards[0], person.release, _PROTOCOL) for _ in range(count)]
    entries = [entry for case in cases for entry in case]
    for start in range(0, len(entries), MAX_BATCH_ENTRIES):
        _send(person, entries[start : start + MAX_BATCH_ENTRIES])
    return [str(json.loads(case[0].data)["case"]) for case in cases]


def _send(person: Person, entries: Sequence[Written]) -> None:
    reply = person.tablet.send(*entries)
    if reply["refused"]:
        raise RuntimeError(f"Refused: {reply['refused']}")
