"""From a draft to a release: what is refused and where, numbers, dates, and two who publish at once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from procedures import drafting, loading, publishing
from procedures.core import canonical
from procedures.core.errors import Refusal
from procedures.core.release import parse
from procedures.models import About, Choice, Hold, Item, Person, Phase, Protocol, Release
from tests.conftest import CONTENT

pytestmark = pytest.mark.django_db


def publish(protocol: Protocol, by: Person, **options: Any) -> Release:
    return publishing.publish_draft(protocol, by=by, **{"reason": "Lower limit"} | options)


def problems(protocol: Protocol) -> list[str]:
    return [str(problem) for problem in publishing.check_draft(protocol)]


def refusal_of(protocol: Protocol, by: Person, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        publish(protocol, by, **options)
    return refusal.value


@pytest.fixture
def inr(protocol: Protocol) -> Hold:
    """The rule about INR, without the examples that hold it to 3.0."""
    protocol.examples.filter(name__startswith="INR").delete()
    return Hold.objects.get(key="inr-high")


def change(hold: Hold, when: str) -> None:
    hold.when = when
    hold.save()


class TestPublishing:
    def test_the_shipped_draft_may_be_published(self, protocol: Protocol, approver: Person) -> None:
        before = timezone.now()
        release = publish(protocol, approver, reason="  First  ")
        document = parse(bytes(release.document)).document
        assert (release.number, document.number, release.published_by, release.reason) == (1, 1, approver, "First")
        assert before <= release.published_at <= timezone.now()
        assert document.effective_from_ms == release.effective_from_ms == round(release.published_at.timestamp() * 1000)
        assert document.languages == ["en", "nb"]

    def test_each_release_has_the_next_number(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        first = publish(protocol, approver)
        change(inr, "bleed.inr > 2.5")
        later = datetime(2030, 1, 1, tzinfo=UTC)
        second = publish(protocol, approver, effective_from=later)
        assert (second.number, second.effective_from_ms) == (2, 1_893_456_000_000)
        assert first.digest != second.digest
        assert [hold["when"]["value"] for hold in _holds(second) if hold["key"] == "inr-high"] == ["2.5"]
        assert [hold["when"]["value"] for hold in _holds(first) if hold["key"] == "inr-high"] == ["3.0"]

    def test_an_unchanged_draft_is_not_published_again(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        publish(protocol, approver)
        change(inr, "(bleed.inr   > 3.0)")  # says the same
        assert refusal_of(protocol, approver).code == "draft-unchanged"
        assert Release.objects.count() == 1

    def test_but_may_be_given_another_date(self, protocol: Protocol, approver: Person) -> None:
        publish(protocol, approver)
        tomorrow = timezone.now() + timedelta(days=1)
        assert publish(protocol, approver, effective_from=tomorrow).number == 2
        assert refusal_of(protocol, approver, effective_from=tomorrow).code == "draft-unchanged"

    def test_what_waits_is_brought_forward(self, protocol: Protocol, approver: Person) -> None:
        waiting = publish(protocol, approver, effective_from=timezone.now() + timedelta(days=1))
        now = publish(protocol, approver)
        assert publishing.statuses() == {waiting.digest: "retired", now.digest: "active"}
        assert refusal_of(protocol, approver).code == "draft-unchanged"

    def test_nobody_publishes_what_they_did_not_see(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        seen = drafting.content_digest(drafting.draft_of(protocol))
        change(inr, "bleed.inr > 9.0")
        assert refusal_of(protocol, approver, seen=seen).code == "draft-changed"
        change(inr, "bleed.inr > 3.0")
        assert publish(protocol, approver, seen=seen).number == 1

    def test_who_may(self, protocol: Protocol, editor: Person, nurse: Person, administrator: Person) -> None:
        for person in (editor, nurse):
            assert refusal_of(protocol, person).code == "not-allowed"
        administrator.is_active = False
        assert refusal_of(protocol, administrator).code == "not-allowed"

    def test_a_reason_and_a_date_that_can_be(self, protocol: Protocol, approver: Person) -> None:
        assert refusal_of(protocol, approver, reason="  ").code == "reason-missing"
        past = timezone.now() - timedelta(minutes=1)
        assert refusal_of(protocol, approver, effective_from=past).code == "effective-past"

    def test_what_is_in_force(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        """The newest that is effective; an older one that was to follow later does not come back."""
        first = publish(protocol, approver)
        change(inr, "bleed.inr > 2.9")
        waiting = publish(protocol, approver, effective_from=timezone.now() + timedelta(days=9))
        assert publishing.statuses() == {first.digest: "active", waiting.digest: "active"}
        change(inr, "bleed.inr > 2.8")
        third = publish(protocol, approver)
        assert publishing.statuses() == {first.digest: "retired", waiting.digest: "retired", third.digest: "active"}


def _holds(release: Release) -> list[dict[str, Any]]:
    document = canonical.decode(bytes(release.document))
    return [hold for phase in document["phases"] for item in phase["items"] for hold in item["holds"]]


class TestWhatIsRefused:
    def test_a_condition_with_a_typo(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        change(inr, "bleed.inr >> 3.0")
        [problem] = problems(protocol)
        assert problem.startswith("phases[1].items[2].holds[0].when: at character 12: expected a key, a number")
        refusal = refusal_of(protocol, approver)
        assert (refusal.code, refusal.where) == ("release-broken", problem)
        assert not Release.objects.exists()

    @pytest.mark.parametrize(
        ("when", "words"),
        [
            ("bleed.inr > 3.05", "“3.05” is no number with at most 1 decimals"),
            ("bleed.inr > high", "“high” is no number"),
            ("bleed.inrr > 3.0", "there is no item “bleed.inrr”"),
            ("bleed.warfarin = maybe", "“maybe” is not one of yes, no"),
            ("bleed.warfarin > 3", "“bleed.warfarin” is no number"),
            ("hours since bleed.inr > 4", "“bleed.inr” is no date and time"),
        ],
    )
    def test_a_condition_that_does_not_fit(self, inr: Hold, protocol: Protocol, when: str, words: str) -> None:
        change(inr, when)
        [problem] = problems(protocol)
        assert problem.startswith("phases[1].items[2].holds[0].when: ")
        assert words in problem

    def test_a_unit_and_limits_that_do_not_fit(self, protocol: Protocol) -> None:
        Item.objects.filter(key="bleed.inr").update(min="0.50", decimals=7)
        assert "phases[1].items[2]" in problems(protocol)[0]
        Item.objects.filter(key="bleed.inr").update(decimals=1)
        assert problems(protocol) == ["phases[1].items[2].min: not a number with 1 decimals"]
        Item.objects.filter(key="bleed.warfarin").update(unit="kg")
        assert "phases[1].items[1].unit: only for the type number" in problems(protocol)

    def test_a_circle(self, protocol: Protocol) -> None:
        Item.objects.filter(key="bleed.warfarin").update(show_when="bleed.inr > 1.0")
        assert problems(protocol) == [
            "phases[1].items[1]: “bleed.warfarin” depends on itself",
            "phases[1].items[2]: “bleed.inr” depends on itself",
        ]

    def test_a_later_phase(self, inr: Hold, protocol: Protocol) -> None:
        change(inr, "bleed.inr > 3.0 and si.identity = yes")
        assert "phases[1].items[2]: reads “si.identity”, which is asked in a later phase" in problems(protocol)
        Phase.objects.filter(key="sign-in").update(order=1)
        assert "reads “si.identity”" not in "".join(problems(protocol))

    def test_an_item_that_was_deleted(self, protocol: Protocol) -> None:
        Item.objects.get(key="bleed.warfarin").delete()
        assert "phases[1].items[1].show_when: there is no item “bleed.warfarin”" in problems(protocol)

    def test_a_choice_that_a_rule_names(self, protocol: Protocol) -> None:
        Choice.objects.get(item__key="plan.indication", key="hodgkin").delete()
        assert any("“hodgkin” is not one of" in problem for problem in problems(protocol))

    def test_a_key_that_is_there_twice(self, protocol: Protocol) -> None:
        Item.objects.filter(key="bleed.platelets").update(key="bleed.inr")
        Choice.objects.filter(item__key="plan.side", key="left").update(key="right")
        found = problems(protocol)
        assert "phases[1].items[3].key: “bleed.inr” is there twice" in found
        assert "phases[0].items[4].choices[1].key: “right” is there twice" in found

    def test_scripts_in_a_text(self, protocol: Protocol) -> None:
        About.objects.update(html={"en": "<p onclick='x()'>a</p><script>alert(1)</script>", "nb": "<p>b</p>"})
        assert problems(protocol) == [
            "about[0].html.en: <p> takes no attributes",
            "about[0].html.en: <script> is not allowed",
        ]

    def test_a_language_that_is_missing(self, protocol: Protocol) -> None:
        Protocol.objects.update(languages=["en", "nb", "se"])
        found = problems(Protocol.objects.get())
        assert "title: not in exactly the languages en, nb, se" in found
        assert len(found) > 20

    def test_an_example_that_comes_out_otherwise(self, protocol: Protocol) -> None:
        change(Hold.objects.get(key="inr-high"), "bleed.inr > 2.9")
        assert "examples[0].holds: “bleed.inr:inr-high” comes out as true, not as false" in problems(protocol)

    def test_all_problems_at_once(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        change(inr, "bleed.inr >")
        Item.objects.filter(key="bleed.warfarin").update(show_when="not")
        Item.objects.filter(key="bleed.platelets").update(suggest=[{"colour": "red"}])
        where = refusal_of(protocol, approver).where
        assert all(f"phases[1].items[{index}]" in where for index in (1, 2, 3))

    def test_a_protocol_of_nothing(self, approver: Person) -> None:
        empty = Protocol.objects.create(key="empty", title={"en": "E", "nb": "T"})
        assert refusal_of(empty, approver).code == "release-broken"


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's in-memory database takes one at a time")
def test_two_who_publish_at_once_make_one_release() -> None:
    boss = Person.objects.create_superuser("boss", "a long enough password", printed_name="Boss")
    protocol = loading.load(loading.read(CONTENT.read_bytes()))
    barrier = threading.Barrier(8)
    outcomes: list[str] = []

    def one() -> None:
        barrier.wait()
        try:
            outcomes.append(str(publish(protocol, boss).number))
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["1"] + ["draft-unchanged"] * 7
    assert Release.objects.count() == 1
