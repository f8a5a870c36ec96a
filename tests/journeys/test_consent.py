"""A consent is drawn, proved to the byte and withdrawn; a case is postponed, signed by a guest, and closed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.evidence import Evidence, paths_of
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.test_one_tap import verify

MOTHER = [[(0.15, 0.6), (0.3, 0.25), (0.35, 0.7), (0.55, 0.3)], [(0.6, 0.6), (0.8, 0.5)]]
FATHER = [[(0.2, 0.3), (0.25, 0.75), (0.5, 0.4), (0.75, 0.7)]]
SIX_MINUTES_LATER = """() => {
  const real = Date.now;
  Date.now = () => real() + 360_000;
  document.dispatchEvent(new Event("visibilitychange"));
  Date.now = real;
}"""


@pytest.fixture
def hands(server: Server, tablet_factory: TabletFactory) -> Hands:
    """A tablet with a clinician and a nurse on it, the nurse signed in."""
    made = Hands(tablet_factory())
    made.register(server.seed["tablet_codes"][0])
    people = {person["username"]: person["password"] for person in server.seed["people"]}
    made.enrol("clara", people["clara"])
    made.lock()
    made.enrol("nora", people["nora"])
    made.expect_sent()
    return made


def open_case(hands: Hands) -> None:
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")


def plan(hands: Hands) -> None:
    hands.phase("plan")
    for item, choice in {"indication": "leukemia", "goal": "follow", "samples": "aspirate"}.items():
        hands.choose(f"plan.{item}", choice)
        hands.tap(f"save-plan.{item}")
    hands.choose("plan.side", "left")
    hands.choose("plan.anaesthesia", "general")


def grant(hands: Hands, *, name: str, relation: str, strokes: list[list[tuple[float, float]]]) -> list[str]:
    """Somebody signs, and the nurse answers for it; gives what was seen on the glass."""
    hands.tap("decide")
    hands.fill_paper(name=name, relation=relation)
    hands.draw(*strokes, finger=True)
    seen = hands.drawn_paths()
    hands.answer_for("nora")
    return seen


def test_a_consent_is_drawn_proved_and_withdrawn(server: Server, hands: Hands, folder: Path) -> None:
    server.kill()
    open_case(hands)
    plan(hands)
    hands.consent("procedure")
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "draft")
    hands.tap("consent-language-nb")
    assert_read_aloud(hands)
    tell(hands)
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "informed")
    hands.tablet.screenshot("informed")

    assert_no_signature_is_refused(hands)
    mother = draw_through_everything(hands)
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "partly-signed")
    father = grant(hands, name="Per Solberg", relation="parent-2", strokes=FATHER)
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "valid")
    ask_again(hands)
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "confirmed")
    shown = hands.on("consent-history").get_by_test_id("drawn").first.locator("path")
    assert [path.get_attribute("d") for path in shown.all()] == mother
    hands.tablet.screenshot("confirmed")

    server.start()
    hands.expect_sent()
    evidence = Evidence(server, folder)
    assert_written(evidence, {"Kari Solberg": mother, "Per Solberg": father})
    assert evidence.judged()["consents"][0]["status"] == "confirmed"
    assert verify(evidence.path, server.manage("fingerprint").split()[-1]).returncode == 0

    server.kill()
    hands.phase_from_anywhere("plan")
    hands.ending("withdraw-procedure")
    say_who_withdraws(hands)
    # The PIN pad beside the reason must not take the digits out of it.
    hands.on("reason").press_sequentially("By telephone at 12:30")
    expect(hands.on("reason")).to_have_value("By telephone at 12:30")
    hands.prove("withdraw-dialog", "nora")
    hands.consent("procedure")
    expect(hands.on("consent-screen-procedure")).to_have_attribute("data-status", "withdrawn")
    expect(hands.on("step-granted").first).to_have_attribute("data-gone", "withdrawn")
    hands.tablet.screenshot("withdrawn")
    server.start()
    hands.expect_sent()
    assert_never_valid_again(Evidence(server, folder))


A_NORWEGIAN_VOICE = """() => {
  window.said = [];
  speechSynthesis.getVoices = () => [{ lang: "nb-NO", localService: true, name: "near" }];
  speechSynthesis.speak = (utterance) => said.push([utterance.lang, utterance.text]);
  SpeechSynthesisUtterance.prototype.__defineSetter__("voice", () => undefined);
  speechSynthesis.dispatchEvent(new Event("voiceschanged"));
}"""


def assert_read_aloud(hands: Hands) -> None:
    """Where the browser has a voice of its own for the language; the one of the tests has none at all."""
    expect(hands.on("read-aloud")).to_be_hidden()
    hands.page.evaluate(A_NORWEGIAN_VOICE)
    hands.tap("read-aloud")
    said = hands.page.evaluate("said")
    assert {language for language, _ in said} == {"nb-NO"}
    assert said[0][1].startswith("En lege tar en liten prøve")
    assert said[-1][1] == "Å vente"
    hands.tap("read-aloud")
    hands.tap("consent-language-en")
    expect(hands.on("read-aloud")).to_be_hidden()
    hands.tap("consent-language-nb")


def tell(hands: Hands) -> None:
    """Give the information through an interpreter; no PIN is taken until it is said whether a copy was given."""
    hands.tap("inform")
    expect(hands.on("inform-dialog")).to_contain_text("Say whether a copy was given")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.tap("risk-infection")
    hands.tap("risk-bleeding")
    hands.tap("copy-declined")
    hands.tap("interpreter-telephone")
    hands.on("interpreter-name").fill("Tolk 4711")
    hands.on("questions").fill("Does it hurt? Only afterwards.")
    hands.on("told-by").fill("Dr Eva Guest")
    hands.tablet.screenshot("inform")
    hands.prove("inform-dialog", "clara")


def ask_again(hands: Hands) -> None:
    """Confirm on the day; no PIN is taken until it is said who was asked."""
    hands.tap("confirm")
    expect(hands.on("confirm-dialog")).to_contain_text("Choose who was asked")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.tap("asked-parent-2")
    hands.on("changes").fill("Emma has a cold")
    hands.tablet.screenshot("confirm")
    hands.prove("confirm-dialog", "nora")


def say_who_withdraws(hands: Hands) -> None:
    """All of a withdrawal but the reason: none of it is taken for granted."""
    expect(hands.on("withdraw-dialog")).to_contain_text("Choose who withdraws it")
    hands.tap("withdraws-parent-2")
    expect(hands.on("withdraw-dialog")).to_contain_text("Choose how it was said")
    hands.tap("withdrawn-telephone")
    hands.on("withdraws-name").fill("Per Solberg")
    hands.tap("tissue-kept")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.tablet.screenshot("withdraw")


def assert_no_signature_is_refused(hands: Hands) -> None:
    hands.tap("decide")
    expect(hands.on("decide-dialog")).to_contain_text("beinmargen")
    hands.tap("paper-next")
    expect(hands.on("paper-problem")).to_contain_text("Choose who decides")
    hands.fill_paper(name="Kari Solberg", relation="parent-1")
    hands.tap("paper-next")
    expect(hands.on("paper-problem")).to_contain_text("Nobody has signed yet")
    hands.tablet.screenshot("blank")
    hands.draw([(0.5, 0.5)])
    hands.tap("paper-next")
    expect(hands.on("paper-problem")).to_contain_text("A dot is not a signature")
    hands.tap("signature-clear")


def draw_through_everything(hands: Hands) -> list[str]:
    """A drawing outlives an undone slip, a turn of the tablet, the dark, the tablet's locking itself, and SIGKILL."""
    hands.draw(*MOTHER, [(0.1, 0.1), (0.9, 0.9)])
    hands.tap("signature-undo")
    mother = hands.drawn_paths()
    assert len(mother) == len(MOTHER)
    hands.tablet.screenshot("drawn")
    hands.tablet.resize(1180, 820)
    hands.tablet.colour_scheme("dark")
    assert hands.drawn_paths() == mother
    hands.tablet.screenshot("drawn-dark-wide")
    hands.page.evaluate(SIX_MINUTES_LATER)
    expect(hands.on("add-yourself")).to_be_visible()
    hands.unlock("nora")
    expect(hands.on("signer-name")).to_have_value("Kari Solberg")
    assert hands.drawn_paths() == mother
    hands.tablet.resize(820, 1180)
    hands.tablet.colour_scheme("light")
    hands.tap("paper-next")
    expect(hands.on("decide-dialog")).to_contain_text("Say how you know who they are")
    hands.tap("interpreter-telephone")
    hands.write("interpreter-name", "Tolk 4711")
    # No hand is faster.
    hands.page.wait_for_timeout(300)
    hands.tablet.kill()
    hands.tablet.start()
    hands.open()
    hands.unlock("nora")
    hands.page.get_by_text("Emma Solberg").click()
    hands.consent("procedure")
    expect(hands.on("signer-name")).to_have_value("Kari Solberg")
    assert hands.drawn_paths() == mother
    hands.tap("paper-next")
    expect(hands.on("interpreter-name")).to_have_value("Tolk 4711")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.tap("checked-card")
    hands.tablet.screenshot("attested")
    hands.prove("decide-dialog", "nora")
    return mother


