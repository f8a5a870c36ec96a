# ruff: noqa: E501 (a table of mistakes reads best with one a line)
"""The release document: frozen and read back, and every mistake a publisher can make, with its place."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from procedures import contentfile
from procedures.core import canonical
from procedures.core.errors import Refusal
from procedures.core.release import check, draft_problems, freeze, parse
from tests.procedures.core.shorthand import VECTORS, frozen, names

SMALL = Path(__file__).parents[2] / "content" / "small.yaml"
Draft = dict[str, Any]


def draft(name: str = "everything") -> Draft:
    read: Draft = json.loads((VECTORS / "releases" / f"{name}.json").read_text())
    return read


def frozen_draft(change: Callable[[Draft], Any]) -> Draft:
    """The release "everything" as a frozen document, changed."""
    document: Draft = canonical.decode(frozen("everything"))
    change(document)
    return document


@pytest.mark.parametrize("name", [name for name in names() if name != "unsound"])
def test_a_sound_release_has_no_problems(name: str) -> None:
    assert check(canonical.decode(frozen(name))) == []


def test_the_unsound_release_of_the_vectors_is_refused() -> None:
    assert check(canonical.decode(frozen("unsound"))) != []


def test_the_small_protocol_may_be_published() -> None:
    data = freeze({"number": 1, "effective_from_ms": 0} | contentfile.read(SMALL.read_bytes()).draft)
    release = parse(data)

    assert check(canonical.decode(data)) == []
    assert release.document.languages == ["en", "nb"]
    assert release.document.examples


def test_freezing_fills_in_and_is_the_same_again() -> None:
    data = freeze(draft())
    release = parse(data)

    assert freeze(canonical.decode(data)) == data
    assert release.digest == canonical.digest_of(data)
    items = {item.key: item for item in release.document.items()}
    assert items["inr"].show_when == {"op": "=", "item": "thinner", "value": "yes"}
    assert items["inr"].private is False
    assert items["marked"].not_so
    assert items["marked"].not_so.level == "caution"
    assert len(release.document.consents[0].text["en"].digest) == 64


def test_a_draft_is_checked_before_it_is_frozen() -> None:
    sparse = draft()
    assert draft_problems(sparse) == []

    sparse["phases"][0]["items"][0]["suggest"] = [{"when": None, "value": 1.5}]
    assert [str(problem) for problem in draft_problems(sparse)] == ["a number that is not an integer"]

    sparse["phases"][0]["items"][5]["show_when"] = "thinner = maybe"
    sparse["phases"][0]["items"][0]["suggest"] = []
    assert [problem.path for problem in draft_problems(sparse)] == ["phases[0].items[5].show_when"]


def test_freezing_leaves_the_draft_alone() -> None:
    before = draft()
    after = copy.deepcopy(before)

    freeze(after)

    assert after == before


def test_freezing_names_all_that_cannot_be_written() -> None:
    broken = draft()
    broken["phases"][0]["items"][5]["show_when"] = "thinner = "
    broken["phases"][0]["items"][6]["type"] = "colour"
    broken["consents"][0]["needed"] = "not ("
    del broken["phases"][1]["title"]

    with pytest.raises(Refusal) as refusal:
        freeze(broken)

    assert refusal.value.code == "release-broken"
    for place in (
        "phases[0].items[5].show_when: at the end",
        "consents[0].needed",
        "phases[0].items[6]",
        "phases[1]: ",
    ):
        assert place in refusal.value.where


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "json-broken"),
        (b"{}", "version-unknown"),
        (b'{"v":2}', "version-unknown"),
        (b'{"v":1}', "shape-wrong"),
        (b"[]", "shape-wrong"),
        (json.dumps(draft()).encode(), "json-not-canonical"),
    ],
)
def test_what_is_no_release_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(data)

    assert refusal.value.code == code


def test_a_draft_that_was_not_frozen_is_refused() -> None:
    sparse = canonical.decode(frozen("inr"))
    del sparse["examples"]

    with pytest.raises(Refusal, match="not frozen"):
        parse(canonical.encode(sparse))
    assert [str(problem) for problem in check(sparse)] == ["not frozen: publish what release.freeze gives"]


def before(document: Draft, index: int) -> Draft:
    found: Draft = document["phases"][0]["items"][index]
    return found


def day(document: Draft, index: int) -> Draft:
    found: Draft = document["phases"][1]["items"][index]
    return found


def after(document: Draft, index: int) -> Draft:
    found: Draft = document["phases"][2]["items"][index]
    return found


def put(holder: Callable[[Draft], Draft], **fields: Any) -> Callable[[Draft], Any]:
    return lambda document: holder(document).update(fields)


def tree(op: str, item: str, value: str | None = None) -> Draft:
    return {"op": op, "item": item} | ({} if value is None else {"value": value})


def holding(when: Any) -> Callable[[Draft], Any]:
    """The first hold of the first item with another condition."""
    return lambda document: before(document, 0)["holds"][0].update(when=when)


def nested(depth: int) -> Draft:
    return {"op": "not", "of": nested(depth - 1)} if depth > 1 else tree("=", "side", "left")


HOLD = "phases[0].items[0].holds[0].when"

MISTAKES: list[tuple[str, Callable[[Draft], Any], str]] = [
    # Shapes.
    ("a missing key", lambda d: before(d, 0).pop("source"), "phases[0].items[0]: Object missing required field `source`"),
    ("an unknown key", lambda d: d.update(colour="red"), "Object contains unknown field `colour`"),
    ("an unknown type", put(lambda d: before(d, 0), type="colour"), "phases[0].items[0]: Invalid enum value"),
    ("an unknown level", lambda d: before(d, 0)["holds"][0].update(level="maybe"), "phases[0].items[0]: Invalid enum"),
    ("a line that cannot be read", holding("kind has"), f"{HOLD}: at the end: expected a key, any"),
    # Texts.
    ("a text in too few languages", lambda d: d.update(languages=["en", "nb"]), "title: not in exactly the languages en, nb"),
    ("a text in too many languages", put(lambda d: before(d, 0), text={"en": "A", "nb": "B"}), "phases[0].items[0].text: not in exactly"),
    ("HTML beyond what is allowed", lambda d: d.update(about=[{"heading": {"en": "A"}, "html": {"en": "<a href='x'>x</a>"}, "source": "s"}]), "about[0].html.en: <a> is not allowed"),
    ("an attribute", lambda d: d.update(about=[{"heading": {"en": "A"}, "html": {"en": "<p class=x>x</p>"}, "source": "s"}]), "about[0].html.en: <p> takes no attributes"),
    ("a comment", lambda d: d.update(about=[{"heading": {"en": "A"}, "html": {"en": "<!-- x -->"}, "source": "s"}]), "about[0].html.en: comments are not allowed"),
    ("a declaration", lambda d: d.update(about=[{"heading": {"en": "A"}, "html": {"en": "<!DOCTYPE html><?x?>"}, "source": "s"}]), "about[0].html.en: declarations are not allowed"),
    ("a date that is none", lambda d: d.update(review_by="2027-02-30"), "review_by: there is no such day"),
    ("a consent text of another digest", lambda d: d["consents"][0]["text"]["en"].update(html="<p>Changed</p>"), "consents[0].text.en.digest: not the digest"),
    # Keys.
    ("two phases of one key", lambda d: d["phases"][2].update(key="day"), "phases[2].key: “day” is there twice"),
    ("two items of one key", put(lambda d: before(d, 1), key="kind"), "phases[0].items[1].key: “kind” is there twice"),
    ("two choices of one key", lambda d: before(d, 0)["choices"][1].update(key="x"), "phases[0].items[0].choices[1].key: “x” is there twice"),
    ("two holds of one key", lambda d: before(d, 1)["holds"][1].update(key="middle"), "phases[0].items[1].holds[1].key: “middle” is there twice"),
    ("two absent of one key", lambda d: before(d, 0)["absent"].append(before(d, 0)["absent"][0]), "phases[0].items[0].absent[1].key: “unknown” is there twice"),
    ("two consents of one key", lambda d: d["consents"][1].update(key="main"), "consents[1].key: “main” is there twice"),
    ("two rows of one key", lambda d: d["tables"]["tubes"][1].update(key="edta"), "tables.tubes[1].key: “edta” is there twice"),
    ("an item named as a word of the language", put(lambda d: before(d, 2), key="start"), "phases[0].items[2].key: “start” means something else"),
    ("an item named as the subject's", put(lambda d: before(d, 2), key="subject.sex"), "phases[0].items[2].key: “subject.sex” means something else"),
    ("a choice named any", lambda d: before(d, 0)["choices"][1].update(key="any"), "phases[0].items[0].choices[1].key: “any” means something else"),
    ("a hold named as a built-in one", lambda d: before(d, 0)["holds"][0].update(key="absent.unknown"), "phases[0].items[0].holds[0].key: “absent.unknown” is built in"),
    # Phases and signatures.
    ("no phase at all", lambda d: d.update(phases=[], consents=[], tables={}), "phases: there is no phase"),
    ("after a later phase", lambda d: d["phases"][0].update(after=["day"]), "phases[0].after: “day” is no earlier phase"),
    ("filled in by nobody", lambda d: d["phases"][0].update(filled_by=[]), "phases[0].filled_by: nobody fills it in"),
    ("signed by nobody", lambda d: d["phases"][0].update(signatures=[]), "phases[0].signatures: nobody signs it"),
    ("a signature without roles", lambda d: d["phases"][0]["signatures"][0].update(roles=[]), "phases[0].signatures[0].roles: nobody may sign it"),
    ("another person than nobody", lambda d: d["phases"][0]["signatures"][0].update(another_person=True), "phases[0].signatures[0]: another person than whom"),
    ("a signature that reads a later phase", lambda d: d["phases"][0]["signatures"][1].update(when=tree("=", "identity", "yes")), "phases[0].signatures[1].when: “identity” is asked later"),
    # Items by type.
    ("no source", put(lambda d: before(d, 0), source=""), "phases[0].items[0].source: say where this comes from"),
    ("decimals of what is no number", put(lambda d: before(d, 0), decimals=1), "phases[0].items[0].decimals: only for the type number"),
    ("a unit of what is no number", put(lambda d: before(d, 0), unit="kg"), "phases[0].items[0].unit: only for the type number"),
    ("a limit on what is no text", put(lambda d: before(d, 0), max_bytes=9), "phases[0].items[0].max_bytes: only for the type text"),
    ("not-so on what is no confirm", lambda d: before(d, 0).update(not_so=day(d, 0)["not_so"]), "phases[0].items[0].not_so: only for the type confirm"),
    ("none on what is no datetime", put(lambda d: before(d, 0), none=True), "phases[0].items[0].none: only for the type datetime"),
    ("stable, though it is confirmed each time", put(lambda d: day(d, 0), stable=True), "phases[1].items[0].stable: what is confirmed"),
    ("stable, though it is computed", put(lambda d: day(d, 4), stable=True), "phases[1].items[4].stable: what is confirmed"),
    ("stable, though it is repeated", put(lambda d: after(d, 1), stable=True), "phases[2].items[1].stable: what is confirmed"),
    ("choices on what is no choice", lambda d: before(d, 4).update(choices=before(d, 0)["choices"]), "phases[0].items[4].choices: not for the type yes-no"),
    ("a single choice", lambda d: before(d, 2)["choices"].pop(), "phases[0].items[2].choices: a choice is between two or more"),
    ("a choice not offered, without why", lambda d: before(d, 1)["choices"][3].update(why=None), "phases[0].items[1].choices[3].why: say why"),
    ("a choice for no side", lambda d: before(d, 1)["choices"][2].update(parts=[]), "phases[0].items[1].choices[2].parts: stands for no side"),
    ("a number without decimals", put(lambda d: before(d, 5), decimals=None), "phases[0].items[5].decimals: a number says how many"),
    ("a minimum with other decimals", put(lambda d: before(d, 5), min="0.50"), "phases[0].items[5].min: not a number with 1 decimals"),
    ("a minimum above the maximum", put(lambda d: before(d, 5), min="20.1"), "phases[0].items[5].min: above the maximum"),
    ("required, and no way out", put(lambda d: before(d, 4), absent=[]), "phases[0].items[4].absent: what is required needs a way"),
    ("absent on a confirm", lambda d: day(d, 0).update(absent=before(d, 0)["absent"]), "phases[1].items[0].absent: not for the type confirm"),
    ("an override of a caution", lambda d: before(d, 6)["holds"][0].update(override=["clinician"]), "phases[0].items[6].holds[0].override: only a stop"),
    ("an override of an absent caution", lambda d: before(d, 6)["absent"][0].update(override=["clinician"]), "phases[0].items[6].absent[0].override: only a stop"),
    ("an override of a not-so caution", lambda d: day(d, 2)["not_so"].update(override=["clinician"]), "phases[1].items[2].not_so.override: only a stop"),
    ("computed from nothing", lambda d: day(d, 4).update(computed=None), "phases[1].items[4].computed: computed from either"),
    ("computed from both", lambda d: day(d, 4)["computed"].update(condition=tree("=", "side", "left")), "phases[1].items[4].computed: computed from either"),
    ("computed from a table that is not there", lambda d: day(d, 4)["computed"].update(table="pots"), "phases[1].items[4].computed.table: there is no table “pots”"),
    ("computed, of another type", lambda d: before(d, 4).update(computed=day(d, 6)["computed"]), "phases[0].items[4].computed: only for the type computed"),
    ("per side of nothing", put(lambda d: day(d, 2), per_side="sides"), "phases[1].items[2].per_side: there is no item “sides”"),
    ("per side of what is no choice", put(lambda d: day(d, 2), per_side="thinner"), "phases[1].items[2].per_side: “thinner” is not of the type choice"),
    ("per row of nothing", put(lambda d: day(d, 5), per_row="pots"), "phases[1].items[5].per_row: there is no table “pots”"),
    ("per side and per row", put(lambda d: day(d, 5), per_side="side"), "phases[1].items[5]: asked either per side"),
    ("repeated from what is no datetime", lambda d: after(d, 1)["repeat"].update({"from": "side"}), "phases[2].items[1].repeat.from: “side” is not of the type datetime"),
    ("repeated backwards", lambda d: after(d, 1)["repeat"].update(after_min=[60, 15]), "phases[2].items[1].repeat.after_min: minutes that rise"),
    ("a row per side of what is no choice", lambda d: d["tables"]["tubes"][0].update(per_side="inr"), "tables.tubes[0].per_side: “inr” is not of the type choice"),
    ("shown beside it, what is not there", put(lambda d: day(d, 0), shows=["colour"]), "phases[1].items[0].shows: there is no item “colour”"),
    ("a suggestion that does not fit", put(lambda d: before(d, 2), suggest=[{"when": None, "value": "sleep"}]), "phases[0].items[2].suggest[0].value: the item cannot have"),
    # Conditions.
    ("no condition at all", holding({}), f"{HOLD}: this is no condition"),
    ("an unknown operator", holding({"op": "xor", "of": []}), f"{HOLD}: this is no condition"),
    ("a key too many", holding({"op": "any", "item": "kind", "value": "x"}), f"{HOLD}: “any” takes item"),
    ("and of one", holding({"op": "and", "of": [tree("any", "kind")]}), f"{HOLD}: “and” and “or” join two"),
    ("nested too deeply", holding(nested(9)), f"{HOLD}: nested more than 8 deep"),
    ("a value that is no text", holding({"op": "=", "item": "side", "value": 1}), f"{HOLD}: the value is a text"),
    ("an item that is no text", holding({"op": "any", "item": 1}), f"{HOLD}: item is a text"),
    ("an age that is no number", holding({"op": "age_years", "cmp": "<", "value": "3"}), f"{HOLD}: an age is full years"),
    ("what does not compare", holding({"op": "age_years", "cmp": "~", "value": 3}), f"{HOLD}: '~' does not compare"),
    ("an item that is not there", holding("colour = red"), f"{HOLD}: there is no item “colour”"),
    ("a choice that is not there", holding("side = above"), f"{HOLD}: “above” is not one of left, right, both, middle"),
    ("= on several choices", holding("kind = x"), f"{HOLD}: “kind” cannot be compared"),
    ("= on a text", holding("why = x"), f"{HOLD}: “why” cannot be compared"),
    ("has on a single choice", holding("side has left"), f"{HOLD}: “side” does not hold several choices"),
    ("has of a choice that is not there", holding("kind has z"), f"{HOLD}: “z” is not one of x, y, none"),
    ("has any of a yes-no", holding("thinner has any"), f"{HOLD}: “thinner” has no “none”"),
    ("an order on what is no number", holding("side < left"), f"{HOLD}: “side” is no number"),
    ("a number with too many decimals", holding("inr > 3.05"), f"{HOLD}: “3.05” is no number with at most 1 decimals"),
    ("a number compared with a word", holding("inr > high"), f"{HOLD}: “high” is no number"),
    ("a number with a leading zero", holding("inr > 03"), f"{HOLD}: “03” is no number"),
    ("absent of what cannot be", holding("identity is absent"), f"{HOLD}: “identity” cannot be absent"),
    ("hours of what is no datetime", holding("hours since side < 6"), f"{HOLD}: “side” is no date and time"),
    ("hours of what is not there", holding("hours since lunch < 6"), f"{HOLD}: there is no item “lunch”"),
    ("hours with too many decimals", holding("hours since induction < 0.0001"), f"{HOLD}: hours have at most 3 decimals"),
    ("an unknown sex", holding("subject.sex = unknown"), f"{HOLD}: “unknown” is not one of female, male, other"),
    ("a consent that is not there", holding("consent photo is valid"), f"{HOLD}: there is no consent “photo”"),
    ("a state that consents do not have", holding("consent main is lovely"), f"{HOLD}: “lovely” is not one of draft"),
    ("a condition that reads a later phase", holding("identity = yes"), "phases[0].items[0]: reads “identity”, which is asked in a later phase"),
    ("a value shown before it is asked", put(lambda d: before(d, 0), shows=["identity"]), "phases[0].items[0]: reads “identity”, which is asked in a later phase"),
    ("an item that shows itself", lambda d: before(d, 2).update(show_when=tree("=", "way", "local")), "phases[0].items[2]: “way” depends on itself"),
    ("two items that show each other", lambda d: before(d, 2).update(show_when={"op": "absent", "item": "why"}), "phases[0].items[2]: “way” depends on itself"),
    # Consents.
    ("a rule that may not apply", lambda d: d["consents"][0]["rules"].pop(), "consents[0].rules: the last rule applies always"),
    ("a relation that is not listed", lambda d: d["consents"][0]["rules"][1]["signers"][0].update(relations=["uncle", "self"]), "consents[0].rules[1].signers[0]: names a relation"),
    ("more people than relations", lambda d: d["consents"][0]["rules"][1]["signers"][0].update(count=3), "consents[0].rules[1].signers[0]: asks for more people"),
    ("a rule that asks nobody", lambda d: d["consents"][0]["rules"][1].update(signers=[]), "consents[0].rules[1].signers: nobody grants it"),
    ("no method", lambda d: d["consents"][0].update(methods=[]), "consents[0].methods: say how it may be given"),
    ("depends on nothing that is there", lambda d: d["consents"][0].update(depends_on=["colour"]), "consents[0].depends_on: there is no item “colour”"),
    ("before what is no datetime", lambda d: d["consents"][0].update(before="side"), "consents[0].before: “side” is not of the type datetime"),
    ("a consent text in another language only", lambda d: d["consents"][0].update(text={"nb": d["consents"][0]["text"]["en"]}), "consents[0].text: not in all"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "problem"), [pytest.param(*each[1:], id=each[0]) for each in MISTAKES])
def test_a_mistake_is_found_with_its_place(change: Callable[[Draft], Any], problem: str) -> None:
    found = [str(each) for each in check(frozen_draft(change))]

    assert any(each.startswith(problem) for each in found), found


def test_all_mistakes_are_listed() -> None:
    def change(document: Draft) -> None:
        before(document, 0)["source"] = ""
        before(document, 5)["min"] = "x"
        document["phases"][1]["filled_by"] = []
        document["consents"][0]["methods"] = []
        before(document, 0)["holds"][0]["when"] = "colour = red"

    found = [problem.path for problem in check(frozen_draft(change))]

    assert {
        "phases[0].items[0].source",
        "phases[0].items[5].min",
        "phases[1].filled_by",
        "consents[0].methods",
        HOLD,
    } <= set(found)


EXAMPLE: Draft = {
    "name": "A high INR",
    "sex": "female",
    "birth_date": "2019-05-01",
    "start_ms": None,
    "granted": {},
    "heard": {},
    "now_ms": 1795608000000,
    "zone_min": 60,
    "answers": [{"item": "thinner", "value": "yes", "part": ""}, {"item": "inr", "value": "3.1", "part": ""}],
    "holds": {"inr:high": True},
    "shown": {"inr": True},
    "phases": {"before": "open"},
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"holds": {"inr:high": False}}, "examples[0].holds: “inr:high” comes out as true, not as false"),
        ({"holds": {"severe:unsure": True}}, "examples[0].holds: “severe:unsure” comes out as unknown, not as true"),
        ({"holds": {"inr:low": True}}, "examples[0].holds: there is no “inr:low”"),
        ({"shown": {"inr": None}}, "examples[0].shown: “inr” comes out as true, not as unknown"),
        ({"phases": {"before": "ready"}}, "examples[0].phases: “before” comes out as open, not as ready"),
        (
            {"answers": [{"item": "inr", "value": "3.10", "part": ""}]},
            "examples[0].answers: “inr” cannot be answered so",
        ),
        (
            {"answers": [{"item": "colour", "value": "red", "part": ""}]},
            "examples[0].answers: “colour” cannot be answered so",
        ),
    ],
)
def test_examples_are_run(change: Draft, problem: str | None) -> None:
    found = [str(each) for each in check(frozen_draft(lambda document: document.update(examples=[EXAMPLE | change])))]

    assert (problem in found) if problem else not found


CONSENTING: Draft = {
    "name": "A child of seven",
    "birth_date": "2019-05-01",
    "start_ms": 1795608000000,
    "now_ms": 1795604400000,
    "zone_min": 60,
    "answers": [{"item": "side", "value": "left"}],
    "granted": {"main": ["parent-1", "parent-2"]},
    "holds": {"agreed:not-agreed": False},
}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, []),
        ({"granted": {"main": ["parent-1"]}, "holds": {"agreed:not-agreed": True}}, []),
        ({"granted": {"main": ["self"]}, "holds": {"agreed:not-agreed": True}}, []),
        ({"granted": {"main": ["self"]}, "birth_date": "2010-01-01"}, []),
        ({"granted": {}, "holds": {"agreed:not-agreed": True}}, []),
        # A minute before midnight UTC is the next day in Norway, for the confirmation and for the moment alike.
        ({"now_ms": 1795561140000}, []),
        # Anaesthesia that began before consent was given.
        (
            {
                "answers": [*CONSENTING["answers"], {"item": "induction", "value": 1795600000000}],
                "holds": {"agreed:not-agreed": True},
            },
            [],
        ),
        ({"granted": {"other": []}}, ["there is no consent “other”", "comes out as true, not as false"]),
        ({"granted": {"main": ["aunt"]}}, ["“main” is not given by aunt", "comes out as true, not as false"]),
    ],
)
def test_examples_grant_consents(change: Draft, problems: list[str]) -> None:
    found = draft_problems(draft("consent") | {"examples": [CONSENTING | change]})

    assert len(found) == len(problems)
    for problem, words in zip(found, problems, strict=True):
        assert problem.path.startswith("examples[0]")
        assert words in problem.words


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, []),
        ({"heard": {"main": {"child": "disagrees"}}}, []),
        ({"heard": {"main": {"other": "disagrees"}}, "holds": {"agreed:not-agreed": True}}, []),
        ({"heard": {"loop": {}}}, ["there is no consent “loop”"]),
        ({"heard": {"main": {"aunt": "agrees"}}}, ["aunt: not heard for the consent “main”"]),
        ({"heard": {"main": {"child": "shrugs"}}}, ["shrugs: not a view that somebody can have"]),
    ],
)
def test_examples_say_who_was_heard(change: Draft, problems: list[str]) -> None:
    """Whoever is to be heard agrees, unless the example has it otherwise."""
    consenting = CONSENTING | {"granted": {"main": ["parent-1"]}}
    found = draft_problems(draft("forms") | {"examples": [consenting | change]})
    assert [problem.words for problem in found] == problems
