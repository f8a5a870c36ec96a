"""Readiness: the shared vectors, and what holds for any history."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.core import canonical
from procedures.core.flags import FLAGS
from procedures.core.fold import fold
from procedures.core.readiness import readiness
from tests.procedures.core import histories
from tests.procedures.core.shorthand import (
    CERTIFICATES,
    NOON_MS,
    VECTORS,
    difference,
    expand,
    frozen,
    names,
    release,
    shorten,
    vectors,
)


@pytest.mark.parametrize("vector", vectors("readiness"), ids=lambda vector: vector["rule"])
def test_vector(vector: dict[str, Any]) -> None:
    under = release(vector["release"])
    entries = expand(vector.get("base", vectors("base")) + vector["entries"], under)
    now_ms = NOON_MS + vector.get("now_min", 0) * 60_000

    view = readiness(under, CERTIFICATES, fold(entries), now_ms, vector.get("zone_min", 60))

    assert difference(shorten(view, under), vector["view"]) is None
    assert set(view["flags"]) <= set(FLAGS)


@pytest.mark.parametrize("name", names())
def test_frozen_releases_are_what_the_drafts_freeze_to(name: str) -> None:
    assert (VECTORS / "frozen" / f"{name}.json").read_bytes() == frozen(name)
    assert canonical.encode(json.loads(frozen(name))) == frozen(name)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_signature_never_reads_as_valid_over_answers_it_did_not_cover(seed: int) -> None:
    under = release("everything")
    case = histories.history(seed, under)
    state = fold(case.entries)
    said = {each.digest: each.entry.body for each in case.entries}
    items = {phase.key: {item.key for item in phase.items} for phase in under.document.phases}

    view = readiness(under, histories.CERTIFICATES, state, *case.moments[0])

    for phase in view["phases"]:
        answered = [
            (name, said[head]["value"], head)
            for name, register in state["registers"].items()
            if name.split("/")[0] == "answer" and name.split("/")[1] in items[phase["key"]]
            for head in register["heads"]
        ]
        for signature in {digest for slot in phase["signatures"] for digest in slot["standing"]}:
            covered = [said[digest] for digest in said[signature]["covers"]]
            values = [(f"answer/{body.get('item')}/{body.get('part')}", body.get("value")) for body in covered]
            assert all((name, value) in values for name, value, _ in answered)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_what_is_signed_was_signable(seed: int) -> None:
    under = release("everything")
    case = histories.history(seed, under)

    view = readiness(under, histories.CERTIFICATES, fold(case.entries), *case.moments[1])

    for phase in view["phases"]:
        if phase["status"] == "signed":
            assert (phase["missing"], phase["held"]) == (0, 0)
            assert all(slot["standing"] for slot in phase["signatures"] if slot["needed"])
            assert not any(slot["signable"] for slot in phase["signatures"])


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_consent_never_reads_as_valid_over_a_withdrawal_that_nobody_answered(seed: int) -> None:
    """Whatever came first: it is valid only by a grant that stands and names every withdrawal that does."""
    under = release("everything")
    case = histories.history(seed, under)
    state = fold(case.entries)
    gone = {*state["voided"], *state["quarantined"], *state["unreadable"]}
    standing = [each for each in case.entries if each.digest not in gone]

    for moment in case.moments:
        for view in readiness(under, histories.CERTIFICATES, state, *moment)["consents"]:
            told = [each for each in standing if each.entry.body.get("consent") == view["key"]]
            withdrawn = {each.digest for each in told if each.entry.type == "consent.withdrawn"}
            decided = [each.entry.body for each in told if each.entry.type == "consent.decided"]
            answered = [body for body in decided if body["decision"] == "granted" and withdrawn <= set(body["after"])]
            if withdrawn and not answered:
                assert view["status"] not in ("valid", "confirmed", "used", "partly-signed")