def assert_written(evidence: Evidence, drawn: dict[str, list[str]]) -> None:
    """What was shown, said and drawn stands in the export, and nothing of the drawing outside its private part."""
    (consent,) = evidence.release.document.consents
    text = consent.text["nb"].digest
    (informed,) = evidence.of("consent.informed")
    told = {"language": "nb", "text": text, "risks": ["bleeding", "infection"], "copy": "declined"}
    assert informed["body"].items() >= (told | {"interpreter": "telephone"}).items()
    asked = {"questions": "Does it hurt? Only afterwards.", "interpreter": "Tolk 4711", "by": "Dr Eva Guest"}
    assert informed["said"].items() >= asked.items()
    (confirmed,) = evidence.of("consent.confirmed")
    assert (confirmed["body"]["relation"], confirmed["said"]["changes"]) == ("parent-2", "Emma has a cold")
    decided = evidence.of("consent.decided")
    assert {entry["said"]["name"]: paths_of(entry["said"]["strokes"]) for entry in decided} == drawn
    assert {entry["body"]["text"] for entry in decided} == {text}
    assert [(entry["body"]["relation"], entry["body"]["decision"]) for entry in decided] == [
        ("parent-1", "granted"),
        ("parent-2", "granted"),
    ]
    assert all("strokes" not in str(entry["body"]) for entry in decided)


