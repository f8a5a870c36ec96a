"""A whole case by the shipped protocol, from plan to aftercare without a network, and then its export word for word."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.casework import CONSENTS, FOLLOW_UP, ONE_PARENT, WORK_UP, ZONE, CaseHands
from tests.journeys.evidence import Evidence, paths_of
from tests.journeys.harness import Server, TabletFactory, wait_until
from tests.journeys.services import SHIPPED
from tests.journeys.test_one_tap import verify, worker_controls

# Taps beside PINs, from the first question of sign-in to the last signature of sign-out.
AIM = 25


@pytest.fixture
def content() -> Path:
    return SHIPPED


@pytest.fixture
def hands(server: Server, tablet_factory: TabletFactory) -> CaseHands:
    """A tablet with a clinician, an anaesthetist and a nurse on it, the nurse signed in."""
    made = CaseHands(tablet_factory(timezone_id=ZONE.key), SHIPPED)
    made.register(server.seed["tablet_codes"][0])
    passwords = {person["username"]: person["password"] for person in server.seed["people"]}
    for username in ("clara", "anders", "nora"):
        made.enrol(username, passwords[username])
        if username != "nora":
            made.lock()
    made.expect_sent()
    wait_until(lambda: worker_controls(made), "the service worker controls the page")
    return made


def test_a_whole_case_without_a_network(server: Server, hands: CaseHands, folder: Path) -> None:
    server.kill()
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.phase("plan")
    hands.fill_phase(WORK_UP["plan"])
    for consent in CONSENTS:
        hands.take_consent(consent)
    for phase in ("bleeding", "preparation"):
        hands.phase_from_anywhere(phase)
        hands.fill_phase(WORK_UP[phase])
    for consent in CONSENTS:
        hands.confirm_consent(consent)

    # The battery runs out: all of the browser's processes die, and nothing that was called saved is gone.
    waiting = hands.waiting()
    hands.tablet.kill()
    hands.tablet.start()
    hands.unlock_here("nora")
    assert hands.waiting() == waiting
    hands.page.get_by_text("Emma Solberg").click()

    for phase in ("sign-in", "time-out", "sign-out", "aftercare"):
        hands.phase_from_anywhere(phase)
        hands.fill_phase(WORK_UP[phase])
    hands.close_case("nora")
    waiting = hands.waiting()

    server.start()
    hands.expect_sent()
    assert server.rows("SELECT COUNT(*), COUNT(DISTINCT digest) FROM procedures_entry") == [(waiting, waiting)]
    evidence = Evidence(server, folder)
    assert verify(evidence.path, server.manage("fingerprint").split()[-1]).returncode == 0
    assert_answers(evidence, hands)
    assert_signatures(evidence)
    assert_consents(evidence, hands)
    assert_closed(evidence)


def test_what_a_case_costs_the_hand(hands: CaseHands, tell: Callable[[str], None]) -> None:
    """In the room, where it counts: sign-in, time-out and sign-out, of a child who comes again."""
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.phase("plan")
    hands.fill_phase(FOLLOW_UP["plan"])
    for consent in ONE_PARENT:
        hands.take_consent(consent)
        hands.confirm_consent(consent)
    for phase in ("bleeding", "preparation"):
        hands.phase_from_anywhere(phase)
        hands.fill_phase(FOLLOW_UP[phase])
    hands.tap("next-phase")
    before = hands.counted()
    for number, phase in enumerate(("sign-in", "time-out", "sign-out")):
        if number > 0:
            hands.tap("next-phase")
        hands.fill_phase(FOLLOW_UP[phase])
    cost = hands.counted() - before
    tell(f"Sign-in, time-out and sign-out: {cost} (aim: {AIM} taps beside PINs)")
    assert cost.digits == 6 * 6  # six signatures, each with the signer's own PIN
    assert cost.taps <= AIM
    assert_the_mark_is_asked_again(hands)


def assert_the_mark_is_asked_again(hands: CaseHands) -> None:
    """What was confirmed of one side says nothing about the other, and neither does the signature below it."""
    hands.phase_from_anywhere("plan")
    hands.choose("plan.side", "right")
    hands.phase_from_anywhere("sign-in")
    expect(hands.on("phase-screen-sign-in")).to_have_attribute("data-status", "changed")
    mark = hands.on("item-si.mark")
    expect(mark).to_have_attribute("data-state", "outdated")
    expect(hands.on("choice-si.mark-yes")).to_have_attribute("aria-pressed", "false")
    expect(hands.on("outdated-si.mark")).to_contain_text("It said then: Which side? Left")
    mark.scroll_into_view_if_needed()
    hands.tablet.screenshot("outdated")
    hands.choose("si.mark", "yes")
    expect(mark).to_have_attribute("data-state", "answered")
    expect(hands.on("outdated-si.mark")).to_be_hidden()


def assert_answers(evidence: Evidence, hands: CaseHands) -> None:
    """Every answer as the screen was given it, in the order of the taps, and none besides."""
    written = [(e["body"]["item"], e["body"]["part"], e) for e in evidence.of("answer.given")]
    assert [(item, part) for item, part, _ in written] == [(item, part) for item, part, _ in hands.given]
    for (item, part, entry), (_, _, given) in zip(written, hands.given, strict=True):
        assert as_given(entry, given) == given, f"{item}/{part}"


def as_given(entry: dict[str, Any], given: Any) -> Any:
    """What an entry holds, in the shape of what was given; times to the minute."""
    value, said = entry["body"]["value"], entry["said"]
    match given:
        case {"at": asked}:
            at = datetime.fromtimestamp(value / 1000, ZONE)
            return {"at": asked} if abs((asked - at).total_seconds()) < 120 else {"at": at}
        case {"absent": _, "reason": _}:
            return {"absent": value["absent"], "reason": said["reason"]}
        case {"value": _, "reason": _}:
            return {"value": value, "reason": said["reason"]}
        case {"text": _}:
            return {"text": said["text"]}
    return value


def assert_signatures(evidence: Evidence) -> None:
    names = {"clara": "Clara Holm, MD", "nora": "Nora Nilsen, RN", "anders": "Anders Lie, MD"}
    assert [(e["body"]["phase"], e["body"]["meaning"], author(evidence, e)) for e in evidence.of("phase.signed")] == [
        (phase.key, meaning, names[username]) for phase in WORK_UP.values() for meaning, username in phase.signed
    ]
    assert holds(evidence, "hold.acknowledged") == [h for phase in WORK_UP.values() for h in phase.acknowledged]
    overridden = [(*said, hold) for phase in WORK_UP.values() for hold, said in phase.overridden.items()]
    entries = evidence.of("hold.overridden")
    assert holds(evidence, "hold.overridden") == [hold for _, _, hold in overridden]
    assert [(author(evidence, e), e["said"]["reason"]) for e in entries] == [
        (names[u], why) for u, why, _ in overridden
    ]
    assert [e["said"]["text"] for e in evidence.of("note.added")] == [
        text for phase in WORK_UP.values() for text in phase.notes.values()
    ]


def holds(evidence: Evidence, kind: str) -> list[str]:
    bodies = [entry["body"] for entry in evidence.of(kind)]
    return ["/".join(filter(None, (b["item"], b["part"]))) + f":{b['hold']}" for b in bodies]


def author(evidence: Evidence, entry: dict[str, Any]) -> str:
    return evidence.signers[entry["enrolment"]].name


def assert_consents(evidence: Evidence, hands: CaseHands) -> None:
    decided = evidence.of("consent.decided")
    assert [
        (e["body"]["consent"], e["body"]["relation"], e["said"]["name"], e["body"]["decision"]) for e in decided
    ] == [(consent.key, *signer[:3]) for consent in CONSENTS for signer in consent.decided]
    assert {
        (e["body"]["consent"], e["body"]["relation"]): paths_of(e["said"]["strokes"]) for e in decided
    } == hands.drawn
    assert [e["body"]["consent"] for e in evidence.of("consent.informed")] == [consent.key for consent in CONSENTS]
    assert [e["body"]["consent"] for e in evidence.of("consent.confirmed")] == [c.key for c in CONSENTS if c.confirmed]


def assert_closed(evidence: Evidence) -> None:
    judged = evidence.judged()
    assert (judged["status"], judged["outcome"]) == ("completed", "done")
    assert {phase["key"]: phase["status"] for phase in judged["phases"]} == dict.fromkeys(WORK_UP, "signed")
    assert {consent["key"]: consent["status"] for consent in judged["consents"]} == {
        "procedure": "used",
        "anaesthesia": "used",
        "research": "used",
        "photo": "refused",
    }
