"""A draft in the admin: what an editor changes and is told, what is refused, and who may do what."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from procedures import drafting
from procedures.admin import guard
from procedures.admin.listing import RowsFormField
from procedures.models import (
    About,
    Absent,
    Choice,
    ConsentForm,
    Example,
    Hold,
    Item,
    Person,
    Phase,
    Proposal,
    Protocol,
    Release,
    SignatureSlot,
)
from procedures.places import Places
from tests.conftest import SecureClient, person, publish

pytestmark = pytest.mark.django_db
HOME = "/admin/procedures"


class Desk:
    """Someone signed in to the admin, who reads pages and fills in their forms."""

    def __init__(self, client: Client, person: Person) -> None:
        self.client = client
        client.force_login(person)

    def read(self, path: str, status: int = 200, **options: Any) -> str:
        response = self.client.get(path, **options)
        assert response.status_code == status, path
        return html.unescape(response.content.decode())

    def fields(self, path: str) -> dict[str, Any]:
        """What the forms on a page would send if nothing was changed."""
        response = self.client.get(path)
        context = response.context
        found: dict[str, Any] = {}
        for form in [context["adminform"].form, *_inline_forms(context)]:
            for bound in form:
                found |= _sent(bound)
        for inline in context["inline_admin_formsets"]:
            for bound in inline.formset.management_form:
                found[bound.html_name] = bound.value()
        if "guard" in context:
            found[context["guard"]["name"]] = context["guard"]["value"]
        return found

    def save(self, path: str, **changes: Any) -> str:
        """Fill in and save; return the page that comes then."""
        return self.send(path, self.fields(path), **changes)

    def send(self, path: str, fields: dict[str, Any], **changes: Any) -> str:
        """As save, on a page that was read before."""
        fields = fields | {name.replace("__", "-"): value for name, value in changes.items()}
        sent = {name: value for name, value in fields.items() if value is not None}
        response = self.client.post(path, sent, follow=True)
        assert response.status_code == 200
        return html.unescape(response.content.decode())


def _inline_forms(context: Any) -> list[Any]:
    return [form for inline in context["inline_admin_formsets"] for form in inline.formset.forms]


def _sent(bound: Any) -> dict[str, Any]:
    value = bound.field.prepare_value(bound.value())
    if isinstance(bound.field, RowsFormField):
        return _sent_rows(bound, value or [])
    if isinstance(value, dict):
        return {f"{bound.html_name}-in-{code}": text for code, text in value.items()}
    return {bound.html_name: "on" if value is True else None if value is False else value}


def _sent_rows(bound: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Those that there are, and a blank one."""
    found: dict[str, Any] = {f"{bound.html_name}-{len(rows)}-place": ""}
    found |= {f"{bound.html_name}-{index}-place": str((index + 1) * 10) for index in range(len(rows))}
    for index, row in enumerate([*rows, {}]):
        for name, kind, default in bound.field.columns:
            place, value = f"{bound.html_name}-{index}-{name}", row.get(name, default)
            if kind == "words":
                words = value if isinstance(value, dict) else {}
                found |= {f"{place}-in-{code}": text for code, text in words.items()}
            elif kind == "tick":
                found[place] = "on" if value else None
            elif kind == "signers":
                groups = [f"{group['count']} of {', '.join(group['relations'])}" for group in row.get(name, [])]
                found[place] = "; ".join(groups)
            else:
                found[place] = ", ".join(value) if isinstance(value, list) else value if isinstance(value, str) else ""
    return found


@pytest.fixture
def desk(client: Client, editor: Person, protocol: Protocol) -> Desk:
    return Desk(client, editor)


def page(row: Protocol | Phase | Item | ConsentForm | Example | Release) -> str:
    return f"{HOME}/{row._meta.model_name}/{row.pk}/change/"


def address(response: Any) -> str:
    """Where a page was in the end."""
    return f"{response.request['PATH_INFO']}?{response.request['QUERY_STRING']}"


@pytest.fixture
def inr(protocol: Protocol) -> Item:
    return Item.objects.get(key="bleed.inr")


def check_page(protocol: Protocol) -> str:
    return f"{HOME}/protocol/{protocol.pk}/check/"


