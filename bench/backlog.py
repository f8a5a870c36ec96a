"""What tablets hand in after hours without a network: checklists in full batches, sealed beforehand."""

import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from procedures.core.entry import MAX_BATCH_ENTRIES
from tests.tablet import Json, Tablet, Writer, Written, answer, open_case

ANSWERS: Final = 35
ENTRIES: Final = ANSWERS + 4  # opened, patient, planned start, signature
STROKE_POINTS: Final = 900  # about 10 kB of JSON


@dataclass
class Person:
    """A nurse at a tablet, with the release that the checklists stand on."""

    tablet: Tablet
    writer: Writer
    release: str
    document: Json


def batches(person: Person, checklists: int) -> list[bytes]:
    """Request bodies for so many new checklists: 200 entries each but for the last."""
    entries = [entry for _ in range(checklists) for entry in checklist(person)]
    return [
        json.dumps(person.tablet.sealed(entries[start : start + MAX_BATCH_ENTRIES])).encode()
        for start in range(0, len(entries), MAX_BATCH_ENTRIES)
    ]


def checklist(person: Person) -> list[Written]:
    """A case: patient, planned start, 35 answers (the release's items in turn, later ones correct earlier ones),
    and one guest's signature with the drawn strokes."""
    ward, writer = person.tablet.wards[0], person.writer
    entries = open_case(writer, ward, person.release, person.document["protocol"])
    case = str(json.loads(entries[0].data)["case"])
    last: dict[str, str] = {}
    for item, value in itertools.islice(values(person.document), ANSWERS):
        body = answer(item, value, replaces=[last[item]] if item in last else [])
        entries.append(writer.write("answer.given", body, ward=ward, case=case))
        last[item] = entries[-1].digest
    covers = sorted([*last.values(), entries[1].digest, entries[2].digest])
    return [*entries, writer.write("phase.signed", signature(person, covers), ward=ward, case=case, private=drawn())]


def values(document: Json) -> Iterator[tuple[str, Any]]:
    """Items that are asked once and a value that fits each, over and over."""
    items = [item for phase in document["phases"] for item in phase["items"] if item["type"] != "computed"]
    single = [item for item in items if not (item["per_side"] or item["per_row"] or item["repeat"])]
    return ((item["key"], value_of(item)) for item in itertools.cycle(single))


def value_of(item: Json) -> Any:
    """A value that fits the item's type."""
    if item["type"] in ("choice", "choices"):
        key = next(choice["key"] for choice in item["choices"] if choice["selectable"])
        return [key] if item["type"] == "choices" else key
    if item["type"] == "number":
        return item["min"]
    if item["type"] == "datetime":
        return 1_790_000_000_000
    return "yes" if item["type"].startswith(("confirm", "yes-no")) else None


def signature(person: Person, covers: list[str]) -> Json:
    """A signature of the last phase, by a guest: only a guest's is drawn."""
    phase = person.document["phases"][-1]["key"]
    return {
        "phase": phase,
        "meaning": "checked",
        "release": person.release,
        "covers": covers,
        "seen": None,
        "guest": {"role": "anaesthetist"},
    }


def drawn() -> Json:
    """The private part of a guest's signature: points of a drawn line."""
    points = [[secrets.randbelow(1000), secrets.randbelow(400), at_ms] for at_ms in range(0, STROKE_POINTS * 8, 8)]
    return {"name": "Anders Lie, MD", "strokes": [points]}
