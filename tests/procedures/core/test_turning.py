"""Between two of the instants that `next_turn` tells nothing of what is stored of a case changes."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.core.closing import looked_at_ms
from procedures.core.document import Release
from procedures.core.fold import State, fold
from procedures.core.readiness import readiness
from procedures.core.release import freeze, parse
from procedures.core.turning import next_turn
from tests.procedures.core import histories
from tests.procedures.core.shorthand import NOON_MS, VECTORS, expand, release, vectors

YEAR_MS = 366 * 24 * 3_600_000


@cache
def counting_hours() -> Release:
    """A release in which consents depend on hours, as also on a question that is asked only for some hours."""
    draft = json.loads((VECTORS / "releases" / "everything.json").read_text())
    (items,) = [phase["items"] for phase in draft["phases"] if any(item["key"] == "food" for item in phase["items"])]
    late = {"key": "late", "text": {"en": "Late?"}, "type": "yes-no", "source": "test", "required": False}
    items.append(late | {"show_when": "hours from start to food >= -30 and hours since food < 1000"})
    consent = draft["consents"][0]
    rule = consent["rules"][0] | {"when": "not (hours from food to start > 7)"}
    consent["rules"].insert(0, rule)
    consent["bases"].append(consent["bases"][0] | {"key": "custom", "when": "hours since food <= 20"})
    consent["hears"].append(consent["hears"][0] | {"key": "third", "when": "not (late = yes) and late = no"})
    return parse(freeze(draft))


def stored(under: Release, state: State, at_ms: int, zone_min: int) -> Any:
    """As procedures.records has it, looked at so."""
    view = readiness(under, histories.CERTIFICATES, state, looked_at_ms(state, at_ms), zone_min)
    statuses = {each["key"]: each["status"] for each in view["consents"]}
    return view["flags"], {key: status for key, status in statuses.items() if key in state["consents"]}


@pytest.mark.parametrize("under", [release("everything"), counting_hours()], ids=["everything", "hours"])
@given(seed=st.integers(0, 2**32), zone_min=st.sampled_from([-600, 0, 345, 60]))
@settings(max_examples=60, deadline=None)
def test_nothing_changes_between_two_turns(under: Release, seed: int, zone_min: int) -> None:
    case = histories.history(seed, under)
    state, at_ms = fold(case.entries), case.moments[0][0]
    for _ in range(25):
        turn = next_turn(under, state, at_ms, zone_min)
        last_ms = (turn or at_ms + 30 * YEAR_MS) - 1
        assert stored(under, state, last_ms, zone_min) == stored(under, state, at_ms, zone_min)
        if turn is None:
            return
        assert turn > at_ms
        at_ms = turn


def test_a_closed_case_never_turns() -> None:
    """As one in which nothing was said about a consent: cases that cannot change are not folded again."""
    under = release("forms")
    granted: list[Any] = ["b1", "consent.decided", {"consent": "main", "relation": "parent-1", "basis": "parental"}]
    closed: list[Any] = ["d1", "case.closed", {"outcome": "stopped"}, {"at_min": 30}]

    def turn(*entries: Any) -> int | None:
        history: list[Any] = [*vectors("base"), *entries]
        return next_turn(under, fold(expand(history, under)), NOON_MS + 60 * 60_000, 60)

    assert turn() is None
    assert turn(granted) is not None
    assert turn(granted, closed) is None
    assert turn(granted, ["d1", "case.closed", {"outcome": "lost"}, {"at_min": 30}]) is not None
