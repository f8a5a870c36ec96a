"""What is stored but does not count: the server says so in the log, by an entry of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from procedures import enrolment, publishing, verification
from procedures.core import canonical
from procedures.exports.case import exported
from procedures.models import Enrolment, Entry, EntryContent, Membership, Person, Record, Release, Ward
from procedures.reading import entries_of_case, with_content
from procedures.records import view_of
from procedures.sheet import sheet_of
from tests.api.test_pull import from_zero
from tests.api.test_push import case_of
from tests.chart import CONSENT, DRAWN, SIGNER
from tests.conftest import PASSWORD
from tests.tablet import Tablet, Writer, Written, answer, clock, now_ms, open_case

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def case(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[Written]:
    entries = open_case(writer, str(ward.id), release.digest)
    tablet.send(*entries)
    return entries


@pytest.fixture
def write(writer: Writer, ward: Ward, case: list[Written]) -> Callable[..., Written]:
    """The nurse's next entry in the case."""

    def write(kind: str = "answer.given", body: Any = None, **bent: Any) -> Written:
        body = body or answer("bleed.warfarin", "no")
        return writer.write(kind, body, ward=str(ward.id), case=case_of(case), **bent)

    return write


def quarantined() -> dict[str, str]:
    """Targets and codes of the server's entries."""
    found = {}
    for row in Entry.objects.filter(type="entry.quarantined"):
        content = EntryContent.objects.get(ward=row.ward_id, position=row.position)
        body = canonical.decode(bytes(content.data))["body"]
        assert body["target"] not in found
        found[body["target"]] = body["code"]
    return found


def test_good_entries_are_not_quarantined(tablet: Tablet, write: Callable[..., Written]) -> None:
    tablet.send(write(), write("note.added", {"item": None, "part": ""}))
    assert quarantined() == {}


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("answer.guessed", {"item": "bleed.inr"}, "type-unreadable"),
        ("answer.given", {"item": "bleed.inr"}, "type-unreadable"),
        ("answer.given", {**answer("bleed.inr", "2.0"), "extra": 1}, "type-unreadable"),
        ("entry.released", {"target": "0" * 64}, "server-only"),
        ("case.erased", {"basis": "request"}, "server-only"),
        (
            "phase.signed",
            {"phase": "plan", "meaning": "performed", "release": "0" * 64, "covers": [], "seen": None, "guest": None},
            "release-unknown",
        ),
    ],
)
def test_what_cannot_count_is_stored_and_named(
    tablet: Tablet, write: Callable[..., Written], kind: str, body: Any, code: str
) -> None:
    bad = write(kind, body)
    good = write()
    reply = tablet.send(bad, good)

    assert len(reply["receipts"]) == 2
    assert reply["enrolments"][0]["missing"] == []
    assert quarantined() == {bad.digest: code}


LINE = [0, 0, 0, 500, 500, 10]


@pytest.mark.parametrize(
    ("body", "private"),
    [
        ({"drawn": True}, {"strokes": None}),
        ({"drawn": True}, {"strokes": []}),
        ({"drawn": True}, {"strokes": [[10, 10, 0]]}),
        ({"drawn": True}, {"strokes": [[10, 10, 0, 149, 0, 10]]}),
        ({"drawn": True}, {"strokes": [[*LINE, 1]]}),
        ({"drawn": True}, {"strokes": [[0, 0, 0, True, 500, 10]]}),
        ({"drawn": True}, {"strokes": [LINE + [0, 0, 1] * 3999]}),
        ({"drawn": True}, {"strokes": "M0 0"}),
        ({"drawn": False}, {"strokes": [LINE]}),
        ({"drawn": False, "witnessed": True}, {"strokes": None}),
        ({"drawn": True}, {"strokes": [LINE], "witness": "Clara Holm"}),
        ({"drawn": True}, {"strokes": [LINE], "name": 7}),
    ],
)
def test_a_signature_that_is_none_does_not_count(
    tablet: Tablet, write: Callable[..., Written], release: Release, body: Any, private: Any
) -> None:
    """A blank, a dot, one without end, one that is claimed alone."""
    about: dict[str, Any] = {"consent": CONSENT, "release": release.digest, "covers": [], "seen": None}
    said = DRAWN | {"language": "en", "text": "e" * 64, "after": [], "relation": "parent-1", "basis": "law"}
    decision = about | said | {"decision": "granted", "method": "in-person"}
    good = write("consent.decided", decision | {"drawn": True}, private=SIGNER | {"name": "Ida", "strokes": [LINE]})
    bad = write("consent.decided", decision | body, private=SIGNER | {"name": "Ida"} | private)
    reply = tablet.send(good, bad)
    assert len(reply["receipts"]) == 2
    assert quarantined() == {bad.digest: "type-unreadable"}


