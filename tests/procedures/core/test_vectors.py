"""The vectors as a whole: every rule has at least one, and each says which rule it holds (tests/vectors/README.md)."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.procedures.core.shorthand import VECTORS

FILES = sorted(path.name for path in VECTORS.glob("*.json"))
TAGS = re.findall(r"^\| `([^`]+)` \|", (VECTORS / "README.md").read_text(), re.MULTILINE)


def rules(value: Any) -> Iterator[str]:
    """Every `rule` in a file, however deep."""
    if isinstance(value, dict):
        yield from [value["rule"]] if "rule" in value else []
        value = list(value.values())
    for inner in value if isinstance(value, list) else []:
        yield from rules(inner)


def rules_of(name: str) -> list[str]:
    return list(rules(json.loads((VECTORS / name).read_text())))


def test_every_numbered_rule_and_every_sentence_of_the_fold_has_a_tag() -> None:
    numbered = {f"Semantics {number}" for number in range(1, 18)} | {f"Fold {number}" for number in range(1, 19)}

    assert numbered <= set(TAGS)
    assert len(TAGS) == len(set(TAGS))


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_has_a_vector(tag: str) -> None:
    assert any(rule.startswith(f"{tag}: ") for name in FILES for rule in rules_of(name))


@pytest.mark.parametrize("name", FILES)
def test_every_vector_says_which_rule_it_holds_and_no_two_say_the_same(name: str) -> None:
    found = rules_of(name)

    assert [rule for rule in found if rule.partition(": ")[0] not in TAGS] == []
    assert [rule for rule, count in Counter(found).items() if count > 1] == []
