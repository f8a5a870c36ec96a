"""What an approver is shown: all that a draft says, and what it says otherwise than the release before."""

from typing import Any

import pytest

from procedures import drafting
from procedures.comparing import compare
from procedures.core import release as releases
from procedures.core.document import Document
from procedures.models import About, Choice, ConsentForm, Hold, Item, Phase, Protocol
from procedures.outline import Part, outline

pytestmark = pytest.mark.django_db


def document_of(protocol: Protocol) -> Document:
    draft = drafting.draft_of(Protocol.objects.get(pk=protocol.pk))
    return releases.parse(releases.freeze(draft)).document


def by_identity(document: Document) -> dict[str, Part]:
    return {part.identity: part for part in outline(document)}


def words(part: Part, field: str) -> dict[str, str]:
    [line] = [line for line in part.lines if line.field == field]
    return dict(line.words)


def changes(old: Document, protocol: Protocol) -> list[tuple[Any, ...]]:
    """(kind, name, field, old words, new words) of each changed line; field and words of the first language."""

    def first(line: Any) -> str:
        return "" if line is None else next(iter(line.words.values()))

    def label(line: Any) -> str:
        return str(line.label)

    return [
        (change.kind, change.part.name, label(new or old_line), first(old_line), first(new))
        for change in compare(old, document_of(protocol))
        for old_line, new in change.lines
    ]


def test_all_of_it_is_there(protocol: Protocol) -> None:
    parts = by_identity(document_of(protocol))
    hold = parts["item/bleed.inr/holds/inr-high"]
    assert hold.name == "Bleeding › bleed.inr › inr-high"
    assert words(hold, "when") == {
        "": "bleed.inr > 3.0",
        "en": "“Latest INR” is above 3.0",
        "nb": "«Siste INR» er over 3.0",
    }
    assert set(words(hold, "message")) == {"en", "nb"}
    absent = parts["item/bleed.inr/absent/not-obtained"]
    assert (absent.level, words(absent, "override")) == ("stop", {"": "clinician"})
    identity = parts["item/si.identity"]
    assert words(identity, "not_so_level") == {"": "stop"} or words(identity, "not_so_level") == {"": "caution"}
    assert words(parts["item/bleed.inr"], "show_when")["en"] == "“Does the child take warfarin?” is yes"
    assert words(parts["item/bleed.inr"], "required") == {"": "always"}
    assert words(parts["item/bleed.hemophilia"], "stable") == {"": "yes"}
    slot = parts["phase/bleeding/signature/checked"]
    assert words(slot, "when") == {"": "when there is a stop or caution"}
    consent = next(part for identity, part in parts.items() if identity.startswith("consent/"))
    assert words(consent, "text")["en"].startswith("<")
    assert words(consent, "rules")[""]


def test_nothing_changed(protocol: Protocol) -> None:
    document = document_of(protocol)
    assert compare(document, document) == []


def test_the_first_release_adds_everything(protocol: Protocol) -> None:
    document = document_of(protocol)
    found = compare(None, document)
    assert {change.kind for change in found} == {"added"}
    assert len(found) == len(outline(document))


def test_a_limit_and_a_text(protocol: Protocol) -> None:
    old = document_of(protocol)
    Hold.objects.filter(key="inr-high").update(when="bleed.inr > 2.5")
    Item.objects.filter(key="bleed.inr").update(text={"en": "INR", "nb": "Siste INR"})
    assert changes(old, protocol) == [
        ("changed", "Bleeding › bleed.inr", "Question", "Latest INR", "INR"),
        ("changed", "Bleeding › bleed.inr › inr-high", "When", "bleed.inr > 3.0", "bleed.inr > 2.5"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda: Item.objects.filter(key="bleed.inr").update(required=False),
            ("changed", "Bleeding › bleed.inr", "Required", "always", "no"),
        ),
        (
            lambda: Hold.objects.filter(key="inr-high").update(override=[]),
            ("changed", "Bleeding › bleed.inr › inr-high", "Who may override", "clinician", ""),
        ),
        (
            lambda: Choice.objects.filter(item__key="plan.side", key="left").update(text={"en": "L", "nb": "V"}),
            ("changed", "Plan › plan.side › left", "Text", "Left", "L"),
        ),
        (
            lambda: Phase.objects.filter(key="bleeding").update(filled_by=["clinician"]),
            ("changed", "Bleeding", "Filled in by", "nurse, clinician", "clinician"),
        ),
        (
            lambda: ConsentForm.objects.update(valid_days=7),
            ("changed", "The procedure", "Valid for days", "", "7"),
        ),
        (
            lambda: About.objects.update(html={"en": "<p>New</p>", "nb": "<p>Ny</p>"}),
            ("changed", "About this checklist", "Text", "", "<p>New</p>"),
        ),
    ],
    ids=["required", "override", "choice", "phase", "consent", "about"],
)
def test_what_else_changes(protocol: Protocol, change: Any, expected: tuple[str, ...]) -> None:
    old = document_of(protocol)
    change()
    [found] = changes(old, protocol)
    assert found[:3] == expected[:3]
    assert found[4] == expected[4]


def test_added_removed_and_moved(protocol: Protocol) -> None:
    old = document_of(protocol)
    inr = Item.objects.get(key="bleed.inr")
    inr.holds.create(key="inr-low", when="bleed.inr < 0.8", level="note", message={"en": "Low", "nb": "Lav"})
    Item.objects.filter(key="fast.solids").update(order=1)
    Choice.objects.filter(item__key="plan.side", key="left").delete()
    Item.objects.filter(key="bleed.platelets").update(phase=Phase.objects.get(key="sign-in"), order=5)
    found = [(kind, name, label) for kind, name, label, *_ in changes(old, protocol)]
    assert ("added", "Bleeding › bleed.inr › inr-low", "When") in found
    assert ("removed", "Plan › plan.side › left", "Text") in found
    assert ("changed", "Sign-in", "Order: question") in found
    assert ("changed", "Sign-in › bleed.platelets", "Stands in") in found
