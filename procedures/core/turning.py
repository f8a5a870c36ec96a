"""When time alone changes what is judged of a case's consents and flags, so that what was stored is judged again then.

Without a twin: a tablet stores no judgement. These instants may be more than the changes, and are never fewer.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from .closing import looked_at_ms
from .condition import Condition, millionths
from .dates import local_date
from .document import Document, Release
from .fold import State, answer_register
from .granting import valid_until_ms
from .moment import birth_in

_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000
_EPOCH: Final = date(1970, 1, 1)
_MOVING: Final = ("now", "start")


def next_turn(release: Release, state: State, now_ms: int, zone_min: int) -> int | None:
    """The first instant after now at which a consent's status or a flag may become another though nobody writes.

    None: never, as in a closed case, or in one about whose consents nothing was said. Days are those of one zone; the
    caller minds when its clock is put forward or back.
    """
    turns = {*_births(state, now_ms, zone_min), *_ends(release.document, state, zone_min)}
    if state["consents"]:
        turns.update(_hours(release.document, state))
    return min((at_ms for at_ms in turns if now_ms < at_ms == looked_at_ms(state, at_ms)), default=None)


def _births(state: State, now_ms: int, zone_min: int) -> Iterator[int]:
    """The next birthday, by which ages change; of a birth that lies ahead the day itself, when it is wrong no more."""
    subject = state["registers"].get("subject")
    birth = birth_in(subject) if subject else None
    if birth is None:
        return
    yield _midnight_ms(birth, zone_min)
    today = local_date(now_ms, zone_min)
    if state["consents"]:
        yield from (_midnight_ms(_birthday(birth, year), zone_min) for year in (today.year, today.year + 1))


def _birthday(birth: date, year: int) -> date:
    """29 February counts on 1 March where there is none."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _ends(document: Document, state: State, zone_min: int) -> Iterator[int]:
    """When decisions expire; when the days begin and end on which something was confirmed."""
    kinds = {kind.key: kind for kind in document.consents}
    for key, given in state["consents"].items():
        ends = [valid_until_ms(kinds[key], each) for each in given["decided"]] if key in kinds else []
        yield from (end for end in ends if end is not None)
        for each in given["confirmed"]:
            day = (each["at_ms"] + each["zone_min"] * _MINUTE_MS) // _DAY_MS
            yield from (_day_ms(day, zone_min), _day_ms(day + 1, zone_min))


def _hours(document: Document, state: State) -> Iterator[int]:
    """When so many hours have passed since what a condition counts from, or are left until it."""
    for condition in _counting(_conditions(document)):
        names = (condition["from"], condition["to"])
        if any(name in _MOVING for name in names):
            tenths = millionths(condition["hours"]) * 36  # of a ms
            for at_ms in (at_ms for name in names for at_ms in _fixed(name, state)):
                yield from (at for size in (tenths, -tenths) for at in _around(at_ms * 10 + size))


def _around(tenths: int) -> tuple[int, int]:
    """The first ms that is not before an instant, and the first after it: where < and <= change."""
    return -(-tenths // 10), tenths // 10 + 1


def _fixed(name: str, state: State) -> list[int]:
    """The instants that an end of a count may have, whatever the time: `start` is never before what is planned."""
    registers = state["registers"]
    if name == "start":
        values = [registers["planned"]["value"]] if "planned" in registers else []
    else:
        values = [each["value"] for key, each in registers.items() if key.startswith(answer_register(name, ""))]
    return [value for value in values if isinstance(value, int)]


def _conditions(document: Document) -> Iterator[Condition | None]:
    """All that may decide on a consent: its own conditions, and those by which questions are asked or answered."""
    for kind in document.consents:
        yield from (each.when for part in (kind.rules, kind.bases, kind.hears) for each in part)
    for item in document.items():
        yield item.show_when
        yield item.computed.condition if item.computed else None
    yield from (row.when for rows in document.tables.values() for row in rows)


def _counting(conditions: Iterator[Any]) -> Iterator[Condition]:
    """Those of all these, and of what they are made of, that count hours."""
    for condition in conditions:
        if condition is None:
            continue
        if condition["op"] == "hours":
            yield condition
        elif condition["op"] in ("and", "or"):
            yield from _counting(iter(condition["of"]))
        elif condition["op"] == "not":
            yield from _counting(iter([condition["of"]]))


def _midnight_ms(day: date, zone_min: int) -> int:
    return _day_ms((day - _EPOCH).days, zone_min)


def _day_ms(day: int, zone_min: int) -> int:
    """The beginning of a day that is so many after 1970-01-01."""
    return day * _DAY_MS - zone_min * _MINUTE_MS
