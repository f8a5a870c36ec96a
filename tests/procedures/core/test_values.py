"""Dates, ages, and which values fit an item: the shared vectors."""

from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.core.condition import millionths
from procedures.core.dates import full_years, local_date, read_date
from procedures.core.document import Item
from procedures.core.fitness import fits
from tests.procedures.core.shorthand import vectors

WORDS = {"en": "…"}


@pytest.mark.parametrize("vector", vectors("dates"), ids=lambda vector: vector["rule"])
def test_dates(vector: dict[str, Any]) -> None:
    if "date" in vector:
        assert (read_date(vector["date"]) is not None) is vector["real"]
        return
    if "local" in vector:
        assert local_date(vector["at_ms"], vector["zone_min"]).isoformat() == vector["local"]
        return
    at_ms = round(datetime.fromisoformat(vector["at"] + "+00:00").timestamp() * 1000)
    birth = read_date(vector["birth"])

    assert birth
    assert full_years(birth, local_date(at_ms, vector["zone_min"])) == vector["years"]


@pytest.mark.parametrize("vector", vectors("values"), ids=lambda vector: vector["rule"])
def test_values(vector: dict[str, Any]) -> None:
    assert fits(item_of(vector["item"]), vector["value"], vector.get("private")) is vector["fits"]


def item_of(short: dict[str, Any]) -> Item:
    full = {"key": "item", "text": WORDS, "source": "test"} | short
    full["choices"] = [{"key": key, "text": WORDS} for key in short.get("choices", [])]
    full["absent"] = [{"key": key, "text": WORDS, "level": "stop", "message": WORDS} for key in short.get("absent", [])]
    return msgspec.convert(full, Item)


@given(st.decimals(min_value=-999999999, max_value=999999999, places=6), st.decimals(-999999999, 999999999, places=6))
def test_millionths_order_as_the_numbers_do(left: Any, right: Any) -> None:
    assert (millionths(f"{left:f}") < millionths(f"{right:f}")) is (left < right)
