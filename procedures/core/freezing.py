"""From a draft to the bytes of a release, and back.

A *draft* may leave out what has a default and hold conditions as lines of text. Frozen, every key is present,
conditions are trees, and the bytes are canonical: their SHA-256 names the release.
"""

import copy
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from . import canonical, condition
from .document import VERSION, About, ConsentKind, Document, Example, Item, Phase, Problem, Release
from .entry import Strict, shaped
from .errors import Refusal


def parse(data: bytes) -> Release:
    """Read a frozen release.

    Raises Refusal: canonical.decode's codes, "version-unknown", "shape-wrong", and "release-broken" for a draft
    that was not frozen.
    """
    value = canonical.decode(data)
    if isinstance(value, dict) and value.get("v") != VERSION:
        raise Refusal("version-unknown", "release")
    document = shaped(value, Document)
    if _bytes_of(document) != data:
        raise Refusal("release-broken", "not frozen: write it with release.freeze")
    return Release(canonical.digest_of(data), document)


def freeze(draft: dict[str, Any]) -> bytes:
    """Write a draft as a release: defaults filled in, conditions parsed, texts digested, canonical.

    A frozen document is left as it is. Raises Refusal("release-broken") with all that cannot be written, and where.
    """
    filled, problems = fill(draft)
    problems += shape_problems(filled)
    if problems:
        raise Refusal("release-broken", "; ".join(str(problem) for problem in problems))
    return _bytes_of(msgspec.convert(filled, Document, strict=True))


def _bytes_of(document: Document) -> bytes:
    return canonical.encode(msgspec.to_builtins(document))


# What "not so" says where a draft says nothing of its own.
_NOT_SO: Final = {
    "en": "This is not so. Say why, and make sure that everyone knows.",
    "nb": "Dette stemmer ikke. Si hvorfor, og sørg for at alle vet det.",
}


def fill(draft: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """A copy of a draft with trees for lines, digests for texts, and plain holds for "not so"; what could not be."""
    filled = copy.deepcopy(draft)
    problems: list[Problem] = []
    for path, holder, key in _conditions_of(filled):
        try:
            holder[key] = condition.parse(holder[key])
        except Refusal as wrong:
            problems.append(Problem(path, wrong.where))
            holder[key] = {}  # of the right shape: said once is enough
    for item in _dicts(filled, "phases", "items"):
        if item.get("type") == "confirm" and not item.get("not_so"):
            item["not_so"] = {"level": "caution", "message": _plain_not_so(filled), "override": []}
    for consent in _dicts(filled, "consents"):
        texts = consent.get("text")
        for language, text in texts.items() if isinstance(texts, dict) else ():
            if isinstance(text, dict) and isinstance(text.get("html"), str):
                text.setdefault("digest", text_digest(consent, language))
    return filled, problems


def text_digest(consent: dict[str, Any], language: str) -> str:
    """The digest of all that one reads of a form in a language: SHA-256 of {alternatives, html, risks}, canonical."""
    points = {
        name: [(point.get("text") or {}).get(language) for _, point in _paths(consent, name)]
        for name in ("alternatives", "risks")
    }
    return canonical.digest_of(canonical.encode({"html": consent["text"][language]["html"], **points}))


def _plain_not_so(draft: dict[str, Any]) -> dict[str, str]:
    named = draft.get("languages")
    languages = named if isinstance(named, list) else []
    return {language: _NOT_SO.get(language, _NOT_SO["en"]) for language in languages if isinstance(language, str)}


def _conditions_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every place that holds a condition as text: its path, its holder, and its key there."""
    for path, item in _paths(document, "phases", "items"):
        yield from _texts(path, item, "show_when", "required")
        for list_name in ("holds", "suggest"):
            for inner, held in _paths(item, list_name):
                yield from _texts(f"{path}.{inner}", held, "when")
        if isinstance(item.get("computed"), dict):
            yield from _texts(f"{path}.computed", item["computed"], "condition")
    for path, slot in _paths(document, "phases", "signatures"):
        if slot.get("when") != "held":
            yield from _texts(path, slot, "when")
    tables = document.get("tables")
    for name in tables if isinstance(tables, dict) else []:
        for path, row in _paths(tables, name):
            yield from _texts(f"tables.{path}", row, "when")
    for path, consent in _paths(document, "consents"):
        yield from _texts(path, consent, "needed")
        for list_name in ("rules", "bases", "hears"):
            for inner, held in _paths(consent, list_name):
                yield from _texts(f"{path}.{inner}", held, "when")


def _texts(path: str, holder: dict[str, Any], *keys: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    for key in keys:
        if isinstance(holder.get(key), str):
            yield f"{path}.{key}", holder, key


def _paths(holder: Any, *lists: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in nested lists, with their paths; whatever is not of that shape is passed over."""
    name, *rest = lists
    inner = holder.get(name) if isinstance(holder, dict) else None
    for index, value in enumerate(inner if isinstance(inner, list) else []):
        if not isinstance(value, dict):
            continue
        if not rest:
            yield f"{name}[{index}]", value
        for path, deeper in _paths(value, *rest) if rest else ():
            yield f"{name}[{index}].{path}", deeper


def _dicts(holder: Any, *lists: str) -> Iterator[dict[str, Any]]:
    for _, value in _paths(holder, *lists):
        yield value


# Which list holds which shape: pieces are converted one by one, so that one mistake does not hide the next.
_PIECES: Final[tuple[tuple[tuple[str, ...], type[Strict]], ...]] = (
    (("phases", "items"), Item),
    (("phases",), Phase),
    (("consents",), ConsentKind),
    (("about",), About),
    (("examples",), Example),
)


def shape_problems(document: dict[str, Any]) -> list[Problem]:
    """What is missing, unknown or of the wrong kind, each piece by itself. Empty when the document has the shape."""
    rest = copy.deepcopy(document)
    problems = []
    for lists, shape in _PIECES:
        for path, piece in _paths(rest, *lists):
            problems += _shape_problem(path, piece, shape)
        _empty(rest, lists)
    return problems + _shape_problem("", rest, Document)


def _empty(document: dict[str, Any], lists: tuple[str, ...]) -> None:
    """Take the pieces out of what holds them, unless they are not even a list."""
    holders = _dicts(document, *lists[:-1]) if lists[:-1] else iter([document])
    for holder in holders:
        pieces = holder.get(lists[-1])
        if isinstance(pieces, list) and all(isinstance(piece, dict) for piece in pieces):
            holder[lists[-1]] = []


def _shape_problem(path: str, value: Any, shape: type[Strict]) -> list[Problem]:
    try:
        msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as wrong:
        return [Problem(path, str(wrong))]
    return []