class TestConditions:
    def test_a_good_one_is_explained_in_both_languages(self, desk: Desk, inr: Item) -> None:
        said = desk.save(page(inr), holds__0__when="bleed.inr > 2.5\n and  bleed.warfarin = yes")
        assert Hold.objects.get(key="inr-high").when == "bleed.inr > 2.5 and bleed.warfarin = yes"
        assert "“Latest INR” is above 2.5 and “Does the child take warfarin?” is yes" in said
        assert "«Siste INR» er over 2.5 og «Bruker barnet warfarin?» er ja" in said

    def test_a_broken_one_is_refused_with_its_place(self, desk: Desk, inr: Item) -> None:
        said = desk.save(page(inr), holds__0__when="bleed.inr >> 2.5", show_when="bleed.warfarin = yes or")
        assert "At character 12 stands “>”; it should be: a key, a number." in said
        assert f'<pre class="caret">bleed.inr >> 2.5\n{" " * 11}^</pre>' in said
        assert "Something is missing at the end: (, a key, consent, hours, not." in said
        assert Hold.objects.get(key="inr-high").when == "bleed.inr > 3.0"

    def test_a_long_line_is_cut_to_its_mistake(self, desk: Desk, inr: Item) -> None:
        said = desk.save(page(inr), show_when="bleed.warfarin = yes and " * 9 + "= no" + " or bleed.warfarin = no" * 9)
        [caret] = re.findall(r'<pre class="caret">(.*?)</pre>', said, re.DOTALL)
        line, below = caret.splitlines()
        assert (line[len(below) - 1], len(line)) == ("=", 77)

    def test_one_that_does_not_fit_is_kept_and_doubted(self, desk: Desk, inr: Item) -> None:
        """So that a question and what reads it can be written in any order; publishing refuses it."""
        said = desk.save(page(inr), holds__0__when="bleed.inr > 2.55 or bleed.inrr = yes")
        assert '<p class="doubt">“2.55” is no number with at most 1 decimals</p>' in said
        assert '<p class="doubt">there is no item “bleed.inrr”</p>' in said
        assert Hold.objects.get(key="inr-high").when.startswith("bleed.inr > 2.55")

    def test_a_signature_may_be_needed_when_held(self, desk: Desk, protocol: Protocol) -> None:
        phase = Phase.objects.get(key="bleeding")
        said = desk.save(page(phase), signatures__1__when="held", signatures__0__when="helt")
        assert "Something is missing at the end" in said
        assert SignatureSlot.objects.filter(when="helt").count() == 0

    def test_in_norwegian(self, desk: Desk, inr: Item) -> None:
        desk.client.cookies["django_language"] = "nb"
        said = desk.save(page(inr), holds__0__when="bleed.inr >")
        assert "Det mangler noe til slutt: en nøkkel, et tall." in said
        assert "Skriv" not in desk.read(check_page(inr.phase.protocol))


