"""The fold: the shared vectors, and that no order, no duplicate and no cut changes the state."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.core import canonical
from procedures.core.fold import fold
from tests.procedures.core.histories import history
from tests.procedures.core.shorthand import difference, expand, release, shorten, vectors


@pytest.mark.parametrize("vector", vectors("fold"), ids=lambda vector: vector["rule"])
def test_vector(vector: dict[str, Any]) -> None:
    entries = expand(vector["entries"])

    state = fold(entries)

    assert difference(shorten(state), vector["state"]) is None
    assert canonical.encode(fold(entries[::-1] + entries)) == canonical.encode(state)


def test_entries_of_several_cases_are_a_fault_of_the_caller() -> None:
    one = expand([["a1", "note.added", {}]])
    two = expand([["a2", "note.added", {}, {"case": "00000000-0000-4000-8000-0000000000c1"}]])

    with pytest.raises(ValueError, match="several cases"):
        fold(one + two)


@given(st.integers(0, 2**32), st.data())
@settings(max_examples=60, deadline=None)
def test_permutation_duplication_and_batch_cuts_change_nothing(seed: int, data: st.DataObject) -> None:
    entries = history(seed, release("everything")).entries
    more = data.draw(st.lists(st.sampled_from(entries), max_size=10)) if entries else []
    order = data.draw(st.permutations(entries + more))
    whole = canonical.encode(fold(entries))

    assert canonical.encode(fold(order)) == whole
    cut = data.draw(st.integers(0, len(order)))
    assert canonical.encode(fold(order[cut:] + order[:cut])) == whole


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_no_answer_disappears_unless_an_entry_names_it(seed: int) -> None:
    entries = history(seed, release("everything")).entries
    state = fold(entries)
    heads = {digest for register in state["registers"].values() for digest in register["heads"]}
    named = {digest for each in entries for digest in each.entry.body.get("replaces", [])}
    named |= {each.entry.body["target"] for each in entries if "target" in each.entry.body}
    answers = {digest for digest, claim in state["claims"].items() if claim["place"].startswith("answer/")}

    assert answers - heads <= named | set(state["reopened"])