def assert_never_valid_again(evidence: Evidence) -> None:
    """At no instant after the withdrawal, wherever it stands among the entries."""
    (withdrawn,) = evidence.of("consent.withdrawn")
    assert withdrawn["said"]["reason"] == "By telephone at 12:30"
    assert withdrawn["said"]["name"] == "Per Solberg"
    assert withdrawn["body"].items() >= {"relation": "parent-2", "method": "telephone", "tissue": "kept"}.items()
    at_ms = withdrawn["clock"]["at_ms"]
    day_ms = 86_400_000
    for now_ms in (at_ms, at_ms + 60_000, at_ms + day_ms, at_ms + 400 * day_ms):
        assert evidence.judged(now_ms)["consents"][0]["status"] == "withdrawn"
    evidence.written.reverse()
    assert evidence.judged(at_ms)["consents"][0]["status"] == "withdrawn"


def test_a_case_is_postponed_signed_by_a_guest_and_closed(server: Server, hands: Hands, folder: Path) -> None:
    open_case(hands)
    plan(hands)
    hands.phase_from_anywhere("sign-in")
    hands.choose("si.identity", "yes")
    hands.choose("fast.solids", "none")
    server.kill()

    hands.ending("postpone")
    expect(hands.on("postpone-save")).to_be_disabled()
    hands.on("reason").fill("The child has a fever")
    hands.tablet.screenshot("postpone")
    hands.tap("postpone-save")
    expect(hands.on("postpone-dialog")).to_be_hidden()
    expect(hands.on("case-postponed")).to_contain_text("The child has a fever")
    hands.phase_from_anywhere("sign-in")
    for item in ("si.identity", "fast.solids"):
        expect(hands.on(f"item-{item}")).to_have_attribute("data-state", "unanswered")
    expect(hands.on("again-si.identity")).to_contain_text("Confirmed")
    hands.tablet.screenshot("postponed")
    hands.tap("to-ward")
    expect(hands.page.get_by_text("Postponed", exact=True)).to_be_visible()
    hands.tablet.screenshot("ward-postponed")
    hands.page.get_by_text("Emma Solberg").click()

    hands.ending("plan-again")
    hands.tap("plan-save")
    answer_late(hands)
    guest = sign_all(hands)
    hands.ending("end-done")
    hands.tablet.screenshot("end-done")
    hands.prove("end-dialog", "clara")
    expect(hands.on("case-closed")).to_contain_text("Done")
    hands.tablet.screenshot("closed")
    hands.tap("to-ward")
    expect(hands.page.get_by_text("Done", exact=True)).to_be_visible()
    hands.tablet.screenshot("ward-ended")

    server.start()
    hands.expect_sent()
    assert_closed(Evidence(server, folder), guest)
    assert server.rows("SELECT status FROM procedures_record") == [("completed",)]