class TestLists:
    """Risks, legal bases, ways to decide: a row of inputs for each, and blank ones for what is new."""

    @pytest.fixture
    def form(self, protocol: Protocol) -> ConsentForm:
        return ConsentForm.objects.get(key="procedure")

    def test_one_is_added_changed_and_removed(self, desk: Desk, form: ConsentForm) -> None:
        risks = {
            "risks__0__text__in__en": "A bruise",
            "risks__1__remove": "on",
            "risks__2__key": "soreness",
            "risks__2__text__in__en": "Soreness",
            "risks__2__text__in__nb": "Sårhet",
        }
        assert "errornote" not in desk.save(page(form), **risks)
        form.refresh_from_db()
        assert form.risks == [
            {"key": "bleeding", "text": {"en": "A bruise", "nb": "Blødning eller et blåmerke"}},
            {"key": "soreness", "text": {"en": "Soreness", "nb": "Sårhet"}},
        ]

    @pytest.mark.parametrize(
        ("places", "keys"),
        [
            ({}, ["bleeding", "infection", "soreness"]),
            ({"risks__2__place": "5"}, ["soreness", "bleeding", "infection"]),
            ({"risks__2__place": "15", "risks__0__place": ""}, ["soreness", "infection", "bleeding"]),
            ({"risks__2__place": "10"}, ["bleeding", "soreness", "infection"]),
        ],
        ids=["a new one is last", "first", "one without a number is last", "of two with one number the upper first"],
    )
    def test_they_are_in_the_order_of_their_numbers(
        self, desk: Desk, form: ConsentForm, places: dict[str, str], keys: list[str]
    ) -> None:
        new = {"risks__2__key": "soreness", "risks__2__text__in__en": "Soreness"}
        assert "errornote" not in desk.save(page(form), **new, **places)
        form.refresh_from_db()
        assert [risk["key"] for risk in form.risks] == keys

    def test_those_without_a_key_are_known_by_their_number(self, desk: Desk, inr: Item) -> None:
        said = desk.save(page(inr), codes__1__system="http://snomed.info/sct")
        assert "“Row 2”: This is empty: code." in said
        assert "<legend>Row 2</legend>" in said
        desk.save(page(inr), codes__1__system="http://snomed.info/sct", codes__1__code="165581004", codes__1__place="1")
        inr.refresh_from_db()
        assert [code["code"] for code in inr.codes] == ["165581004", "6301-6"]

    def test_ticks_keys_and_conditions(self, desk: Desk, form: ConsentForm) -> None:
        basis = {"key": "own", "title__in__en": "Their own", "source": "The law", "relations": "self, guardian"}
        desk.save(page(form), **{f"bases__1__{name}": said for name, said in basis.items()})
        desk.save(page(form), bases__1__when=" subject.age_years\r\n>= 16")
        way = {"key": "hearsay", "title__in__en": "By hearsay", "suffices": None, "witness": "on"}
        desk.save(page(form), **{f"methods__{len(form.methods)}__{name}": said for name, said in way.items()})
        form.refresh_from_db()
        own = {"key": "own", "title": {"en": "Their own"}, "source": "The law", "relations": ["self", "guardian"]}
        assert form.bases[1] == own | {"when": "subject.age_years >= 16"}
        takes = {"suffices": False, "drawn": False, "witness": True, "photograph": False, "elsewhere": False}
        assert form.methods[-1] == {"key": "hearsay", "title": {"en": "By hearsay"}} | takes

    def test_a_condition_in_a_row_is_told_about_as_any_other(self, desk: Desk, form: ConsentForm) -> None:
        said = desk.save(page(form), bases__0__when="bleed.warfarin = yes")
        assert "“Does the child take warfarin?” is yes" in said
        said = desk.save(page(form), bases__0__when="bleed.warfarn\n= yes")
        assert '<p class="doubt">there is no item “bleed.warfarn”</p>' in said
        said = desk.save(page(form), bases__0__when="bleed.warfarin\n== yes")
        assert f'<pre class="caret">bleed.warfarin == yes\n{" " * 16}^</pre>' in said

    def test_a_rule_is_put_before_the_others(self, desk: Desk, form: ConsentForm) -> None:
        """The first whose condition holds counts: the order is what they say."""
        before = form.rules
        signers = "self; 2 of parent-1,\nparent-2, guardian"
        desk.save(page(form), rules__2__signers=signers, rules__2__when="subject.age_years >= 18", rules__2__place="1")
        form.refresh_from_db()
        all_of = [
            {"relations": ["self"], "count": 1},
            {"relations": ["parent-1", "parent-2", "guardian"], "count": 2},
        ]
        assert form.rules == [{"signers": all_of, "when": "subject.age_years >= 18"}, *before]
        said = desk.read(page(form))
        assert 'value="self; 2 of parent-1, parent-2, guardian"' in said
        assert "The first rule whose condition holds counts" in said
        assert "The smallest order number is first" in said

    @pytest.mark.parametrize(
        ("signers", "said"),
        [
            ("", "“Row 1”: This is empty: who."),
            ("self;", "Somebody is missing"),
            ("the patient", "“the patient” cannot be the key of a relation."),
            ("parent-1, parent-2", "“parent-1, parent-2”: say how many of them must consent"),
            ("0 of self", "“0 of self” asks for nobody."),
            ("self; 3 of parent-1, parent-2", "“Row 1”: “3 of parent-1, parent-2” asks for more people than it names."),
        ],
    )
    def test_who_cannot_be_asked(self, desk: Desk, form: ConsentForm, signers: str, said: str) -> None:
        before = form.rules
        answer = desk.save(page(form), rules__0__signers=signers)
        assert said in answer
        assert ('<p class="doubt">' in answer) == bool(signers)  # below the row, too
        assert f'value="{signers}"' in answer
        form.refresh_from_db()
        assert form.rules == before

    def test_whom_the_form_does_not_know_is_kept_and_doubted(self, desk: Desk, form: ConsentForm) -> None:
        """So that rules and relations can be written in any order; publishing refuses it."""
        said = desk.save(page(form), rules__1__signers="1 of mother, parent-1")
        doubt = "“mother” is none of the relations of this form, which are: self, parent-1, parent-2, guardian."
        assert f'<p class="doubt">{doubt}</p>' in said
        assert "“parent-1” is none" not in said
        form.refresh_from_db()
        assert form.rules[1]["signers"] == [{"relations": ["mother", "parent-1"], "count": 1}]
        assert "names a relation that is not listed" in desk.read(check_page(form.protocol))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"risks__2__key": "Not a key", "risks__2__text__in__en": "x"}, "“Not a key”"),
            ({"risks__2__key": "alone"}, "This is empty: text."),
            ({"risks__2__key": "bleeding", "risks__2__text__in__en": "x"}, "“bleeding” is there twice."),
            ({"risks__0__place": "top"}, "“bleeding”: Enter a whole number."),
            ({"risks__2__key": "nul", "risks__2__text__in__en": "\0"}, "Null characters are not allowed."),
            ({"bases__0__when": "subject.age_years >"}, "Something is missing at the end"),
            ({"bases__0__relations": "self, A B"}, "“law”"),
        ],
    )
    def test_what_cannot_be_is_said_and_kept_on_the_page(
        self, desk: Desk, form: ConsentForm, changes: dict[str, str], said: str
    ) -> None:
        before = (form.risks, form.bases)
        answer = desk.save(page(form), **changes)
        assert said in answer
        assert all(value in answer for value in changes.values() if "\0" not in value)
        form.refresh_from_db()
        assert (form.risks, form.bases) == before


