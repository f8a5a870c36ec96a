"""The condition tree, evaluated with three values (strong Kleene): True, False, and None for unknown.

Twin of frontend/src/core/condition.ts. Every operator stands in docs/semantics.md. The one-line text that an editor
writes is read in conditiontext.py and explained in conditionwords.py.
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

from .conditiontext import parse
from .conditionwords import explain

__all__ = [
    "Reader",
    "Reading",
    "Reads",
    "Truth",
    "all_of",
    "any_of",
    "collect_reads",
    "evaluate",
    "explain",
    "millionths",
    "not_of",
    "parse",
]

Truth = bool | None
Condition = dict[str, Any]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# A state of a consent also holds for the states that follow from it.
_CONSENT_STATES: Final = {"valid": ("valid", "confirmed", "used"), "confirmed": ("confirmed", "used")}


class Reading(NamedTuple):
    """What an item says to a condition: `kind` is "value", "absent" (`value` its key), "unknown", "not-applicable"."""

    kind: str
    value: Any = None


class Reader(Protocol):
    """Where a condition reads from. An item that is asked several times gives several readings."""

    @property
    def now_ms(self) -> int: ...
    def readings(self, item: str) -> list[Reading]: ...
    def is_number(self, item: str) -> bool: ...
    def start_ms(self) -> int | None: ...
    def age_years(self) -> int | None: ...
    def sex(self) -> str | None: ...
    def consent(self, key: str) -> str: ...
    def heard(self, key: str, who: str) -> list[str]: ...


@dataclass(slots=True)
class Reads:
    """What a condition reads, by name. `planned` and `subject` are the registers behind start, age and sex."""

    items: dict[str, None] = field(default_factory=dict)  # a set that keeps its order and may grow while walked
    consents: dict[str, None] = field(default_factory=dict)
    planned: bool = False
    subject: bool = False


def evaluate(condition: Condition, reader: Reader) -> Truth:
    """The worth of a condition whose tree is known to be well formed."""
    op = condition["op"]
    if op == "and":
        return all_of([evaluate(inner, reader) for inner in condition["of"]])
    if op == "or":
        return any_of([evaluate(inner, reader) for inner in condition["of"]])
    if op == "not":
        return not_of(evaluate(condition["of"], reader))
    if op == "hours":
        return _hours(condition, reader)
    if op == "age_years":
        years = reader.age_years()
        return None if years is None else _compares(condition["cmp"], years, condition["value"])
    if op == "sex":
        sex = reader.sex()
        return None if sex is None else sex == condition["value"]
    if op == "consent":
        return reader.consent(condition["key"]) in _CONSENT_STATES.get(condition["is"], (condition["is"],))
    if op == "heard":
        return condition["is"] in reader.heard(condition["key"], condition["who"])
    return any_of(_of_item(condition, reading, reader) for reading in reader.readings(condition["item"]))


def _of_item(condition: Condition, reading: Reading, reader: Reader) -> Truth:
    op = condition["op"]
    if reading.kind == "unknown":
        return None
    if op == "absent":
        return reading.kind == "absent"
    if reading.kind != "value":
        return False
    value = reading.value
    if op == "any":
        return "none" not in value if isinstance(value, list) else bool(value != "none")
    if op == "has":
        return isinstance(value, list) and condition["value"] in value
    if reader.is_number(condition["item"]):
        return _compares(op, millionths(value), millionths(condition["value"]))
    return bool(value == condition["value"]) is (op == "=")


def _hours(condition: Condition, reader: Reader) -> Truth:
    """Hours from one instant to another. A future `from` gives a negative number."""
    return any_of(
        _hours_between(start, end, condition)
        for start in _endpoint(condition["from"], reader)
        for end in _endpoint(condition["to"], reader)
    )


def _hours_between(start: int | str, end: int | str, condition: Condition) -> Truth:
    if "never" in (start, end):
        return False
    if isinstance(start, str) or isinstance(end, str):
        return None
    # ms × 10 against millionths of an hour × 36: integers on both sides.
    return _compares(condition["cmp"], (end - start) * 10, millionths(condition["hours"]) * 36)


def _endpoint(name: str, reader: Reader) -> list[int | str]:
    """Instants in ms, "never" or "unknown"."""
    if name == "now":
        return [reader.now_ms]
    if name == "start":
        start = reader.start_ms()
        return ["unknown" if start is None else start]
    return [_instant(reading) for reading in reader.readings(name)]


def _instant(reading: Reading) -> int | str:
    if reading.kind == "unknown":
        return "unknown"
    return reading.value if reading.kind == "value" and isinstance(reading.value, int) else "never"


def all_of(truths: Iterable[Truth]) -> Truth:
    """Strong Kleene: one false decides, else one unknown."""
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Strong Kleene: one true decides, else one unknown."""
    found = list(truths)
    return True if True in found else None if None in found else False


def not_of(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _compares(how: str, left: int, right: int) -> bool:
    if how in ("=", "!="):
        return (left == right) is (how == "=")
    return _COMPARE[how](left, right)


def millionths(text: str) -> int:
    """A decimal string as an integer of millionths."""
    whole, _, decimals = text.removeprefix("-").partition(".")
    size = int(whole) * 1_000_000 + int(decimals.ljust(6, "0"))
    return -size if text.startswith("-") else size


def collect_reads(condition: Condition, reads: Reads) -> None:
    """Add everything that a condition names."""
    op = condition["op"]
    if op in ("and", "or"):
        for inner in condition["of"]:
            collect_reads(inner, reads)
    elif op == "not":
        collect_reads(condition["of"], reads)
    elif op == "hours":
        for name in (condition["from"], condition["to"]):
            if name == "start":
                reads.planned = True
            elif name != "now":
                reads.items[name] = None
    elif op in ("age_years", "sex"):
        reads.subject = True
    elif op in ("consent", "heard"):
        reads.consents[condition["key"]] = None
    else:
        reads.items[condition["item"]] = None
