"""The examples of a release, run through fold and readiness as a tablet would."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from . import canonical
from .book import Written
from .document import VIEWS, ConsentKind, Example, Problem, Release
from .entry import Clock, Entry
from .fold import fold
from .readiness import readiness

_NOBODY: Final = str(uuid.UUID(int=0))
_SALT: Final = "A" * 22


def example_problems(release: Release) -> list[Problem]:
    """Where an example does not come out as it says."""
    problems: list[Problem] = []
    for index, example in enumerate(release.document.examples):
        found = [*_unknown_consents(example, release), *_differences(example, view_of(example, release))]
        problems += [Problem(f"examples[{index}]{path}", words) for path, words in found]
    return problems


def view_of(example: Example, release: Release) -> dict[str, Any]:
    """What becomes of an example. Consents are granted last: they cover what was answered before."""
    entries = _entries_of(example, release)
    view = readiness(release, {}, fold(entries), example.now_ms, example.zone_min)
    if not (example.granted or example.heard):
        return view
    entries += _consents_of(example, release, view, first_seq=len(entries) + 1)
    return readiness(release, {}, fold(entries), example.now_ms, example.zone_min)


def _unknown_consents(example: Example, release: Release) -> Iterator[tuple[str, str]]:
    relations = {kind.key: {each.key for each in kind.relations} for kind in release.document.consents}
    for consent, granting in example.granted.items():
        if consent not in relations:
            yield ".granted", f"there is no consent “{consent}”"
        elif unknown := sorted(set(granting) - relations[consent]):
            yield ".granted", f"“{consent}” is not given by {', '.join(unknown)}"
    hearings = {kind.key: {each.key for each in kind.hears} for kind in release.document.consents}
    for consent, views in example.heard.items():
        if consent not in hearings:
            yield ".heard", f"there is no consent “{consent}”"
        elif unknown := sorted(set(views) - hearings[consent]):
            yield ".heard", f"{', '.join(unknown)}: not heard for the consent “{consent}”"
        elif unknown := sorted(set(views.values()) - set(VIEWS)):
            yield ".heard", f"{', '.join(unknown)}: not a view that somebody can have"


def _differences(example: Example, view: dict[str, Any]) -> Iterator[tuple[str, str]]:
    items = {_name(item): item for phase in view["phases"] for item in phase["items"]}
    found: dict[str, dict[str, Any]] = {
        "holds": {f"{name}:{hold['key']}": hold["active"] for name, item in items.items() for hold in item["holds"]},
        "shown": {name: item["shown"] for name, item in items.items()},
        "phases": {phase["key"]: phase["status"] for phase in view["phases"]},
    }
    for answer in example.answers:
        name = answer.item + (f"/{answer.part}" if answer.part else "")
        if name not in items or items[name]["state"] == "unfit":
            yield ".answers", f"“{name}” cannot be answered so"
    for field, actual in found.items():
        for name, expected in getattr(example, field).items():
            if name not in actual:
                yield f".{field}", f"there is no “{name}”"
            elif actual[name] != expected:
                yield f".{field}", f"“{name}” comes out as {_said(actual[name])}, not as {_said(expected)}"


def _name(item: dict[str, Any]) -> str:
    return f"{item['key']}/{item['part']}" if item["part"] else str(item["key"])


def _said(value: Any) -> str:
    return "unknown" if value is None else str(value).lower()


def _entries_of(example: Example, release: Release) -> list[Written]:
    opening = {"protocol": release.document.protocol, "release": release.digest, "session": None, "previous": None}
    subject: dict[str, Any] = {"sex": example.sex, "birth_year": None, "replaces": []}
    identity = {"salt": _SALT, "identifier": "", "name": "", "birth_date": example.birth_date}
    bodies: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
        ("case.opened", opening, None),
        ("subject.given", subject, identity),
    ]
    if example.start_ms is not None:
        bodies.append(("case.planned", {"start_ms": example.start_ms, "replaces": []}, None))
    for answer in example.answers:
        body = {"item": answer.item, "part": answer.part, "value": answer.value, "replaces": []}
        text = {"salt": _SALT, "text": "…", "reason": None} if answer.value is None else None
        bodies.append(("answer.given", body | {"occurred_ms": None, "late": False}, text))
    return [_written(seq, *each, clock=_clock_of(example)) for seq, each in enumerate(bodies, start=1)]


def _consents_of(example: Example, release: Release, view: dict[str, Any], *, first_seq: int) -> list[Written]:
    language = release.document.languages[0]
    covers = {consent["key"]: consent["covers"] for consent in view["consents"]}
    acts: list[tuple[str, dict[str, Any]]] = []
    for kind in release.document.consents:
        act = {"consent": kind.key, "release": release.digest, "after": [], "covers": covers[kind.key], "seen": None}
        granting = example.granted.get(kind.key, [])
        for relation in granting:
            acts.append(("consent.decided", act | _granting(kind, relation, view, language)))
        for who, opinion in _views_of(example, kind).items():
            acts.append(("consent.heard", act | {"who": who, "view": opinion, "informed": True, "drawn": False}))
        if granting:
            acts.append(("consent.confirmed", act | {"relation": granting[0]}))
    return [_written(seq, *act, None, clock=_clock_of(example)) for seq, act in enumerate(acts, start=first_seq)]


def _views_of(example: Example, kind: ConsentKind) -> dict[str, str]:
    agreeing = {hearing.key: "agrees" for hearing in kind.hears} if example.granted.get(kind.key) else {}
    return agreeing | example.heard.get(kind.key, {})


def _granting(kind: ConsentKind, relation: str, view: dict[str, Any], language: str) -> dict[str, Any]:
    """Granted by the first way that suffices, on the first basis that this relation may rest on now."""
    judged = next(each for each in view["consents"] if each["key"] == kind.key)
    bases = judged["bases"].get(relation) or [kind.bases[0].key]
    return {
        "language": language,
        "text": kind.text[language].digest,
        "decision": "granted",
        "relation": relation,
        "basis": bases[0],
        "method": next(method.key for method in kind.methods if method.suffices),
        "decided_ms": None,
        "checked": "known",
        "interpreter": None,
        "drawn": True,
        "witnessed": True,
        "blobs": ["0" * 64],
    }


def _clock_of(example: Example) -> Clock:
    return Clock(at_ms=example.now_ms, zone_min=example.zone_min, offset_ms=0, boot=_NOBODY, mono_ms=0)


def _written(
    seq: int, entry_type: str, body: dict[str, Any], private: dict[str, Any] | None, *, clock: Clock
) -> Written:
    named = None if private is None else canonical.digest_of(canonical.encode(private))
    entry = Entry(
        v=1,
        enrolment=_NOBODY,
        seq=seq,
        prev="0" * 64,
        ward=_NOBODY,
        case=_NOBODY,
        type=entry_type,
        salt=_SALT,
        clock=clock,
        body=body,
        private=named,
    )
    return Written(f"{seq:064x}", entry, private)
