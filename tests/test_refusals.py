"""docs/refusals.md says what is so: every code with its words, and for each a test that sends it."""

import re
from typing import Any

import pytest
import yaml

from procedures import quarantine
from procedures.core.errors import PROBLEMS
from procedures.core.flags import FLAGS
from scripts import refusals


def test_the_committed_page_is_what_codes_views_and_tests_say() -> None:
    assert refusals.page() == refusals.PAGE.read_text("utf-8"), "run `make refusals`"


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_refusal_is_sent_by_a_test(code: str) -> None:
    assert refusals.test_of(code), code


@pytest.fixture
def listed() -> Any:
    return yaml.safe_load(refusals.SENT.read_text("utf-8"))


def test_every_code_that_the_list_names_is_one(listed: Any) -> None:
    reasons = {value for name, value in vars(quarantine).items() if name.isupper() and isinstance(value, str)}
    known = {*PROBLEMS, *refusals.tablet_words(), *reasons, *FLAGS}
    assert not {code for told in listed.values() for code in re.findall(r"`(.*?)`", told["so"])} - known


def test_every_test_that_the_list_names_is_there(listed: Any) -> None:
    missing = [test for told in listed.values() for test in told["tests"] if not refusals.is_there(test)]
    assert not missing
    assert not refusals.is_there("tests/api/test_push.py::test_that_is_not_there")
    assert not refusals.is_there("frontend/src/sync/api.test.ts::that is not there")
