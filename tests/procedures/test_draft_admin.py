"""A draft in the admin: what an editor changes and is told, what is refused, and who may do what."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from procedures import drafting, publishing
from procedures.models import (
    About,
    Choice,
    ConsentForm,
    Example,
    Hold,
    Item,
    Person,
    Phase,
    Protocol,
    Release,
    SignatureSlot,
)
from procedures.places import Places

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
        return found

    def save(self, path: str, **changes: Any) -> str:
        """Fill in and save; return the page that comes then."""
        fields = self.fields(path) | {name.replace("__", "-"): value for name, value in changes.items()}
        sent = {name: value for name, value in fields.items() if value is not None}
        response = self.client.post(path, sent, follow=True)
        assert response.status_code == 200
        return html.unescape(response.content.decode())


def _inline_forms(context: Any) -> list[Any]:
    return [form for inline in context["inline_admin_formsets"] for form in inline.formset.forms]


def _sent(bound: Any) -> dict[str, Any]:
    value = bound.field.prepare_value(bound.value())
    if isinstance(value, dict):
        return {f"{bound.html_name}-in-{code}": text for code, text in value.items()}
    return {bound.html_name: "on" if value is True else None if value is False else value}


@pytest.fixture
def desk(client: Client, editor: Person, protocol: Protocol) -> Desk:
    return Desk(client, editor)


def page(row: Protocol | Phase | Item | ConsentForm | Example | Release) -> str:
    return f"{HOME}/{row._meta.model_name}/{row.pk}/change/"


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
            ({"codes": '[{"system": "x", "system": "y", "code": "z"}]'}, "“system” is there twice in"),
            ({"codes": '[{"system": "x"}]'}, "Object missing required field `code`"),
            ({"codes": '[{"system":\n "x",}]'}, "line 2 column"),
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
        assert "Are you sure" in desk.read(path)
        response = desk.client.post(path, {"post": "yes"})
        assert response["Location"] == page(inr.phase)
        assert not Hold.objects.filter(key="inr-high").exists()

    def test_texts_in_the_protocols_own_languages(self, desk: Desk, protocol: Protocol, inr: Item) -> None:
        desk.save(page(protocol), languages="en, nb, se")
        assert 'name="text-in-se"' in desk.read(page(inr))
        desk.save(page(inr), text__in__se="INR sámegillii")
        assert Item.objects.get(pk=inr.pk).text["se"] == "INR sámegillii"


def test_a_protocol_from_nothing(desk: Desk, approver: Person) -> None:
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
    assert "None: the draft holds together." in desk.read(check_page(protocol))
    assert publishing.publish_draft(protocol, by=approver, reason="New").number == 1


class TestChecking:
    def test_each_problem_leads_to_its_row(self, desk: Desk, protocol: Protocol, inr: Item) -> None:
        Hold.objects.filter(key="inr-high").update(when="bleed.inr >")
        Choice.objects.filter(key="left").update(key="right")
        Item.objects.filter(key="fast.solids").update(source="")
        said = desk.read(check_page(protocol))
        [link] = re.findall(r'<li><a href="([^"]+)">([^<]+)</a><span>([^<]+)', said)
        assert link == (
            f"{page(inr)}#holds-0",
            "Bleeding › bleed.inr › inr-high › when",
            "at the end: expected a key, a number",
        )
        assert 'id="holds-0"' in desk.read(link[0])

        Hold.objects.filter(key="inr-high").update(when="bleed.inr > 3.0")
        links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', desk.read(check_page(protocol)))
        side, solids = Item.objects.get(key="plan.side"), Item.objects.get(key="fast.solids")
        assert (f"{page(side)}#choices-1", "Plan › plan.side › right › key") in links
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


class TestPublishing:
    @pytest.fixture
    def approving(self, desk: Desk, approver: Person) -> Desk:
        return Desk(Client(), approver)

    def publish(self, desk: Desk, protocol: Protocol, **fields: Any) -> str:
        said = desk.read(check_page(protocol), secure=True)
        [seen] = re.findall(r'name="seen" value="(\w*)"', said)
        sent = {"reason": "Safer", "effective_from": "", "seen": seen} | fields
        response = desk.client.post(check_page(protocol), sent, follow=True, secure=True)
        return html.unescape(response.content.decode())

    def test_an_approver_publishes_and_reads_the_release(self, approving: Desk, protocol: Protocol) -> None:
        said = self.publish(approving, protocol, effective_from="2030-01-01T08:00")
        release = Release.objects.get()
        assert (release.reason, release.effective_from_ms) == ("Safer", 1_893_481_200_000)  # 07:00 UTC
        assert "Release 1 is published." in said
        for words in (release.digest, "Safer", "Approver", "Jan. 1, 2030, 8 a.m.", '"protocol": "bone-marrow'):
            assert words in said

    def test_what_is_refused_is_said(self, approving: Desk, inr: Item, protocol: Protocol) -> None:
        assert "This field is required" in self.publish(approving, protocol, reason=" ")
        assert "cannot take effect before" in self.publish(approving, protocol, effective_from="2020-01-01T08:00")
        assert "was changed after you looked" in self.publish(approving, protocol, seen="0" * 64)
        assert not Release.objects.exists()
        self.publish(approving, protocol)
        assert "Nothing has changed since the last release" in self.publish(approving, protocol)

    def test_a_broken_draft_has_no_button(self, approving: Desk, protocol: Protocol) -> None:
        Hold.objects.filter(key="inr-high").update(when="bleed.inr >")
        assert 'name="reason"' not in approving.read(check_page(protocol), secure=True)
        sent = {"reason": "Now", "seen": "0" * 64}
        approving.client.post(check_page(protocol), sent, secure=True)
        assert not Release.objects.exists()

    def test_an_editor_does_not_publish(self, desk: Desk, protocol: Protocol) -> None:
        assert "An approver publishes it." in desk.read(check_page(protocol))
        sent = {"reason": "Mine", "seen": drafting.content_digest(drafting.draft_of(protocol))}
        desk.client.post(check_page(protocol), sent)
        assert not Release.objects.exists()

    def test_an_approver_does_not_edit(self, approving: Desk, inr: Item, protocol: Protocol) -> None:
        said = approving.read(page(inr), secure=True)
        assert ("Latest INR" in said, "textarea" in said) == (True, False)
        for path in (page(inr), page(protocol), f"{HOME}/protocol/add/"):
            assert approving.client.post(path, {"key": "x"}, secure=True).status_code == 403
        assert approving.client.post(page(inr).replace("change", "delete"), secure=True).status_code == 403


def test_who_sees_what(client: Client, editor: Person, approver: Person, protocol: Protocol, inr: Item) -> None:
    for person in (editor, approver):
        desk = Desk(client, person)
        front = desk.read("/admin/")
        assert ("Protocols" in front, "Releases" in front, "Records" in front) == (True, True, False)
        for hidden in ("record", "ward", "device", "person", "journalcheck", "exportjob"):
            desk.read(f"{HOME}/{hidden}/", status=403)
        desk.read(f"{HOME}/release/")
        desk.read(f"{HOME}/protocol/")


def test_others_see_no_drafts(client: Client, nurse: Person, auditor: Person, protocol: Protocol, inr: Item) -> None:
    client.force_login(auditor)
    for path in (page(protocol), page(inr), check_page(protocol), f"{HOME}/protocol/"):
        assert client.get(path).status_code == 403
    client.force_login(nurse)
    assert client.get(page(inr)).status_code == 302
    client.logout()
    assert client.get(check_page(protocol)).status_code == 302
