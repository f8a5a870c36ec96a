"""The shipped protocol: it may be published, says where everything comes from, and tries each limit on both sides."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from procedures import contentfile, loading, publishing
from procedures.core import examples
from procedures.core.closure import holds_of
from procedures.core.document import Document, Hold, Item, Words
from procedures.core.entry import Strict
from procedures.core.release import freeze, parse
from procedures.models import Role

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "procedures" / "content" / "bone-marrow-iliac-crest-child.yaml"


@cache
def document() -> Document:
    return parse(freeze(loading.with_number(contentfile.read(SHIPPED.read_bytes()).draft))).document


@pytest.mark.django_db
def test_the_shipped_draft_may_be_published() -> None:
    protocol = loading.load(contentfile.read(SHIPPED.read_bytes()).draft)
    assert [str(problem) for problem in publishing.check_draft(protocol)] == []
    assert document().languages == ["en", "nb"]


# --- each limit on both sides -----------------------------------------------------------------------------------------


def _tried(holds: dict[str, bool | None]) -> Iterator[tuple[str, bool | None]]:
    """ "item/part:hold" of an example, without the part."""
    for name, active in holds.items():
        item, hold = name.split(":")
        yield f"{item.partition('/')[0]}:{hold}", active


def test_every_hold_is_tried_on_both_sides_of_its_limit() -> None:
    tried = {each for example in document().examples for each in _tried(example.holds)}
    holds = [f"{item.key}:{hold.key}" for item in document().items() for hold in holds_of(item)]
    assert len(holds) > 90
    assert [(name, active) for name in holds for active in (True, False) if (name, active) not in tried] == []


def test_examples_have_names_of_their_own() -> None:
    names = [example.name for example in document().examples]
    assert len(names) == len(set(names))


def test_a_case_can_come_to_its_end() -> None:
    """In an example nothing is missing, held or unknown in any phase: only their order keeps them from being signed."""
    release = parse(freeze(loading.with_number(contentfile.read(SHIPPED.read_bytes()).draft)))
    views = [examples.view_of(example, release) for example in release.document.examples]
    blockers = [
        {code for phase in view["phases"] for slot in phase["signatures"] for code in slot["blockers"]}
        for view in views
        if not any(phase["missing"] or phase["held"] for phase in view["phases"])
    ]
    assert blockers
    assert min(blockers, key=len) <= {"order", "not-needed"}


# --- sources, roles, levels -------------------------------------------------------------------------------------------


def test_everything_says_where_it_comes_from() -> None:
    for item in document().items():
        assert len(item.source) > 5, item.key
        assert all(hold.source for hold in item.holds), item.key
    assert all(section.source for section in document().about)
    assert all(consent.source for consent in document().consents)


def test_what_is_our_suggestion_is_marked_as_unconfirmed() -> None:
    for item in document().items():
        parts: list[Item | Hold] = [item, *item.holds]
        for part in parts:
            assert part.unconfirmed or "Bedside’s suggestion" not in part.source, (item.key, part.key)


def test_every_role_that_is_named_exists() -> None:
    named: set[str] = set()
    for phase in document().phases:
        named |= {*phase.filled_by, *(role for slot in phase.signatures for role in slot.roles)}
        named |= {role for item in phase.items for hold in holds_of(item) for role in hold.override}
    assert named <= set(Role)


def test_what_cannot_be_obtained_counts_as_the_stop_of_its_item() -> None:
    for item in document().items():
        stops = [hold for hold in item.holds if hold.level == "stop"]
        for absent in item.absent:
            assert absent.level != "note", item.key
            if stops:
                assert (absent.level, absent.override) == ("stop", stops[-1].override), item.key


def test_there_are_about_a_dozen_stops() -> None:
    def stops(item: Item) -> bool:
        return any(hold.level == "stop" for hold in holds_of(item))

    kinds = {item.key.split(".")[0] + item.key[-4:] for item in document().items() if stops(item)}
    assert 10 <= len(kinds) <= 20


# --- the two languages ------------------------------------------------------------------------------------------------

# What Norwegians call by the same word.
ALIKE = {"Time-out", "Plaster"}


def _texts(path: str, value: object) -> Iterator[tuple[str, Words]]:
    """Every text by language, with a path to it."""
    if isinstance(value, Strict):
        for field in value.__struct_fields__:
            yield from _texts(f"{path}.{field}", getattr(value, field))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(f"{path}[{index}]", inner)
    elif isinstance(value, dict) and "en" in value:
        yield path, {language: str(getattr(text, "html", text)) for language, text in value.items()}
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(f"{path}.{key}", inner)


def _all_texts() -> list[tuple[str, Words]]:
    return list(_texts("", document()))


def test_norwegian_is_not_english() -> None:
    same = {text["en"] for _, text in _all_texts() if text["en"] == text["nb"]}
    assert same == ALIKE
    assert len(_all_texts()) > 300


def test_texts_use_typographic_quotes_and_fit_on_a_tablet() -> None:
    for path, text in _all_texts():
        for words in text.values():
            assert not re.search(r"[\"']|\.\.\.| - ", words), (path, words)
            assert words == words.strip(), path
    for path, text in _all_texts():
        limits = {".message": 165, ".text": 90, ".title": 45, ".why": 40}
        limit = next((limit for ending, limit in limits.items() if path.endswith(ending)), 10_000)
        if "consents" not in path:
            assert max(map(len, text.values())) <= limit, (path, text)


def test_norwegian_has_no_english_quotes_and_english_no_norwegian_ones() -> None:
    for path, text in _all_texts():
        assert not set("“”") & set(text["nb"]), path
        assert not set("«»") & set(text["en"]), path


# --- no code knows any protocol ---------------------------------------------------------------------------------------


def _python_strings(path: Path) -> set[str]:
    constants = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
    return {node.value for node in constants if isinstance(node.value, str)}


def _typescript_strings(path: Path) -> set[str]:
    return {found[1] for found in re.finditer(r"[\"'`]([a-z][a-z0-9_.-]*)[\"'`]", path.read_text())}


def _program_files() -> Iterator[tuple[Path, set[str]]]:
    for folder in ("api", "bmproject", "frontend", "procedures"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            # The demo's cases are content too: what people answered to the shipped protocol.
            if not {"node_modules", "demo"} & set(path.parts):
                yield path, _python_strings(path)
    for pattern in ("*.ts", "*.svelte"):
        for path in sorted((ROOT / "frontend" / "src").rglob(pattern)):
            if not path.name.endswith(".test.ts"):
                yield path, _typescript_strings(path)


def test_no_code_is_keyed_on_the_name_of_an_item() -> None:
    keys = {item.key for item in document().items()}
    files = list(_program_files())
    assert len(files) > 200
    assert [(path.name, found) for path, strings in files for found in strings & keys] == []