class TestOtherFields:
    def test_saving_a_page_as_it_is_changes_nothing(self, desk: Desk, protocol: Protocol) -> None:
        before = drafting.draft_of(protocol)
        pages: list[Any] = [protocol, *Phase.objects.all(), *Item.objects.all(), *ConsentForm.objects.all()]
        for row in [*pages, *Example.objects.all()]:
            assert "errornote" not in desk.save(page(row)), row
        assert drafting.draft_of(Protocol.objects.get()) == before

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"key": "Bleed INR"}, "Begin with a small letter"),
            ({"text__in__en": "", "text__in__nb": " "}, "This field is required"),
            ({"text__in__en": "a\x00b"}, "Null characters are not allowed."),
            ({"shows": "bleed.warfarin, No"}, "Begin with a small letter"),
            ({"codes__0__code": ""}, "“Row 1”: This is empty: code."),
            ({"suggest": '[{"when": null, "value": "1.0", "value": "2.0"}]'}, "“value” is there twice in"),
            ({"suggest": '[{"when": null}]'}, "Object missing required field `value`"),
            ({"suggest": '[{"when":\n null,}]'}, "line 2 column"),
            ({"suggest": '[{"when": "bleed.inr >", "value": "1.0"}]'}, "at the end: expected a key, a number"),
            ({"suggest": '[{"when": null, "value": 1.5}]'}, "a number that is not an integer"),
            ({"suggest": '[{"when": null, "value": NaN}]'}, "line 1 column"),
            ({"suggest": '[{"when": null, "value": "\\ud800"}]'}, "surrogate"),
            ({"suggest": "[" * 90_000}, "line 1 column"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_is_refused(self, desk: Desk, inr: Item, changes: dict[str, str], words: str) -> None:
        said = desk.save(page(inr), **changes)
        assert words in said
        assert Item.objects.filter(key="bleed.inr", text=inr.text, codes=inr.codes, suggest=inr.suggest).exists()

    def test_scripts_in_a_text(self, desk: Desk, protocol: Protocol) -> None:
        said = desk.save(page(protocol), about__0__html__in__en="<p>a</p><script>alert(1)</script><p onclick='x()'>")
        assert "English: <script> is not allowed" in said
        assert "English: <p> takes no attributes" in said
        assert "script" not in str(About.objects.values_list("html"))
        consent = ConsentForm.objects.get()
        assert "is not allowed" in desk.save(page(consent), text__in__nb="<img src=x>")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"required": None, "required_when": "bleed.warfarin = yes"}, "while the box above it is empty"),
            ({"not_so_level": "", "not_so_message__in__en": "Stop"}, "without a level"),
            ({"not_so_level": "", "not_so_override": ["clinician"]}, "without a level"),
        ],
        ids=["required", "message", "override"],
    )
    def test_what_would_be_dropped_in_silence(self, desk: Desk, changes: dict[str, Any], words: str) -> None:
        identity = Item.objects.get(key="si.identity")
        before = drafting.draft_of(identity.phase.protocol)
        assert words in desk.save(page(identity), **changes)
        assert drafting.draft_of(identity.phase.protocol) == before

    def test_a_consent_not_needed_with_a_condition(self, desk: Desk, protocol: Protocol) -> None:
        consent = ConsentForm.objects.get()
        assert "box above it" in desk.save(page(consent), needed=None, needed_when="bleed.warfarin = yes")
        assert ConsentForm.objects.get().needed

    def test_markup_in_a_text_is_shown_as_it_is_written(self, desk: Desk, inr: Item) -> None:
        desk.save(page(inr), text__in__en="<b>INR</b>", holds__0__when="bleed.inr > 3.0")
        raw = desk.client.get(page(inr)).content.decode()
        assert "“&lt;b&gt;INR&lt;/b&gt;” is above 3.0" in raw
        assert "<b>INR" not in raw + desk.client.get(check_page(inr.phase.protocol)).content.decode()

    def test_an_empty_order_is_last(self, desk: Desk, inr: Item) -> None:
        phase = inr.phase
        count = phase.items.count()
        new: dict[str, Any] = {
            "items__TOTAL_FORMS": count + 1,
            f"items__{count}__key": "bleed.new",
            f"items__{count}__text__in__en": "New?",
            f"items__{count}__type": "yes-no",
            f"items__{count}__phase": phase.pk,
        }
        desk.save(page(phase), **new)
        assert [item.key for item in phase.items.all()][-1] == "bleed.new"
        assert [item.order for item in phase.items.all()][-1] == (count + 1) * 10

    def test_fields_of_another_type_are_left_out_unless_something_is_there(self, desk: Desk, inr: Item) -> None:
        assert "Decimals" in desk.read(page(inr))
        warfarin = Item.objects.get(key="bleed.warfarin")
        assert "Decimals" not in desk.read(page(warfarin))
        Item.objects.filter(pk=warfarin.pk).update(decimals=1)
        assert "Decimals" in desk.read(page(warfarin))

    def test_deleting_asks_and_leads_back(self, desk: Desk, inr: Item) -> None:
        path = page(inr).replace("change", "delete")
        asked = desk.client.get(path, follow=True)
        assert "Are you sure" in asked.content.decode()
        response = desk.client.post(address(asked), {"post": "yes"})
        assert response["Location"] == page(inr.phase)
        assert not Hold.objects.filter(key="inr-high").exists()

    def test_texts_in_the_protocols_own_languages(self, desk: Desk, protocol: Protocol, inr: Item) -> None:
        desk.save(page(protocol), languages="en, nb, se")
        assert 'name="text-in-se"' in desk.read(page(inr))
        desk.save(page(inr), text__in__se="INR sámegillii")
        assert Item.objects.get(pk=inr.pk).text["se"] == "INR sámegillii"


