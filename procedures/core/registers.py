"""Registers: what the entries of one place say that nothing standing replaces.

Twin of frontend/src/core/registers.ts.
"""

from collections.abc import Sequence
from typing import Any, Final

from . import canonical
from .book import Book, Written, digests

# These do not belong to what an entry says: how it came about, and what its writer had before them.
_APART: Final = frozenset({"replaces", "occurred_ms", "late", "covers", "seen"})
_SINGLE: Final = {"subject.given": "subject", "case.planned": "planned", "case.closed": "closing"}


def answer_register(item: str, part: str) -> str:
    """The name of an answer's register."""
    return f"answer/{item}/{part}"


def register_claim(written: Written) -> dict[str, str] | None:
    """The place and content of an entry that belongs to a register; None for any other."""
    place = _register_of(written)
    return None if place is None else {"place": place, "content": _content_of(written)}


def fold_registers(book: Book, reopened: set[str]) -> dict[str, Any]:
    """All registers of a case by name. `reopened` are the digests that postponements ask for again."""
    places: dict[str, list[Written]] = {}
    for written in book.readable:
        place = _register_of(written)
        if place is not None:
            places.setdefault(place, []).append(written)
    return {name: _fold_register(places[name], book, reopened) for name in sorted(places)}


def unreplaced(entries: Sequence[Written], book: Book) -> list[Written]:
    """Of entries that may replace each other those that stand and that nothing standing replaces."""
    replaced = _replaced_in(entries, book)
    return [each for each in entries if book.stands(each.digest) and each.digest not in replaced]


def _fold_register(entries: list[Written], book: Book, reopened: set[str]) -> dict[str, Any]:
    still = unreplaced(entries, book)
    heads = [each for each in still if each.digest not in reopened]
    settled = len({_content_of(head) for head in heads}) == 1
    return {
        "heads": digests(heads),
        "settled": settled,
        "value": _value_of(heads[0]) if settled else None,
        "private": _private_of(heads) if settled else None,
        "reopened": [each.digest for each in still if each.digest in reopened],
    }


def _replaced_in(entries: Sequence[Written], book: Book) -> set[str]:
    """Reachable over `replaces` from a standing entry, within the register, through entries that stand or do not."""
    here = {each.digest: each for each in entries}
    reached: set[str] = set()
    following = [each for each in entries if book.stands(each.digest)]
    while following:
        for name in following.pop().entry.body["replaces"]:
            if name in here and name not in reached:
                reached.add(name)
                following.append(here[name])
    return reached


def _register_of(written: Written) -> str | None:
    entry = written.entry
    if entry.type == "answer.given":
        return answer_register(entry.body["item"], entry.body["part"])
    return _SINGLE.get(entry.type)


def _content_of(written: Written) -> str:
    """The body without what stands apart, and the private digest where the value is private or the subject's."""
    entry = written.entry
    says = {field: value for field, value in entry.body.items() if field not in _APART}
    is_private = entry.type == "subject.given" or (entry.type == "answer.given" and says["value"] is None)
    return canonical.encode([says, entry.private if is_private else None]).decode()


def _value_of(written: Written) -> Any:
    """What the register holds when it is settled."""
    body = written.entry.body
    if written.entry.type == "subject.given":
        return {"sex": body["sex"], "birth_year": body["birth_year"]}
    field = {"answer.given": "value", "case.planned": "start_ms", "case.closed": "outcome"}[written.entry.type]
    return body[field]


def _private_of(heads: Sequence[Written]) -> dict[str, Any] | None:
    """Of equal heads that may differ in their reasons: the first whose private part is known here, else named."""
    named = [head for head in heads if head.entry.private is not None]
    if not named:
        return None
    chosen = next((head for head in named if head.private is not None), named[0])
    return {"digest": chosen.entry.private, "part": _without_salt(chosen.private)}


def _without_salt(part: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if part is None else {field: value for field, value in part.items() if field != "salt"}