def test_a_fork_quarantines_both_branches_from_the_forked_seq_on(
    tablet: Tablet, writer: Writer, write: Callable[..., Written], case: list[Written]
) -> None:
    before = write()
    head = (writer.seq, writer.head)
    left = [write(), write()]
    writer.seq, writer.head = head
    right = [write(body=answer("bleed.warfarin", "yes")), write()]
    tablet.send(before, *left)
    assert quarantined() == {}

    tablet.send(*right)
    assert quarantined() == {item.digest: "fork" for item in left + right}

    # What comes later on either branch is quarantined too, and nothing twice.
    later = write()
    tablet.send(later)
    assert quarantined() == {item.digest: "fork" for item in [*left, *right, later]}


def test_a_fork_outside_any_case_is_named_once_too(tablet: Tablet, writer: Writer, ward: Ward) -> None:
    def note() -> Written:
        body = {"item": None, "part": ""}
        return writer.write("note.added", body, ward=str(ward.id), case=None, private={"text": "Seen twice."})

    head = (writer.seq, writer.head)
    left = note()
    writer.seq, writer.head = head
    right = note()
    tablet.send(left)
    tablet.send(right)
    later = note()
    tablet.send(later)
    assert quarantined() == {item.digest: "fork" for item in (left, right, later)}


def test_a_compromised_enrolment_counts_for_nothing_that_arrives_later(
    tablet: Tablet, writer: Writer, write: Callable[..., Written]
) -> None:
    before = write()
    tablet.send(before)
    Enrolment.objects.filter(id=writer.enrolment).update(ended_as="compromised", ended_at=timezone.now())
    after = write(clock={**clock(), "at_ms": now_ms() - 3_600_000})
    tablet.send(after)
    assert quarantined() == {after.digest: "enrolment-compromised"}


def test_what_someone_wrote_before_leaving_counts_whenever_it_arrives(
    tablet: Tablet, write: Callable[..., Written]
) -> None:
    before = write(clock={**clock(), "at_ms": now_ms() - 3_600_000})
    Membership.objects.update(since=timezone.now() - timedelta(days=9), until=timezone.now() - timedelta(minutes=1))
    after = write()
    tablet.send(before, after)
    assert quarantined() == {after.digest: "role-not-held"}


def test_the_tablets_known_offset_is_taken_into_account(tablet: Tablet, write: Callable[..., Written]) -> None:
    """A tablet that is two hours fast and knows it does not make an entry of an hour ago look like one of now."""
    Membership.objects.update(since=timezone.now() - timedelta(days=9), until=timezone.now() - timedelta(minutes=1))
    fast = {**clock(), "at_ms": now_ms() + 3_600_000, "offset_ms": -7_200_000}
    tablet.send(write(clock=fast))
    assert quarantined() == {}


def test_another_wards_case(
    tablet: Tablet, writer: Writer, other_ward: Ward, release: Release, case: list[Written]
) -> None:
    foreign = open_case(writer, str(other_ward.id), release.digest)
    tablet.send(*foreign)
    assert quarantined() == {item.digest: "ward-not-held" for item in foreign}


