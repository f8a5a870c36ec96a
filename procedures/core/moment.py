"""A case at one instant: what each item says, and so what each condition is worth.

Twin of frontend/src/core/moment.ts.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from .closure import Catalog
from .condition import Reading, Truth, all_of, evaluate
from .consents import NO_CONSENT
from .dates import full_years, local_date, read_date
from .document import Condition, Item, Repeat, Row
from .fitness import absent_key, fits
from .fold import State, answer_register

_UNKNOWN: Final = Reading("unknown")
_NOT_APPLICABLE: Final = Reading("not-applicable")
_EMPTY: Final[dict[str, Any]] = {"heads": [], "settled": False, "value": None, "private": None, "reopened": []}


class Place(NamedTuple):
    """One place in which an item is asked; `asked` None: not known yet. `due_ms`: of a repetition, where known."""

    part: str
    asked: Truth
    due_ms: int | None = None


class Own(NamedTuple):
    """The item and part that a condition belongs to."""

    item: Item
    part: str


class Moment:
    """`consent_state` judges a consent at this moment; `now_ms` is corrected, `zone_min` minutes east of UTC.

    `is_outdated`: whether these heads of an item were given over something else than it shows now.
    """

    def __init__(
        self,
        catalog: Catalog,
        state: State,
        *,
        now_ms: int,
        zone_min: int,
        consent_state: Callable[[str, "Moment"], str],
        is_outdated: Callable[[Item, Sequence[str]], bool],
    ) -> None:
        self.catalog = catalog
        self.state = state
        self.now_ms = now_ms
        self.zone_min = zone_min
        self._consent_state = consent_state
        self._is_outdated = is_outdated
        self._memo: dict[tuple[str, ...], Truth] = {}

    def at(self, now_ms: int) -> "Moment":
        """The same case in the same zone at another instant."""
        if now_ms == self.now_ms:
            return self
        return Moment(
            self.catalog,
            self.state,
            now_ms=now_ms,
            zone_min=self.zone_min,
            consent_state=self._consent_state,
            is_outdated=self._is_outdated,
        )

    @property
    def today(self) -> date:
        return local_date(self.now_ms, self.zone_min)

    def register(self, name: str) -> dict[str, Any]:
        register: dict[str, Any] = self.state["registers"].get(name, _EMPTY)
        return register

    def start_ms(self) -> int | None:
        """The later of now and the planned start; None while the plan is not settled."""
        planned = self.register("planned")["value"]
        return None if planned is None else max(self.now_ms, planned)

    def given_sex(self) -> str | None:
        """The settled sex, "unknown" included; None when not settled."""
        value = self.register("subject")["value"]
        return None if value is None else value["sex"]

    def age_years(self) -> int | None:
        """Full years at the local date of now: by the birth date where it is known here, else by the year of birth."""
        years = self._years()
        return None if years is None or years < 0 else years

    def birth_is_wrong(self) -> bool:
        """A birth date that is no date, or lies ahead."""
        given = _birth_date(self.register("subject"))
        return (given is not None and read_date(given) is None) or (self._years() or 0) < 0

    def _years(self) -> int | None:
        birth = birth_in(self.register("subject"))
        return None if birth is None else full_years(birth, self.today)

    def places_of(self, item: Item) -> list[Place]:
        """Where an item is asked, in the order of the release."""
        if item.per_side is not None:
            return self._sides(item.per_side)
        if item.per_row is not None:
            return self._rows_of(item.per_row)
        return [Place("", True)] if item.repeat is None else self._repetitions(item.repeat)

    def shown(self, item: Item, part: str) -> Truth:
        def judge() -> Truth:
            asked = next((place.asked for place in self.places_of(item) if place.part == part), False)
            return False if asked is False else all_of([asked, self.judge(item.show_when, Own(item, part))])

        return self._remembered(("shown", item.key, part), judge)

    def required(self, item: Item, part: str) -> Truth:
        """False where hidden, None where it is not known whether it is shown."""
        shown = self.shown(item, part)
        required = item.required
        if shown is not True or isinstance(required, bool):
            return required if shown is True and isinstance(required, bool) else shown
        return self._remembered(("required", item.key, part), lambda: self.judge(required, Own(item, part)))

    def answer_state(self, item: Item, part: str) -> str:
        """ "unanswered", "answered", "absent", "disputed", "unfit" or "outdated"."""
        if item.computed is not None:
            return "unanswered" if self._computed(item, part) is None else "answered"
        register = self.register(answer_register(item.key, part))
        if not register["heads"]:
            return "unanswered"
        if not register["settled"]:
            return "disputed"
        if not fits(item, register["value"], register["private"]):
            return "unfit"
        if self._is_outdated(item, register["heads"]):
            return "outdated"
        return "answered" if absent_key(register["value"]) is None else "absent"

    def reading(self, item: Item, part: str) -> Reading:
        """What an item says at one part."""
        shown = self.shown(item, part)
        if shown is False:
            return _NOT_APPLICABLE
        state = "unanswered" if shown is None else self.answer_state(item, part)
        if state not in ("answered", "absent"):
            return _UNKNOWN
        value = self.value_of(item, part)
        return Reading("absent", absent_key(value)) if state == "absent" else Reading("value", value)

    def value_of(self, item: Item, part: str) -> Any:
        """The settled or computed value, fit or not."""
        if item.computed is not None:
            return self._computed(item, part)
        return self.register(answer_register(item.key, part))["value"]

    def judge(self, condition: Condition | None, own: Own | None = None) -> Truth:
        """The worth of a condition; None stands for "always". `own` is the item and part that it belongs to."""
        return True if condition is None else evaluate(condition, _View(self, own, in_hold=False))

    def judge_hold(self, condition: Condition | None, own: Own, built_in: Callable[[Reading], bool]) -> Truth:
        """As `judge`, in a hold: there an unanswered item that is not required does not apply."""
        shown = self.shown(own.item, own.part)
        if shown is not True:
            return shown
        if condition is not None:
            return evaluate(condition, _View(self, own, in_hold=True))
        reading = self.own_reading(own)
        return None if reading.kind == "unknown" else built_in(reading)

    def own_reading(self, own: Own) -> Reading:
        item, part = own
        if item.computed is None and self.answer_state(item, part) == "unanswered":
            return _NOT_APPLICABLE if self.required(item, part) is False else self.reading(item, part)
        return self.reading(item, part)

    def consent_state(self, key: str) -> str:
        return self._consent_state(key, self)

    def _computed(self, item: Item, part: str) -> Any:
        """ "yes", "no" or a list of rows; None when not known."""
        if item.computed is None:
            return None
        condition = item.computed.condition
        if condition is not None:
            truth = self._remembered(("computed", item.key, part), lambda: self.judge(condition, Own(item, part)))
            return None if truth is None else "yes" if truth else "no"
        rows = self._rows_of(item.computed.table)
        return None if any(row.asked is None for row in rows) else sorted(row.part for row in rows)

    def _sides(self, key: str) -> list[Place]:
        """The sides that are chosen; one nameless side where there is no such question."""
        item = self.catalog.items.get(key)
        reading = self.reading(item, "") if item else _UNKNOWN
        if reading.kind == "unknown":
            return [Place("", None)]
        if item is None or reading.kind != "value":
            return [Place("", True)]
        chosen = reading.value if isinstance(reading.value, list) else [reading.value]
        sides = [
            [choice.key] if choice.parts is None else choice.parts for choice in item.choices if choice.key in chosen
        ]
        return [Place(part, True) for part in dict.fromkeys(part for parts in sides for part in parts)]

    def _rows_of(self, table: str | None) -> list[Place]:
        """The rows of a table that are there, or may be."""
        places = [place for row in self.catalog.rows(table) for place in self._row_places(row, table or "")]
        return [place for place in places if place.asked is not False]

    def _row_places(self, row: Row, table: str) -> list[Place]:
        there = self._remembered(("row", table, row.key), lambda: self.judge(row.when))
        if row.per_side is None:
            return [Place(row.key, there)]
        sides = self._sides(row.per_side)
        return [Place(f"{row.key}/{side.part}".rstrip("/"), all_of([there, side.asked])) for side in sides]

    def _repetitions(self, repeat: Repeat) -> list[Place]:
        item = self.catalog.items.get(repeat.from_item)
        reading = self.reading(item, "") if item else _UNKNOWN
        from_ms = reading.value if reading.kind == "value" and isinstance(reading.value, int) else None
        asked = None if reading.kind == "unknown" else True
        return [
            Place(str(minutes), asked, None if from_ms is None else from_ms + minutes * 60_000)
            for minutes in repeat.after_min
        ]

    def _remembered(self, name: tuple[str, ...], judge: Callable[[], Truth]) -> Truth:
        """While a condition that leads back to itself is judged, it is unknown. (Publishing refuses such a release.)"""
        if name not in self._memo:
            self._memo[name] = None
            self._memo[name] = judge()
        return self._memo[name]


def birth_in(subject: dict[str, Any]) -> date | None:
    """The birth date where it is known here, else the first day of the year of birth, from the register `subject`."""
    given, value = _birth_date(subject), subject["value"]
    if given is not None:
        return read_date(given)
    year = None if value is None else value["birth_year"]
    return None if year is None else date(year, 1, 1)


def _birth_date(subject: dict[str, Any]) -> str | None:
    private = subject["private"]
    given = ((private and private["part"]) or {}).get("birth_date")
    return given if isinstance(given, str) else None


class _View:
    """What a condition of one item and part reads of a moment."""

    def __init__(self, moment: Moment, own: Own | None, *, in_hold: bool) -> None:
        self._moment = moment
        self._own = own
        self._in_hold = in_hold

    @property
    def now_ms(self) -> int:
        return self._moment.now_ms

    def readings(self, key: str) -> list[Reading]:
        """An item that is asked along the same sides or rows is read at the same part, any other at all its parts."""
        moment, own = self._moment, self._own
        item = moment.catalog.items.get(key)
        if item is None:
            return [_UNKNOWN]
        if own is not None and own.item.key == key:
            return [moment.own_reading(own) if self._in_hold else moment.reading(item, own.part)]
        if own is not None and _alongside(own.item, item):
            return [moment.reading(item, own.part)]
        return [moment.reading(item, place.part) for place in moment.places_of(item) if place.asked is not False]

    def is_number(self, key: str) -> bool:
        item = self._moment.catalog.items.get(key)
        return item is not None and item.type == "number"

    def start_ms(self) -> int | None:
        return self._moment.start_ms()

    def age_years(self) -> int | None:
        return self._moment.age_years()

    def sex(self) -> str | None:
        sex = self._moment.given_sex()
        return None if sex == "unknown" else sex

    def consent(self, key: str) -> str:
        return self._moment.consent_state(key)

    def heard(self, key: str, who: str) -> list[str]:
        """The views that stand of somebody who was heard about a consent."""
        given = self._moment.state["consents"].get(key, NO_CONSENT)["heard"]
        return [each["view"] for each in given if each["who"] == who and not each["superseded"]]


def _alongside(left: Item, right: Item) -> bool:
    if left.per_side is not None and left.per_side == right.per_side:
        return True
    return left.per_row is not None and left.per_row == right.per_row
