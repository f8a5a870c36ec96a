"""Every fact of the page that the shipped protocol rests on is carried by it in both languages, or missed."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from procedures import contentfile
from procedures.contentfile import Json
from tests.procedures.test_shipped_content import SHIPPED

FACTS: list[Json] = contentfile.read(
    b"facts:\n" + (Path(__file__).parents[1] / "content" / "seed-facts.yaml").read_bytes()
).draft["facts"]
CARRIERS = [(fact["fact"], carrier) for fact in FACTS for carrier in fact["by"]]
IDS = [f"{number}-{carrier['in']}" for number, (_, carrier) in enumerate(CARRIERS)]

# Of which fields the words of a part are made.
_SAID = ("title", "html", "text", "help", "why", "message")


def shipped() -> Json:
    return contentfile.read(SHIPPED.read_bytes()).draft


def place_of(name: str, draft: Json) -> tuple[Any, Any] | None:
    """Where a carrier hangs: its holder and its key or index there; None when it is not there."""
    kind, _, rest = name.partition(" ")
    if kind == "title":
        return (draft, "title") if "title" in draft else None
    if kind == "about":
        return _found(draft["about"], lambda section: section["heading"]["en"] == rest)
    key, _, inner = rest.partition(" ")
    holder = next((place for phase in draft["phases"] if (place := _keyed(phase["items"], key))), None)
    if holder is None or kind == "item":
        return holder
    item = holder[0][holder[1]]
    if kind == "suggestion":
        suggestions = item.get("suggest", [])
        return (suggestions, int(inner)) if int(inner) < len(suggestions) else None
    return _keyed(item.get({"choice": "choices", "hold": "holds", "absent": "absent"}[kind], []), inner)


def _keyed(parts: list[Json], key: str) -> tuple[list[Json], int] | None:
    return _found(parts, lambda part: part["key"] == key)


def _found(parts: list[Json], fits: Callable[[Json], bool]) -> tuple[list[Json], int] | None:
    return next(((parts, index) for index, part in enumerate(parts) if fits(part)), None)


def said(part: Json, language: str) -> str:
    """All that a part says in a language, without markup, in small letters."""
    texts = [part] if "en" in part else [part[field] for field in _SAID if part.get(field)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(text[language] for text in texts))).lower()


def lacking(carrier: Json, draft: Json) -> Iterator[str]:
    """What a draft does not have of what a carrier is to hold."""
    place = place_of(carrier["in"], draft)
    if place is None:
        yield f"there is no {carrier['in']}"
        return
    part = place[0][place[1]]
    for language in ("en", "nb"):
        for words in carrier.get(language, []):
            if words.lower() not in said(part, language):
                yield f"{carrier['in']} does not say “{words}” ({language})"
    for field, value in carrier.get("is", {}).items():
        if part.get(field) != value:
            yield f"{carrier['in']} has another {field}: {part.get(field)}"


def walk(draft: Json) -> list[str]:
    return [f"{fact}: {words}" for fact, carrier in CARRIERS for words in lacking(carrier, draft)]


def test_every_fact_is_carried() -> None:
    assert walk(shipped()) == []
    assert len(FACTS) >= 35
    assert all(carrier.get("is") or (carrier["en"] and carrier["nb"]) for _, carrier in CARRIERS)


def test_every_fact_is_said_in_words_somewhere() -> None:
    assert [fact["fact"] for fact in FACTS if not any("en" in carrier for carrier in fact["by"])] == []


@pytest.mark.parametrize(("fact", "carrier"), CARRIERS, ids=IDS)
def test_a_carrier_that_is_taken_away_is_missed(fact: str, carrier: Json) -> None:
    draft = shipped()
    place = place_of(carrier["in"], draft)
    assert place
    del place[0][place[1]]
    assert any(words.startswith(f"{fact}: ") for words in walk(draft))


@pytest.mark.parametrize(("fact", "carrier"), CARRIERS, ids=IDS)
def test_words_and_rules_that_change_are_missed(fact: str, carrier: Json) -> None:
    whole = shipped()
    for language in ("en", "nb"):
        for words in carrier.get(language, []):
            draft = copy.deepcopy(whole)
            _blot(part_of(carrier, draft), words, language)
            assert any(each.startswith(f"{fact}: ") for each in lacking_of(fact, draft)), (words, language)
    for field in carrier.get("is", {}):
        draft = copy.deepcopy(whole)
        part_of(carrier, draft)[field] = "something else"
        assert any(each.startswith(f"{fact}: ") for each in lacking_of(fact, draft)), field


def part_of(carrier: Json, draft: Json) -> Json:
    place = place_of(carrier["in"], draft)
    assert place
    part: Json = place[0][place[1]]
    return part


def lacking_of(fact: str, draft: Json) -> list[str]:
    return [f"{fact}: {words}" for name, carrier in CARRIERS if name == fact for words in lacking(carrier, draft)]


def _blot(part: Json, words: str, language: str) -> None:
    texts = [part] if "en" in part else [part[field] for field in _SAID if part.get(field)]
    for text in texts:
        text[language] = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text[language]))
        text[language] = re.sub(re.escape(words), "…", text[language], flags=re.IGNORECASE)
