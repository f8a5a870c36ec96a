"""From a draft to a release: proposed, approved by another, sent back, recalled; what is refused, and many at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from procedures import drafting, loading, publishing
from procedures.core import canonical
from procedures.core.errors import Refusal
from procedures.core.release import parse
from procedures.models import About, Choice, Decision, Hold, Item, Person, Phase, Proposal, Protocol, Release
from tests.conftest import person, publish, small_draft

pytestmark = pytest.mark.django_db


def problems(protocol: Protocol) -> list[str]:
    return [str(problem) for problem in publishing.check_draft(protocol)]


def refusal(act: Callable[..., object], *args: Any, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **options)
    return caught.value


def propose(protocol: Protocol, by: Person, **options: Any) -> Proposal:
    return publishing.propose(protocol, by=by, **{"reason": "Lower limit"} | options)


@pytest.fixture
def inr(protocol: Protocol) -> Hold:
    """The rule about INR, without the examples that hold it to 3.0."""
    protocol.examples.filter(name__startswith="INR").delete()
    return Hold.objects.get(key="inr-high")


def change(hold: Hold, when: str) -> None:
    hold.when = when
    hold.save()


class TestProposing:
    def test_names_what_the_draft_says(self, protocol: Protocol, editor: Person) -> None:
        proposal = propose(protocol, editor, reason="  Lower limit  ")
        assert publishing.open_proposal(protocol) == proposal
        assert (proposal.proposed_by, proposal.reason) == (editor, "Lower limit")
        assert drafting.says(protocol, proposal.digest)

    def test_another_takes_its_place(self, inr: Hold, protocol: Protocol, editor: Person) -> None:
        first = propose(protocol, editor)
        change(inr, "bleed.inr > 2.5")
        second = propose(protocol, editor)
        assert publishing.open_proposal(protocol) == second
        assert Decision.objects.get(proposal=first).kind == "replaced"

    def test_only_what_was_seen(self, inr: Hold, protocol: Protocol, editor: Person) -> None:
        seen = drafting.content_digest(drafting.draft_of(protocol))
        change(inr, "bleed.inr > 9.0")
        assert refusal(propose, protocol, editor, seen=seen).code == "draft-changed"
        change(inr, "bleed.inr > 3.0")
        assert propose(protocol, editor, seen=seen)

    def test_who_may(self, protocol: Protocol, approver: Person, nurse: Person, editor: Person) -> None:
        editor.is_active = False
        for someone in (approver, nurse, editor):
            assert refusal(propose, protocol, someone).code == "not-allowed"

    def test_not_without_a_reason(self, protocol: Protocol, editor: Person) -> None:
        assert refusal(propose, protocol, editor, reason="  ").code == "reason-missing"

    def test_not_what_is_in_force(self, inr: Hold, protocol: Protocol, editor: Person) -> None:
        publish(protocol)
        change(inr, "(bleed.inr   > 3.0)")  # says the same
        assert refusal(propose, protocol, editor).code == "draft-unchanged"

    def test_not_what_is_broken(self, inr: Hold, protocol: Protocol, editor: Person) -> None:
        change(inr, "bleed.inr >> 3.0")
        refused = refusal(propose, protocol, editor)
        assert (refused.code, refused.where) == ("release-broken", problems(protocol)[0])
        assert not Proposal.objects.exists()


class TestApproving:
    @pytest.fixture
    def proposal(self, inr: Hold, protocol: Protocol, editor: Person) -> Proposal:
        return propose(protocol, editor)

    def test_makes_the_release(self, proposal: Proposal, approver: Person) -> None:
        before = timezone.now()
        release = publishing.approve(proposal, by=approver)
        document = parse(bytes(release.document)).document
        assert (release.number, document.number) == (1, 1)
        assert (release.published_by, release.reason) == (approver, "Lower limit")
        assert (release.proposal, Decision.objects.get().kind) == (proposal, "approved")
        assert before <= release.published_at <= timezone.now()
        assert document.effective_from_ms == release.effective_from_ms == round(release.published_at.timestamp() * 1000)
        assert document.languages == ["en", "nb"]
        assert publishing.open_proposal(release.protocol) is None

    def test_not_ones_own(self, proposal: Proposal, editor: Person) -> None:
        """Not even by someone who may do both."""
        editor.user_permissions.set(Permission.objects.filter(codename="publish_protocol"))
        editor = Person.objects.get(pk=editor.pk)
        assert refusal(publishing.approve, proposal, by=editor).code == "own-proposal"
        assert refusal(publishing.send_back, proposal, by=editor, reason="No").code == "own-proposal"

    def test_who_may(self, proposal: Proposal, nurse: Person, administrator: Person) -> None:
        other_editor = person("other_editor", is_staff=True)
        other_editor.groups.add(Group.objects.get(name="editor"))
        administrator.is_active = False
        for someone in (nurse, other_editor, administrator):
            assert refusal(publishing.approve, proposal, by=someone).code == "not-allowed"
            assert refusal(publishing.send_back, proposal, by=someone, reason="No").code == "not-allowed"

    def test_not_what_was_changed_since(self, proposal: Proposal, inr: Hold, approver: Person) -> None:
        change(inr, "bleed.inr > 9.0")
        assert refusal(publishing.approve, proposal, by=approver).code == "proposal-stale"
        change(inr, "bleed.inr >")
        assert refusal(publishing.approve, proposal, by=approver).code == "proposal-stale"
        change(inr, "bleed.inr > 3.0")
        assert publishing.approve(proposal, by=approver)

    def test_not_into_the_past(self, proposal: Proposal, approver: Person) -> None:
        past = timezone.now() - timedelta(minutes=1)
        assert refusal(publishing.approve, proposal, by=approver, effective_from=past).code == "effective-past"

    def test_once(self, proposal: Proposal, approver: Person) -> None:
        publishing.approve(proposal, by=approver)
        assert refusal(publishing.approve, proposal, by=approver).code == "proposal-decided"
        assert refusal(publishing.send_back, proposal, by=approver, reason="No").code == "proposal-decided"

    def test_or_is_sent_back(self, proposal: Proposal, protocol: Protocol, editor: Person, approver: Person) -> None:
        assert refusal(publishing.send_back, proposal, by=approver, reason=" ").code == "reason-missing"
        assert publishing.send_back(proposal, by=approver, reason="Too low").reason == "Too low"
        assert refusal(publishing.approve, proposal, by=approver).code == "proposal-decided"
        assert publishing.open_proposal(protocol) is None
        assert publishing.approve(propose(protocol, editor), by=approver).number == 1


class TestReleases:
    def test_each_has_the_next_number(self, inr: Hold, protocol: Protocol) -> None:
        first = publish(protocol)
        change(inr, "bleed.inr > 2.5")
        later = datetime(2030, 1, 1, tzinfo=UTC)
        second = publish(protocol, effective_from=later)
        assert (second.number, second.effective_from_ms) == (2, 1_893_456_000_000)
        assert first.digest != second.digest
        assert [hold["when"]["value"] for hold in _holds(second) if hold["key"] == "inr-high"] == ["2.5"]
        assert [hold["when"]["value"] for hold in _holds(first) if hold["key"] == "inr-high"] == ["3.0"]

    def test_what_waits_is_brought_forward_or_put_off(self, protocol: Protocol) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        waiting = publish(protocol, effective_from=tomorrow)
        with pytest.raises(Refusal, match="draft-unchanged"):
            publish(protocol, effective_from=tomorrow)
        later = publish(protocol, effective_from=tomorrow + timedelta(days=1))
        now = publish(protocol)
        assert publishing.statuses() == {waiting.digest: "retired", later.digest: "retired", now.digest: "active"}
        with pytest.raises(Refusal, match="draft-unchanged"):
            publish(protocol)

    def test_what_is_in_force(self, inr: Hold, protocol: Protocol) -> None:
        """The newest that is effective; an older one that was to follow later does not come back."""
        first = publish(protocol)
        change(inr, "bleed.inr > 2.9")
        waiting = publish(protocol, effective_from=timezone.now() + timedelta(days=9))
        assert publishing.statuses() == {first.digest: "active", waiting.digest: "active"}
        change(inr, "bleed.inr > 2.8")
        third = publish(protocol)
        assert publishing.statuses() == {first.digest: "retired", waiting.digest: "retired", third.digest: "active"}


class TestRecalling:
    def test_what_was_before_is_in_force_again(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        first = publish(protocol)
        change(inr, "bleed.inr > 9.0")
        second = publish(protocol)
        publishing.recall(second, by=approver, reason="A slip")
        assert publishing.statuses() == {first.digest: "active", second.digest: "recalled"}
        publishing.recall(first, by=approver, reason="This too")
        assert publishing.statuses() == {first.digest: "recalled", second.digest: "recalled"}

    def test_the_same_may_be_published_again(self, inr: Hold, protocol: Protocol, approver: Person) -> None:
        publishing.recall(publish(protocol), by=approver, reason="A slip")
        assert publish(protocol).number == 2

    def test_what_is_refused(self, protocol: Protocol, approver: Person, editor: Person) -> None:
        release = publish(protocol)
        assert refusal(publishing.recall, release, by=editor, reason="No").code == "not-allowed"
        assert refusal(publishing.recall, release, by=approver, reason=" ").code == "reason-missing"
        publishing.recall(release, by=approver, reason="A slip")
        assert refusal(publishing.recall, release, by=approver, reason="Again").code == "release-recalled"


class TestTheDatabaseItself:
    """Whatever way someone tries: another person approves."""

    def decide(self, proposal: Proposal, by: Person, kind: str) -> None:
        with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
            Decision.objects.create(proposal=proposal, kind=kind, decided_by=by, decided_at=timezone.now())

    def release(self, proposal: Proposal | None, by: Person) -> None:
        with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
            Release.objects.create(
                digest="0" * 64,
                protocol=Protocol.objects.get(),
                number=9,
                document=b"{}",
                effective_from_ms=0,
                published_at=timezone.now(),
                published_by=by,
                proposal=proposal,
            )

    def test_refuses_what_has_no_second_person(self, protocol: Protocol, editor: Person, approver: Person) -> None:
        proposal = propose(protocol, editor)
        self.decide(proposal, editor, "approved")
        self.decide(proposal, editor, "sent-back")
        self.release(None, approver)
        self.release(proposal, approver)  # not decided
        publishing.send_back(proposal, by=approver, reason="No")
        self.release(proposal, approver)

    def test_refuses_the_release_of_another_approver(
        self, protocol: Protocol, editor: Person, approver: Person
    ) -> None:
        proposal = propose(protocol, editor)
        Decision.objects.create(proposal=proposal, kind="approved", decided_by=approver, decided_at=timezone.now())
        self.release(proposal, editor)


def _holds(release: Release) -> list[dict[str, Any]]:
    document = canonical.decode(bytes(release.document))
    return [hold for phase in document["phases"] for item in phase["items"] for hold in item["holds"]]


class TestWhatIsRefused:
    def test_a_condition_with_a_typo(self, inr: Hold, protocol: Protocol) -> None:
        change(inr, "bleed.inr >> 3.0")
        [problem] = problems(protocol)
        assert problem.startswith("phases[1].items[2].holds[0].when: at character 12: expected a key, a number")

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

    def test_all_problems_at_once(self, inr: Hold, protocol: Protocol, editor: Person) -> None:
        change(inr, "bleed.inr >")
        Item.objects.filter(key="bleed.warfarin").update(show_when="not")
        Item.objects.filter(key="bleed.platelets").update(suggest=[{"colour": "red"}])
        where = refusal(propose, protocol, editor).where
        assert all(f"phases[1].items[{index}]" in where for index in (1, 2, 3))

    def test_a_protocol_of_nothing(self, editor: Person) -> None:
        empty = Protocol.objects.create(key="empty", title={"en": "E", "nb": "T"})
        assert refusal(propose, empty, editor).code == "release-broken"


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's in-memory database takes one at a time")
@pytest.mark.parametrize(("act", "second"), [("approve", "proposal-decided"), ("propose", "")])
def test_many_at_once_make_one_release(act: str, second: str) -> None:
    """Approvals, of which one comes first; proposals, of which the last stays open."""
    editor, boss = (
        Person.objects.create_superuser(name, "a long enough password", printed_name=name) for name in ("eva", "boss")
    )
    protocol = loading.load(small_draft())
    proposal = propose(protocol, editor)
    barrier = threading.Barrier(8)
    outcomes: list[str] = []

    def one() -> None:
        barrier.wait()
        try:
            made = publishing.approve(proposal, by=boss) if act == "approve" else propose(protocol, editor)
            outcomes.append(type(made).__name__)
        except Refusal as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if act == "approve":
        assert sorted(outcomes) == ["Release"] + [second] * 7
        assert Release.objects.count() == 1
    else:
        assert outcomes == ["Proposal"] * 8
        assert Proposal.objects.filter(decision=None).count() == 1