def test_a_protocol_from_nothing(desk: Desk) -> None:
    """By the admin alone, as far as a release."""
    languages = {"languages": "en"}
    desk.client.post(
        f"{HOME}/protocol/add/", {"key": "ear", "title-in-en": "Ear", "review_by": "2027-01-01"} | languages
    )
    protocol = Protocol.objects.get(key="ear")
    new = {"key": "look", "title__in__en": "Look"}
    desk.save(page(protocol), phases__TOTAL_FORMS=1, **{f"phases__0__{name}": value for name, value in new.items()})
    phase = Phase.objects.get(key="look")
    desk.save(
        page(phase),
        when__in__en="First",
        filled_by=["nurse"],
        signatures__TOTAL_FORMS=1,
        signatures__0__meaning="performed",
        signatures__0__roles=["nurse"],
        items__TOTAL_FORMS=1,
        items__0__key="look.ear",
        items__0__text__in__en="Is the ear there?",
        items__0__type="confirm",
    )
    desk.save(page(Item.objects.get(key="look.ear")), source="Anatomy")
    assert "No problems: the draft holds together." in desk.read(check_page(protocol))
    assert publish(protocol).number == 1


class TestChecking:
    def test_each_problem_leads_to_its_row(self, desk: Desk, protocol: Protocol, inr: Item) -> None:
        Hold.objects.filter(key="inr-high").update(when="bleed.inr >")
        Choice.objects.filter(key="left").update(key="right")
        Item.objects.filter(key="fast.solids").update(source="")
        said = desk.read(check_page(protocol))
        [link] = re.findall(r'<li><a href="([^"]+)">([^<]+)</a><span>([^<]+)', said)
        assert link == (
            f"{page(inr)}#id_holds-0-order",
            "Bleeding › bleed.inr › inr-high › when",
            "at the end: expected a key, a number",
        )
        assert 'id="id_holds-0-order"' in desk.read(link[0])

        Hold.objects.filter(key="inr-high").update(when="bleed.inr > 3.0")
        links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', desk.read(check_page(protocol)))
        side, solids = Item.objects.get(key="plan.side"), Item.objects.get(key="fast.solids")
        assert (f"{page(side)}#id_choices-1-order", "Plan › plan.side › right › key") in links
        assert (f"{page(solids)}#id_source", "Sign-in › fast.solids › source") in links

    def test_examples_say_how_they_come_out(self, desk: Desk, protocol: Protocol) -> None:
        said = desk.read(check_page(protocol))
        assert said.count("as it says") == 4
        Hold.objects.filter(key="inr-high").update(when="bleed.inr > 2.9")
        said = desk.read(check_page(protocol))
        assert (said.count("as it says"), said.count("comes out otherwise")) == (3, 1)
        assert "“bleed.inr:inr-high” comes out as true, not as false" in said
        Hold.objects.filter(key="inr-high").update(when="bleed.inr >")
        assert desk.read(check_page(protocol)).count("not run") == 4

    def test_the_path_of_any_problem_leads_somewhere(self, protocol: Protocol) -> None:
        places = Places(protocol)
        paths = {
            "": ("", None),
            "review_by": ("review by", None),
            "phases": ("phases", None),
            "phases[1]": ("Bleeding", None),
            "phases[1].signatures[1].when": ("Bleeding › checked › when", ("signatures", 1)),
            "phases[1].items[2].not_so.override": ("Bleeding › bleed.inr › not_so.override", None),
            "phases[9].items[2]": ("phases[9].items[2]", None),
            "about[0].html.en": ("About this checklist › text", ("about", 0)),
            "consents[0].rules[1].signers[0]": ("The procedure › who must consent", None),
            "examples[1].holds": ("INR of 3.1 stops › holds", None),
            "tables.tubes[3].when": ("tables.tubes[3].when", None),
        }
        for path, (words, within) in paths.items():
            place = places.find(path)
            assert (place.words, place.within) == (words, within), path

    def test_a_row_of_a_table(self, protocol: Protocol) -> None:
        table = protocol.tables.create(key="tubes.big-ones")
        table.rows.create(key="edta", title={"en": "EDTA"})
        place = Places(protocol).find("tables.tubes.big-ones[0].when")
        assert (place.row, place.within, place.words) == (table, ("rows", 0), "tubes.big-ones › edta › when")


