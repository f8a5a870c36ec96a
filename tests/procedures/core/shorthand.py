"""What the tests of the core share: people, the releases of tests/vectors, and their shorthand (README.md there)."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from procedures.core import canonical
from procedures.core.book import Written
from procedures.core.document import Release
from procedures.core.entry import Clock, Entry
from procedures.core.release import freeze, parse

VECTORS = Path(__file__).parents[2] / "vectors"
NOON_MS = 1_795_608_000_000  # 2026-11-25 12:00 UTC
CASE = "00000000-0000-4000-8000-0000000000c0"
WARD = "00000000-0000-4000-8000-0000000000f0"
SALT = "A" * 22
_DIGESTS = ("replaces", "covers", "reopens", "after", "blobs", "target", "hash")


@dataclass(frozen=True)
class Person:
    """What readiness needs of a certificate."""

    person: str
    name: str
    roles: list[str]


def chance(seed: int) -> random.Random:
    """Repeatable chance: the same for the same seed."""
    return random.Random(seed)  # noqa: S311 (nothing secret comes of it)


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def names() -> list[str]:
    """The releases that vectors are judged under."""
    return sorted(path.stem for path in (VECTORS / "releases").glob("*.json"))


@cache
def frozen(name: str) -> bytes:
    """The bytes of one of the releases in tests/vectors/releases."""
    return freeze(json.loads((VECTORS / "releases" / f"{name}.json").read_text()))


def release(name: str) -> Release:
    return parse(frozen(name))


DEFAULTS: dict[str, dict[str, Any]] = json.loads((VECTORS / "defaults.json").read_text())
CERTIFICATES = {name: Person(**fields) for name, fields in json.loads((VECTORS / "cast.json").read_text()).items()}


def expand(entries: Iterable[list[Any]], release: Release | None = None) -> list[Written]:
    return [_expanded(each[0], each[1], each[2], each[3] if len(each) > 3 else {}, release) for each in entries]


def _expanded(
    name: str, entry_type: str, body: dict[str, Any], options: dict[str, Any], release: Release | None
) -> Written:
    full = DEFAULTS.get(entry_type, {}) | body
    private, part = options.get("private", (None, None))
    clock = Clock(
        at_ms=NOON_MS + options.get("at_min", 0) * 60_000,
        zone_min=options.get("zone_min", 60),
        offset_ms=options.get("offset_ms", 0),
        boot=CASE,
        mono_ms=0,
    )
    entry = Entry(
        v=1,
        enrolment=options.get("by", "nurse"),
        seq=1,
        prev="0" * 64,
        ward=WARD,
        case=options.get("case", CASE),
        type=entry_type,
        salt=SALT,
        clock=clock,
        body={field: _long(field, value, full, release) for field, value in full.items()},
        private=None if private is None else digest(private),
    )
    return Written(digest(name), entry, None if part is None else {"salt": SALT, **part})


def digest(name: str) -> str:
    return name.ljust(64, "0")


def _long(field: str, value: Any, body: dict[str, Any], release: Release | None) -> Any:
    if field in _DIGESTS:
        return [digest(each) for each in value] if isinstance(value, list) else digest(value)
    if field == "release":
        return digest(value) if value != "R" else release.digest if release else digest("dd")
    if field == "text" and value == "T":
        kinds = release.document.consents if release else []
        return next((kind.text["en"].digest for kind in kinds if kind.key == body["consent"]), digest("ee"))
    return digest(value) if field == "text" else value


def _name(view: dict[str, Any]) -> str:
    return f"{view['key']}/{view['part']}" if view.get("part") else str(view["key"])


def shorten(value: Any, release: Release | None = None) -> Any:
    """Digests by their beginning, and lists of keyed views as objects by key."""
    if isinstance(value, dict):
        return {shorten(name, release): shorten(inner, release) for name, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(each, dict) and "key" in each for each in value):
            return {_name(each): shorten(each, release) for each in value}
        return [shorten(inner, release) for inner in value]
    if isinstance(value, str) and len(value) == 64:
        return "R" if release and value == release.digest else value.rstrip("0")
    return value


def difference(actual: Any, expected: Any, path: str = "") -> str | None:
    """Where an expected part is not what came out; None when all of it is."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        named = {name: inner for name, inner in expected.items() if name != "!"}
        if (not named or "!" in expected) and actual.keys() != named.keys():
            return f"{path} has {sorted(actual)}"
        pairs = [(actual.get(name, "nothing"), inner, f"{path}.{name}") for name, inner in named.items()]
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = [(*pair, f"{path}[{index}]") for index, pair in enumerate(zip(actual, expected, strict=True))]
    elif canonical.encode(actual) == canonical.encode(expected):
        return None
    else:
        return f"{path} is {json.dumps(actual)}, not {json.dumps(expected)}"
    return next((found for pair in pairs if (found := difference(*pair))), None)