def answer_late(hands: Hands) -> None:
    """Answers that were true before they were tapped: one within the quarter of an hour, one later with a reason."""
    hands.phase_from_anywhere("bleeding")
    hands.tap("earlier-bleed.hemophilia")
    hands.tap("earlier-60")
    expect(hands.on("earlier-save")).to_be_disabled()
    hands.on("reason").fill("Busy with another child")
    hands.tablet.screenshot("earlier")
    hands.tap("earlier-save")
    expect(hands.on("done-at-bleed.hemophilia")).to_be_visible()
    hands.tablet.screenshot("done-at")
    hands.choose("bleed.hemophilia", "no")
    expect(hands.on("item-bleed.hemophilia")).to_contain_text("entered later: Busy with another child")
    with hands.tablet.slow(10):  # the answer is still being saved when the next tap comes
        hands.choose("bleed.warfarin", "no")
        hands.tap("earlier-bleed.warfarin")
        hands.tap("earlier-15")
        hands.tap("earlier-save")
        expect(hands.on("item-bleed.warfarin").get_by_test_id("occurred")).to_be_visible(timeout=30_000)
    hands.number("bleed.platelets", "180")
    hands.tablet.screenshot("answered-late")


def sign_all(hands: Hands) -> list[str]:
    """Sign all phases, the last of them by a guest too; gives what the guest drew."""
    hands.sign("bleeding", "performed", "nora")
    hands.phase_from_anywhere("plan")
    hands.sign("plan", "performed", "clara")
    hands.phase_from_anywhere("sign-in")
    hands.choose("si.identity", "yes")
    hands.choose("fast.solids", "none")
    hands.sign("sign-in", "performed", "nora")
    hands.tap("guest-sign-in-checked")
    hands.on("signer-name").fill("Dr Eva Guest")
    hands.draw(*FATHER)
    guest = hands.drawn_paths()
    hands.tablet.screenshot("guest")
    hands.tap("paper-next")
    expect(hands.on("signer-clara")).to_be_hidden()
    hands.prove("guest-dialog", "nora")
    expect(hands.on("signature-sign-in-checked")).to_contain_text("Dr Eva Guest")
    hands.tablet.screenshot("guest-signed")
    return guest


def assert_closed(evidence: Evidence, guest: list[str]) -> None:
    judged = evidence.judged()
    assert (judged["status"], judged["outcome"]) == ("completed", "done")
    assert {"guest", "late"} <= set(judged["flags"])
    (checked,) = [entry for entry in evidence.of("phase.signed") if entry["body"]["meaning"] == "checked"]
    assert checked["body"]["guest"] == {"role": "anaesthetist"}
    assert (checked["said"]["name"], paths_of(checked["said"]["strokes"])) == ("Dr Eva Guest", guest)
    (postponed,) = evidence.of("case.postponed")
    assert postponed["said"]["reason"] == "The child has a fever"
    late = {
        entry["body"]["item"]: entry["body"]["late"]
        for entry in evidence.of("answer.given")
        if entry["body"]["occurred_ms"] is not None
    }
    assert late == {"bleed.hemophilia": True, "bleed.warfarin": False}