class TestTwoEditors:
    """Nobody overwrites unseen what another one saved meanwhile."""

    @pytest.fixture
    def other(self, desk: Desk) -> Desk:
        return Desk(SecureClient(), person("other", is_staff=True, is_superuser=True))

    def test_the_second_is_told_and_loses_nothing(self, desk: Desk, other: Desk, inr: Item) -> None:
        fields = desk.fields(page(inr))
        other.save(page(inr), holds__0__when="bleed.inr > 2.5", text__in__en="INR now")
        said = desk.send(page(inr), fields, source="Guideline 7", holds__0__when="bleed.inr > 2.0")
        assert "Someone else changed this page while you worked on it" in said
        assert "“bleed.inr”, question: now en: INR now; nb: Siste INR" in said
        assert "“inr-high”, when: now bleed.inr > 2.5" in said
        assert "Last saved by Other" in said
        assert "Guideline 7" in said  # typed, and still there
        assert "bleed.inr > 2.0" in said
        form = ConsentForm.objects.get(key="procedure")
        fields = desk.fields(page(form))
        other.save(page(form), risks__0__text__in__en="A bruise")
        assert ": now bleeding (Text: en: A bruise; nb: " in html.unescape(desk.send(page(form), fields, source="A"))
        hold = Hold.objects.get(key="inr-high")
        assert (hold.when, Item.objects.get(pk=inr.pk).source == "Guideline 7") == ("bleed.inr > 2.5", False)

    def test_saved_again_it_counts(self, desk: Desk, other: Desk, inr: Item) -> None:
        fields = desk.fields(page(inr))
        other.save(page(inr), holds__0__when="bleed.inr > 2.5")
        said = desk.send(page(inr), fields, holds__0__when="bleed.inr > 2.0")
        [seen] = re.findall(r'name="draft-seen" value="(.*?)">', said)
        desk.send(page(inr), fields, holds__0__when="bleed.inr > 2.0", **{guard.FIELD: seen})
        assert Hold.objects.get(key="inr-high").when == "bleed.inr > 2.0"

    def test_rows_that_came_and_went(self, desk: Desk, other: Desk, inr: Item) -> None:
        fields = desk.fields(page(inr))
        inr.holds.all().delete()
        inr.holds.create(key="inr-new", when="bleed.inr > 1.0", level="note", message={"en": "x"})
        said = desk.send(page(inr), fields, source="Guideline 7")
        assert "“inr-new” was added." in said
        assert "A row was deleted." in said

    def test_what_stands_on_other_pages_does_not_matter(self, desk: Desk, other: Desk, inr: Item) -> None:
        fields = desk.fields(page(inr.phase))
        other.save(page(inr), holds__0__when="bleed.inr > 2.5", source="New")
        desk.send(page(inr.phase), fields, title__in__en="Blood")
        assert Phase.objects.get(pk=inr.phase_id).title["en"] == "Blood"

    @pytest.mark.parametrize("seen", ["", "{", "[]", '{"item.1": 3}'])
    def test_a_page_that_says_nothing_of_what_it_showed(self, desk: Desk, inr: Item, seen: str) -> None:
        fields = desk.fields(page(inr))
        assert "Someone else changed" in desk.send(page(inr), fields, **{guard.FIELD: seen})

    @pytest.mark.parametrize("also", ["", "phase"])
    def test_what_changed_is_not_deleted_unseen(self, desk: Desk, other: Desk, inr: Item, also: str) -> None:
        """The row itself, and all that would go with it."""
        row = inr.phase if also else inr
        path = page(row).replace("change", "delete")
        asked = address(desk.client.get(path, follow=True))
        other.save(page(inr), holds__0__when="bleed.inr > 2.5")
        response = desk.client.post(asked, {"post": "yes"}, follow=True)
        said = html.unescape(response.content.decode())
        assert "Not deleted: someone else changed something of this meanwhile." in said
        assert ("Last saved by Other" in said) == (row == inr)
        assert Item.objects.filter(pk=inr.pk).exists()

        desk.client.post(address(response), {"post": "yes"})
        assert not Item.objects.filter(pk=inr.pk).exists()

    def test_nothing_is_deleted_by_a_page_that_was_not_shown(self, desk: Desk, inr: Item) -> None:
        path = page(inr).replace("change", "delete")
        assert "Not deleted" in desk.client.post(path, {"post": "yes"}, follow=True).content.decode()
        assert Item.objects.filter(pk=inr.pk).exists()


