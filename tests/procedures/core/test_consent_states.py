"""The table of a consent's states: each cell, from a history that leads there (tests/vectors/consent.json)."""

from typing import Any

import pytest

from procedures.core.consentstates import STATES
from procedures.core.fold import fold
from procedures.core.readiness import readiness
from scripts import consent_page
from tests.procedures.core.shorthand import CERTIFICATES, NOON_MS, expand, release, vectors

VECTORS: Any = vectors("consent")


def status_after(entries: list[list[Any]]) -> str:
    under = release("consent")
    base: list[Any] = vectors("base")
    view = readiness(under, CERTIFICATES, fold(expand([*base, *entries], under)), NOON_MS, 60)
    return str(view["consents"][0]["status"])


@pytest.mark.parametrize("cell", VECTORS["cells"], ids=lambda cell: cell["rule"])
def test_a_cell(cell: dict[str, Any]) -> None:
    before, act = VECTORS["states"][cell["from"]], VECTORS["acts"][cell["act"]]

    assert status_after(before) == cell["from"]
    assert status_after(before + act) == cell["to"]
    assert STATES[cell["from"]][cell["act"]] == (cell["to"], cell["offered"])


def test_every_cell_of_the_table_is_there() -> None:
    cells = {(cell["from"], cell["act"]) for cell in VECTORS["cells"]}

    assert cells == {(state, act) for state, acts in STATES.items() for act in acts}


def test_the_committed_page_draws_the_table() -> None:
    assert consent_page.page() == consent_page.PAGE.read_text("utf-8"), "run `python -m scripts.consent_page`"