class TestAnotherWardsCase:
    """Somebody of ward 4 knows the name of a case in ward 3, and writes about it in their own ward's log."""

    @pytest.fixture
    def theirs(self, new_tablet: Callable[..., Tablet], other_ward: Ward, stranger: Person) -> Tablet:
        return new_tablet(other_ward)

    @pytest.fixture
    def spy(self, theirs: Tablet) -> Writer:
        return theirs.enrol("stranger", PASSWORD)

    @pytest.fixture
    def foreign(self, theirs: Tablet, spy: Writer, other_ward: Ward, case: list[Written]) -> Written:
        body = answer("bleed.warfarin", "yes")
        foreign = spy.write("answer.given", body, ward=str(other_ward.id), case=case_of(case))
        assert len(theirs.send(foreign)["receipts"]) == 1
        return foreign

    def test_it_counts_for_nothing_there(self, foreign: Written, ward: Ward) -> None:
        assert quarantined() == {foreign.digest: "case-elsewhere"}
        record = Record.objects.get()
        assert (record.ward, "quarantined" in record.flag_codes) == (ward, True)
        registers = view_of(entries_of_case(record.case), now_ms=now_ms()).state["registers"]
        assert registers["answer/bleed.warfarin/"]["heads"] == []

    def test_it_gives_nothing_of_the_case(
        self, theirs: Tablet, spy: Writer, foreign: Written, case: list[Written], other_ward: Ward
    ) -> None:
        token = theirs.pull_token(spy)
        _, reply = theirs.http("POST", "/api/v1/pull/cases", {"v": 1, "cases": [case_of(case)]}, token)
        assert (reply["cases"], reply["left"]) == ([], [])
        (page,) = from_zero(theirs, token, other_ward)["wards"]
        assert {row["digest"] for row in page["rows"]}.isdisjoint({entry.digest for entry in case})

    def test_not_in_one_batch_with_its_opening_either(
        self, new_tablet: Callable[..., Tablet], ward: Ward, other_ward: Ward, nurse: Person, release: Release
    ) -> None:
        Membership.objects.create(person=nurse, ward=other_ward, role="nurse")
        # The foreign ward's log is read first.
        other_ward, ward = sorted([ward, other_ward], key=lambda each: each.id)
        both = new_tablet(ward, other_ward)
        writer = both.enrol("nurse", PASSWORD)
        here = open_case(writer, str(ward.id), release.digest)
        body = answer("bleed.warfarin", "yes")
        there = writer.write("answer.given", body, ward=str(other_ward.id), case=case_of(here))
        both.send(*here, there)
        assert quarantined() == {there.digest: "case-elsewhere"}
        assert Record.objects.get(case=case_of(here)).ward == ward

    def test_the_export_has_the_case_in_its_own_ward(self, foreign: Written, case: list[Written], ward: Ward) -> None:
        rows = list(with_content(Entry.objects.filter(case=case_of(case)).order_by("ward_id", "position")))
        names = {each.id: each.name for each in Ward.objects.all()}
        assert exported(rows, made_ms=now_ms(), wards=names, identified=False).cells["ward"] == ward.name


def test_what_an_enrolment_wrote_that_ended_because_its_person_left_the_tablet_counts(
    tablet: Tablet, writer: Writer, write: Callable[..., Written]
) -> None:
    before = write()
    enrolment.end(Enrolment.objects.get(id=writer.enrolment), Enrolment.Ending.LEFT)
    assert len(tablet.send(before)["receipts"]) == 1
    assert quarantined() == {}


def test_a_case_on_a_recalled_release_counts(
    tablet: Tablet, writer: Writer, ward: Ward, release: Release, approver: Person
) -> None:
    """A tablet that has not heard of the recall goes on; as soon as it has, it says so with the case."""
    publishing.recall(release, by=approver, reason="A slip")
    entries = open_case(writer, str(ward.id), release.digest)
    assert len(tablet.send(*entries)["receipts"]) == 3
    assert quarantined() == {}
    assert Record.objects.get().release == release.digest


YEAR_MS = 365 * 86_400_000


