"""A protocol's draft: from a document into rows and back, without a byte changed; and what cannot go in."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from procedures import contentfile, drafting, loading
from procedures.core import canonical
from procedures.core.errors import Refusal
from procedures.core.release import freeze
from procedures.models import Item, Protocol
from tests.conftest import CONTENT, small_draft
from tests.procedures.core.shorthand import VECTORS

pytestmark = pytest.mark.django_db

Draft = dict[str, Any]
SHIPPED = Path(loading.__file__).parent.joinpath("content").glob("*.yaml")
FILES = sorted([CONTENT, *SHIPPED, *VECTORS.glob("releases/*.json"), *VECTORS.glob("frozen/*.json")])


def everything() -> Draft:
    """The vectors' release that uses every feature, and what it leaves out."""
    draft = contentfile.read((VECTORS / "releases" / "everything.json").read_bytes()).draft
    draft["about"] = [{"heading": {"en": "A"}, "html": {"en": "<p>B</p>"}, "source": "s"}]
    first = draft["phases"][0]["items"][0]
    first |= {"help": {"en": "H"}, "shows": ["kind"], "codes": [{"system": "s", "code": "c"}], "unconfirmed": True}
    first["suggest"] = [{"when": "way = local", "value": ["x"]}, {"when": None, "value": {"absent": "unknown"}}]
    example = {"name": "E", "now_ms": 1, "zone_min": 60, "answers": [{"item": "kind", "value": ["x"]}]}
    draft["examples"] = [example | {"holds": {"kind:some": True}, "start_ms": 5, "birth_date": "2019-01-01"}]
    return draft


def round_trip(document: Draft) -> bytes:
    protocol = loading.load(document)
    number, effective_from_ms = document["number"], document["effective_from_ms"]
    return freeze(drafting.draft_of(protocol, number=number, effective_from_ms=effective_from_ms))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rows_and_back_is_the_same_to_the_byte(path: Path) -> None:
    document = loading.with_number(contentfile.read(path.read_bytes()).draft)
    assert round_trip(document) == freeze(document)


def test_every_feature_can_be_kept() -> None:
    document = everything()
    assert round_trip(document) == freeze(document)
    assert round_trip(canonical.decode(freeze(document))) == freeze(document)


# Nearly all are parts of a text that then has another digest.
UNSAYABLE = (
    ".consents.text.en.html",
    ".consents.risks",
    ".consents.risks.text.en",
    ".consents.alternatives",
    ".consents.alternatives.text.en",
    ".phases.items.computed.condition",
)


def test_no_field_is_lost() -> None:
    """Each kind of text, number, tick and list of the frozen document, changed by itself, comes back changed.

    What a draft cannot say is refused: a consent's text of another digest, something computed from nothing.
    """
    document: Draft = canonical.decode(freeze(everything()))
    tried = []
    for path, holder, key in _first_of_each_kind("", document, set()):
        old, holder[key] = holder[key], _changed(key, holder[key])
        with contextlib.suppress(Refusal):
            wanted = freeze(document)
            try:
                assert round_trip(document) == wanted, path
                tried.append(path)
            except Refusal:
                assert path in UNSAYABLE, path
        holder[key] = old
    assert len(tried) > 80


def _first_of_each_kind(path: str, value: Any, seen: set[str]) -> Iterator[tuple[str, Draft, str]]:
    """Objects with one of their keys, each path once whatever the places in lists; conditions are left out."""
    if isinstance(value, list):
        for inner in value:
            yield from _first_of_each_kind(path, inner, seen)
    elif isinstance(value, dict) and "op" not in value:
        for key in list(value):
            yield from _first_of_each_kind(f"{path}.{key}", value[key], seen)
            if value[key] not in (None, [], "") and f"{path}.{key}" not in seen:
                seen.add(f"{path}.{key}")
                yield f"{path}.{key}", value, key


def _changed(key: str, value: Any) -> Any:
    if key in ("number", "effective_from_ms", "v"):
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return value[:-1] if isinstance(value, list) else None


def test_loading_twice_changes_nothing(protocol: Protocol) -> None:
    before = list(Item.objects.values_list("pk", flat=True))
    again = loading.load(small_draft())
    assert again == protocol
    assert list(Item.objects.values_list("pk", flat=True)) == before


def test_loading_replaces_what_was_there() -> None:
    loading.load(everything())
    shorter = everything()
    del shorter["phases"][2], shorter["phases"][0]["items"][0]["holds"][0]
    shorter["consents"][0]["before"] = None
    assert round_trip(shorter) == freeze(shorter)


WRONG: list[tuple[Callable[[Draft], Any], str]] = [
    (lambda d: d["phases"][0]["items"][5].update(show_when="thinner = "), "phases[0].items[5].show_when: at the end"),
    (lambda d: d["phases"][0]["items"][6].update(type="colour"), "phases[0].items[6]: Invalid enum value"),
    (lambda d: d["phases"][1].pop("title"), "phases[1]: Object missing required field"),
    (
        lambda d: d["phases"][0]["items"][5].update(show_when={"op": "maybe"}),
        "phases[0].items[5].show_when: this is no",
    ),
    (lambda d: d.update(review_by="2027-02-30"), "review_by: there is no such day"),
    (lambda d: d["title"].update(en="a\x00b"), "a text holds the character NUL"),
    (lambda d: d["phases"][0]["items"][5].update(unit=""), "something that a draft cannot"),
    (lambda d: d.update(colour="red"), "unknown field `colour`"),
    (lambda d: d.update(protocol="No key"), "`$.protocol`"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_cannot_be_kept_is_refused_with_its_place(change: Callable[[Draft], Any], words: str) -> None:
    wrong = everything()
    change(wrong)
    with pytest.raises(Refusal) as refusal:
        loading.load(wrong)
    assert refusal.value.code == "release-broken"
    assert words in refusal.value.where
    assert not Protocol.objects.exists()