class TestPublishing:
    @pytest.fixture
    def approving(self, desk: Desk, approver: Person) -> Desk:
        return Desk(SecureClient(), approver)

    def act(self, desk: Desk, protocol: Protocol, act: str, **fields: Any) -> str:
        """Fill in a form of the page, as it stands there, and send it; the page that comes then."""
        said = desk.read(check_page(protocol), secure=True)
        hidden = dict(re.findall(r'name="(seen|proposal)" value="(\w*)"', said))
        sent = {"act": act} | hidden | fields
        response = desk.client.post(check_page(protocol), sent, follow=True, secure=True)
        return html.unescape(response.content.decode())

    def test_proposed_approved_and_read(self, desk: Desk, approving: Desk, inr: Item, protocol: Protocol) -> None:
        assert "Nothing is proposed." in approving.read(check_page(protocol), secure=True)
        way = f'<a href="{check_page(protocol)}">by Editor</a>'
        assert way not in approving.read(f"{HOME}/protocol/", secure=True)
        said = self.act(desk, protocol, "propose", reason="Safer")
        assert way in approving.read(f"{HOME}/protocol/", secure=True)
        assert "You proposed it; another person approves it" in said
        said = self.act(approving, protocol, "approve", effective_from="2030-01-01T08:00")
        release = Release.objects.get()
        assert (release.reason, release.effective_from_ms) == ("Safer", 1_893_481_200_000)  # 07:00 UTC
        assert "Release 1 is published." in said
        for words in (release.digest, "Safer", "Approver", "Editor", "1 Jan 2030 08:00", "waits for its time"):
            assert words in said
        assert "“Latest INR” is above 3.0" in said

    def test_the_approver_reads_what_changed_and_all_that_is_there(
        self, approving: Desk, inr: Item, protocol: Protocol
    ) -> None:
        publish(protocol)
        Hold.objects.filter(key="inr-high").update(when="bleed.inr > 2.5")
        Absent.objects.filter(item=inr).update(override=[])
        ConsentForm.objects.update(text={"en": "<p>Read this</p>", "nb": "<p>Les dette</p>"})
        said = approving.read(check_page(protocol), secure=True)
        for part in ("item/bleed.inr/holds/inr-high", "item/bleed.inr/absent/not-obtained", "consent/procedure"):
            assert f'data-testid="change-{part}"' in said or part.startswith("consent"), part
            assert f'data-testid="part-{part}"' in said or part.startswith("consent"), part
        assert "bleed.inr > <del>3.0</del>" in said
        assert "<p>Les dette</p>" in said

    def test_what_is_refused_is_said(self, desk: Desk, approving: Desk, inr: Item, protocol: Protocol) -> None:
        assert "This field is required" in self.act(desk, protocol, "propose", reason=" ")
        assert "was changed after you looked" in self.act(desk, protocol, "propose", reason="Now", seen="0" * 64)
        self.act(desk, protocol, "propose", reason="Now")
        said = self.act(approving, protocol, "approve", effective_from="2020-01-01T08:00")
        assert "cannot take effect before" in said
        proposal = Proposal.objects.get()
        Hold.objects.filter(key="inr-high").update(message={"en": "x", "nb": "y"})
        said = self.act(approving, protocol, "approve", proposal=proposal.pk)
        assert "It must be proposed anew." in said
        assert "it can no longer be approved" in said
        assert not Release.objects.exists()

    def test_sent_back_with_a_reason(self, desk: Desk, approving: Desk, protocol: Protocol) -> None:
        self.act(desk, protocol, "propose", reason="Safer")
        assert "This field is required" in self.act(approving, protocol, "send_back", reason="")
        self.act(approving, protocol, "send_back", reason="Too low for small children")
        assert "Too low for small children" in desk.read(check_page(protocol), secure=True)

    def test_a_broken_draft_has_no_button(self, desk: Desk, protocol: Protocol) -> None:
        Hold.objects.filter(key="inr-high").update(when="bleed.inr >")
        assert 'name="reason"' not in desk.read(check_page(protocol), secure=True)
        self.act(desk, protocol, "propose", reason="Now", seen="0" * 64)
        assert not Proposal.objects.exists()

    def test_an_editor_does_not_approve(self, desk: Desk, protocol: Protocol) -> None:
        self.act(desk, protocol, "propose", reason="Mine")
        said = self.act(desk, protocol, "approve", proposal=Proposal.objects.get().pk)
        assert "Approve and publish" not in said
        assert not Release.objects.exists()

    def test_recalled_with_a_reason(self, desk: Desk, approving: Desk, protocol: Protocol) -> None:
        release = publish(protocol)
        assert "Recall this release" not in desk.read(page(release), secure=True)
        response = desk.client.post(page(release), {"act": "recall", "reason": "No"}, secure=True)
        assert "Your role does not allow this." in response.content.decode()
        response = approving.client.post(page(release), {"act": "recall", "reason": " "}, secure=True)
        assert "This field is required" in response.content.decode()
        response = approving.client.post(page(release), {"act": "recall", "reason": "A slip"}, secure=True, follow=True)
        said = response.content.decode()
        assert "Release 1 is recalled." in said
        assert "A slip" in said
        assert "Recall this release" not in said

    def test_an_approver_reads_lists_in_words(self, approving: Desk, protocol: Protocol) -> None:
        form = ConsentForm.objects.get(key="procedure")
        group = {"relations": ["parent-1", "parent-2"], "count": 2}
        form.rules, form.methods = [{"when": "sex = female", "signers": [group]}], [{"key": "spoken", "witness": True}]
        form.save()
        said = approving.read(page(form), secure=True)
        assert "<b>Row 1</b><dl><dt>Who</dt><dd>2 of parent-1, parent-2</dd>" in said
        assert "<dt>Only when</dt><dd>sex = female</dd>" in said
        assert "<dt>Needs a witness</dt><dd>✓</dd>" in said
        assert '<b>bleeding</b><dl><dt>Text</dt><dd><p lang="en"><b>en</b> ' in said
        assert "<pre>" not in said

    def test_an_approver_does_not_edit(self, approving: Desk, inr: Item, protocol: Protocol) -> None:
        said = approving.read(page(inr), secure=True)
        assert ("Latest INR" in said, "textarea" in said) == (True, False)
        for path in (page(inr), page(protocol), f"{HOME}/protocol/add/"):
            assert approving.client.post(path, {"key": "x"}, secure=True).status_code == 403
        assert approving.client.post(page(inr).replace("change", "delete"), secure=True).status_code == 403