@pytest.mark.parametrize("off_ms", [YEAR_MS, -YEAR_MS])
class TestAClockThatIsAYearOff:
    def test_as_the_tablet_knows_it_counts_and_is_flagged_with_the_right_time(
        self, tablet: Tablet, write: Callable[..., Written], off_ms: int
    ) -> None:
        before = now_ms()
        tablet.send(write(clock={**clock(), "at_ms": before + off_ms, "offset_ms": -off_ms}))
        assert quarantined() == {}
        assert Record.objects.get().flag_codes == ["clock-skew"]
        *_, act = sheet_of(Record.objects.get().case, "en").entries
        assert (act.codes, act.offset_ms) == (["clock-skew"], -off_ms)
        assert act.at.timestamp() * 1000 == pytest.approx(before)

    def test_that_nobody_knows_of_stands_beside_when_it_came(
        self, tablet: Tablet, write: Callable[..., Written], off_ms: int
    ) -> None:
        """By such a clock the nurse had no role yet, or has none any more: it is stored, and the server says why."""
        Membership.objects.update(since=timezone.now() - timedelta(days=9), until=timezone.now() + timedelta(days=9))
        before = now_ms()
        odd = write(clock={**clock(), "at_ms": before + off_ms, "offset_ms": None})
        assert len(tablet.send(odd)["receipts"]) == 1
        assert quarantined() == {odd.digest: "role-not-held"}
        act = next(act for act in sheet_of(Record.objects.get().case, "en").entries if act.digest == odd.digest)
        assert act.at.timestamp() * 1000 == pytest.approx(before + off_ms)
        assert act.received.timestamp() * 1000 >= before


def test_a_quarantined_answer_is_not_what_the_case_says(
    tablet: Tablet, write: Callable[..., Written], case: list[Written], second_nurse: Person
) -> None:
    other = tablet.enrol("second_nurse", PASSWORD)
    good = write(body=answer("bleed.warfarin", "no"))
    tablet.send(good)
    Enrolment.objects.filter(id=other.enrolment).update(ended_as="compromised", ended_at=timezone.now())
    body = answer("bleed.warfarin", "yes", replaces=[good.digest])
    bad = other.write("answer.given", body, ward=str(Ward.objects.get().id), case=case_of(case))
    tablet.send(bad)

    record = Record.objects.get()
    register = view_of(entries_of_case(record.case), now_ms=now_ms()).state["registers"]["answer/bleed.warfarin/"]
    assert (register["settled"], register["value"]) == (True, "no")
    assert record.entry_count == 6


def test_what_only_the_server_may_write_is_not_folded_when_a_tablet_forges_it(
    tablet: Tablet, write: Callable[..., Written], case: list[Written]
) -> None:
    good = write(body=answer("bleed.warfarin", "no"))
    forged = write("entry.quarantined", {"target": good.digest, "code": "fork"})
    tablet.send(good, forged)

    assert quarantined() == {good.digest: "fork", forged.digest: "server-only"}
    (record,) = Record.objects.all()
    held = {item.digest for item in entries_of_case(record.case)}
    assert good.digest in held
    assert forged.digest not in held


def test_the_servers_own_entries_verify(tablet: Tablet, write: Callable[..., Written]) -> None:
    tablet.send(write("answer.guessed", {"a": 1}), write("answer.guessed", {"a": 2}))
    found, entries = verification.findings()
    assert (found, entries) == ([], 7)
    seqs = Entry.objects.filter(type="entry.quarantined").order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == [1, 2]


def test_a_fork_over_two_wards_is_quarantined_in_both(
    new_tablet: Callable[..., Tablet], ward: Ward, other_ward: Ward, nurse: Person, release: Release
) -> None:
    Membership.objects.create(person=nurse, ward=other_ward, role="nurse")
    both = new_tablet(ward, other_ward)
    writer = both.enrol("nurse", PASSWORD)
    head = (writer.seq, writer.head)
    here = open_case(writer, str(ward.id), release.digest)
    writer.seq, writer.head = head
    there = open_case(writer, str(other_ward.id), release.digest)
    both.send(*here)
    both.send(*there)

    assert quarantined() == {item.digest: "fork" for item in here + there}
    assert verification.findings() == ([], 12)
