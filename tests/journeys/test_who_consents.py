"""Who may consent, to what, how, and until when: by the presets of Norway and England, with no network."""

import hashlib
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.evidence import Evidence
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.services import ROOT
from tests.journeys.test_one_tap import verify

LINES = [(0.15, 0.6), (0.3, 0.25), (0.55, 0.7), (0.8, 0.4)]
PATIENCE_MS = 60_000


@pytest.fixture
def content() -> Path:
    return ROOT / "tests" / "content" / "consents.yaml"


def today() -> date:
    """Where the browser is, which is where the tests run."""
    return datetime.now(UTC).astimezone().date()


def born(years: int) -> str:
    """The birth date of a child who was `years` old a week ago."""
    day = today() - timedelta(days=7)
    return day.replace(year=day.year - years, day=min(day.day, 28)).isoformat()


class ConsentHands(Hands):
    """Hands that open a case of their own for each story."""

    cases: dict[str, str]

    def child(self, name: str, years: int, guardians: str) -> None:
        """From anywhere into a new case, with who holds parental responsibility."""
        if self.on("to-ward").is_visible():
            self.tap("to-ward")
        self.new_case(identifier=f"{len(self.cases):06d} 12345", name=name, born=born(years))
        self.cases[name] = self.page.url.partition("#/case/")[2].partition("/")[0]
        self.phase("plan")
        self.choose("plan.guardians", guardians)

    def decide(
        self, name: str, relation: str, basis: str, *, method: str = "in-person", decision: str = "granted"
    ) -> None:
        """Somebody decides on this tablet, and Nora answers for it."""
        self.tap("decide")
        self.fill_paper(name=name, relation=relation, basis=basis, method=method, decision=decision)
        if (method, decision) == ("in-person", "granted"):
            self.draw(LINES)
        self.answer_for("nora")

    def expect_status(self, consent: str, status: str) -> None:
        expect(self.on(f"consent-screen-{consent}")).to_have_attribute("data-status", status)


def tablet(factory: TabletFactory, code: str, *people: str) -> ConsentHands:
    made = ConsentHands(factory())
    made.cases = {}
    made.register(code)
    for username in people:
        made.enrol(username, f"{username}-demo-pass")
        if username != people[-1]:
            made.lock()
    made.expect_sent()
    return made


def test_by_age_basis_and_way(server: Server, tablet_factory: TabletFactory, folder: Path) -> None:
    hands = tablet(tablet_factory, server.seed["tablet_codes"][0], "clara", "nora")
    server.kill()
    by_telephone_with_a_witness(hands)
    at_thirteen_against_it(hands)
    at_sixteen_alone_in_norway(hands)
    below_sixteen_competent_in_england(hands)
    signed_elsewhere_and_too_long_ago(hands)
    nothing_is_lost_in_silence(hands)
    one_says_no(hands)
    on_paper(hands)
    in_an_emergency(hands)

    server.start()
    hands.network_is_back()
    hands.expect_sent()
    assert_telephone_is_written(server, folder, hands.cases["Telephone"])
    assert_the_photograph_is_there(server, folder, hands.cases["Paper"])


def by_telephone_with_a_witness(hands: ConsentHands) -> None:
    """The one parent is on the phone; who cannot draw at the bed has a witness, too. No witness, no PIN."""
    hands.child("Telephone", 5, "two")
    hands.consent("norway")
    hands.tap("decide")
    hands.fill_paper(name="Kari Solberg", relation="parent-1", basis="both", method="telephone")
    expect(hands.on("signature-field")).to_be_hidden()
    hands.tap("paper-next")
    expect(hands.on("decide-dialog")).to_contain_text("Write who was the witness")
    # What staff add begins at its top, however far down the family's page was.
    assert hands.on("decide-dialog").evaluate("dialog => dialog.scrollTop") == 0
    hands.write("witness", "Clara Holm, MD")
    hands.tap("interpreter-relative")
    hands.tap("checked-register")
    hands.tablet.screenshot("by-telephone")
    hands.prove("decide-dialog", "nora")
    hands.expect_status("norway", "partly-signed")
    expect(hands.on("step-granted")).to_contain_text("By telephone")
    expect(hands.on("step-granted")).to_contain_text("Clara Holm, MD")

    hands.tap("decide")
    hands.fill_paper(name="Per Solberg", relation="parent-2", basis="both")
    hands.tap("cannot-draw")
    hands.tap("paper-next")
    hands.write("witness", "Clara Holm, MD")
    hands.tap("checked-card")
    hands.prove("decide-dialog", "nora")
    hands.expect_status("norway", "valid")


def at_thirteen_against_it(hands: ConsentHands) -> None:
    """Treatment goes on after a word of caution; research does not. Nobody can decide it for who says so themself."""
    hands.child("Thirteen", 13, "two")
    hands.consent("norway")
    expect(hands.on("heard-child")).to_contain_text("Not heard yet")
    hands.decide("Kari Solberg", "parent-1", "both")
    hands.decide("Per Solberg", "parent-2", "both")
    hands.expect_status("norway", "partly-signed")
    hands.hear("child", "nora", view="disagrees")
    hands.expect_status("norway", "valid")
    # That it holds all the same must not read as if all were agreed.
    expect(hands.on("consent-disagrees")).to_contain_text("Disagrees: The child")
    expect(hands.on("heard-child").locator("p")).to_have_attribute("data-mark", "caution")
    hands.tablet.screenshot("child-disagrees")
    hands.tap("all-phases")
    expect(hands.on("disagrees-norway")).to_contain_text("Disagrees: The child")
    expect(hands.on("disagrees-research")).to_be_hidden()
    hands.tablet.screenshot("child-disagrees-list")
    hands.consent("research")
    hands.decide("Kari Solberg", "parent-1", "parental")
    hands.decide("Per Solberg", "parent-2", "parental")
    hands.hear("child", "nora")
    hands.expect_status("research", "valid")
    hands.phase_from_anywhere("sign-in")
    expect(hands.on("item-si.tubes")).to_contain_text("Research tube")
    expect(hands.on("hold-si.consent-disagrees")).to_be_visible()
    hands.consent("research")
    hands.hear("child", "nora", view="disagrees")
    hands.expect_status("research", "refused")
    hands.phase_from_anywhere("sign-in")
    expect(hands.on("item-si.tubes")).to_contain_text("EDTA tube")
    expect(hands.on("item-si.tubes")).not_to_contain_text("Research tube")
    hands.consent("norway")
    hands.expect_status("norway", "valid")


def at_sixteen_alone_in_norway(hands: ConsentHands) -> None:
    """A parent has no basis to sign on any more; at 15 the patient has none."""
    hands.child("Sixteen", 16, "two")
    hands.consent("norway")
    hands.tap("decide")
    hands.tap("relation-parent-1")
    expect(hands.on("decide-dialog")).to_contain_text("Nobody in this relation can consent here")
    hands.fill_paper(name="Sixteen", relation="self", basis="own")
    hands.draw(LINES)
    hands.answer_for("nora")
    hands.expect_status("norway", "valid")
    hands.confirm("nora", "self")
    hands.expect_status("norway", "confirmed")


def below_sixteen_competent_in_england(hands: ConsentHands) -> None:
    """The same child at 15: by Gillick in England; in Norway there is nothing to sign on."""
    hands.child("Gillick", 15, "two")
    hands.consent("norway")
    hands.tap("decide")
    hands.tap("relation-self")
    expect(hands.on("decide-dialog")).to_contain_text("Nobody in this relation can consent here")
    hands.tap("paper-discard")
    hands.consent("england")
    hands.decide("Gillick", "self", "gillick")
    hands.hear("child", "nora")
    hands.expect_status("england", "valid")
    expect(hands.on("step-granted")).to_contain_text("Under 16, found Gillick competent")


def signed_elsewhere_and_too_long_ago(hands: ConsentHands) -> None:
    """It counts from when it was signed: after two days this form asks again. Not before it is said who saw it."""
    hands.child("Elsewhere", 5, "one-holds")
    hands.consent("norway")
    hands.tap("decide")
    hands.fill_paper(name="Kari Solberg", relation="parent-1", basis="sole", method="elsewhere")
    hands.tap("paper-next")
    for field, said in (("where", "The outpatient clinic"), ("seen-by", "Nora Nilsen")):
        expect(hands.on("pin-1")).to_be_hidden()
        hands.write(field, said)
    hands.on("decided-date").fill((today() + timedelta(days=2)).isoformat())
    hands.on("decided-time").fill("09:30")
    expect(hands.on("decide-dialog")).to_contain_text("The time lies in the future")
    hands.on("decided-date").fill((today() - timedelta(days=4)).isoformat())
    hands.tap("checked-told")
    hands.tablet.screenshot("signed-elsewhere")
    hands.prove("decide-dialog", "nora")
    hands.expect_status("norway", "needs-reconfirmation")
    expect(hands.on("consent-why")).to_contain_text("too old")
    hands.tablet.screenshot("too-old")
    hands.confirm("nora")
    hands.expect_status("norway", "confirmed")


def nothing_is_lost_in_silence(hands: ConsentHands) -> None:
    """A sole basis is chosen by itself; who signs too early is led to what lacks, and told that they sign anew."""
    hands.child("Early", 5, "one-holds")
    hands.consent("norway")
    hands.tap("decide")
    hands.write("signer-name", "Kari Solberg")
    hands.draw(LINES)
    hands.tap("paper-next")
    first = hands.on("relation-self")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    expect(hands.page.get_by_role("group", name="Who decides?")).to_have_accessible_description("Choose who decides.")
    hands.tablet.screenshot("led-to-what-lacks")
    hands.tap("relation-parent-1")
    expect(hands.on("basis-sole")).to_have_attribute("aria-pressed", "true")
    expect(hands.page.locator("[data-testid^=basis-]")).to_have_count(1)
    hands.tap("decision-granted")
    hands.on("signature-field").scroll_into_view_if_needed()
    expect(hands.on("signature-field")).to_have_attribute("data-lines", "0")
    expect(hands.on("paper-taken-here")).to_be_in_viewport()
    hands.tablet.screenshot("taken-away")
    hands.draw(LINES)
    expect(hands.on("paper-taken-here")).to_be_hidden()
    hands.answer_for("nora")
    hands.expect_status("norway", "valid")


def one_says_no(hands: ConsentHands) -> None:
    """Who said yes and who said no stands there by name; a no is not as if they had not been asked."""
    hands.child("Refused", 5, "two")
    hands.consent("norway")
    hands.decide("Kari Solberg", "parent-1", "both")
    expect(hands.on("said-parent-2")).not_to_have_attribute("data-said", "refused")
    for_two_parents_by_one_name(hands)
    hands.decide("Per Solberg", "parent-2", "both", decision="refused")
    expect(hands.on("said-parent-1")).to_contain_text("Kari Solberg, agreed")
    expect(hands.on("said-parent-2")).to_contain_text("Per Solberg, said no")
    hands.expect_status("norway", "refused")
    hands.on("said-parent-1").scroll_into_view_if_needed()
    hands.tablet.screenshot("one-says-no")


def for_two_parents_by_one_name(hands: ConsentHands) -> None:
    """Whoever answers for it says that it is another person."""
    hands.tap("decide")
    hands.fill_paper(name=" kari SOLBERG", relation="parent-2")
    hands.draw(LINES)
    hands.tap("paper-next")
    expect(hands.on("namesake")).to_contain_text("kari SOLBERG has already decided as “A parent”")
    hands.tap("checked-known")
    expect(hands.on("decide-dialog")).to_contain_text("Say that this is another person")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.on("namesake").scroll_into_view_if_needed()
    hands.tablet.screenshot("one-name")
    hands.tap("another-person")
    expect(hands.on("pin-1")).to_be_visible()
    # Of another name it is nobody's question.
    hands.tap("paper-back")
    hands.write("signer-name", "Kari Solberg-Lie")
    hands.tap("paper-next")
    expect(hands.on("namesake")).to_be_hidden()
    hands.tap("paper-back")
    hands.tap("paper-discard")


def on_paper(hands: ConsentHands) -> None:
    """A paper that was signed this morning is photographed; what is no picture is not taken."""
    hands.child("Paper", 5, "one-holds")
    hands.consent("norway")
    hands.tap("decide")
    hands.fill_paper(name="Kari Solberg", relation="parent-1", basis="sole", method="paper")
    hands.tap("paper-next")
    expect(hands.on("decide-dialog")).to_contain_text("Photograph the paper.")
    camera = hands.on("photograph-camera")
    camera.set_input_files({"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": b"<html>not a picture</html>"})
    expect(hands.on("photograph-problem")).to_be_visible()
    camera.set_input_files({"name": "paper.png", "mimeType": "image/png", "buffer": hands.page.screenshot()})
    expect(hands.on("photograph-taken")).to_be_visible()
    hands.tablet.screenshot("photographed")
    hands.write("where", "The outpatient clinic")
    hands.write("seen-by", "Nora Nilsen")
    hands.on("decided-date").fill((today() - timedelta(days=1)).isoformat())
    hands.on("decided-time").fill("09:30")
    hands.tap("checked-known")
    hands.prove("decide-dialog", "nora")
    hands.expect_status("norway", "valid")
    expect(hands.on("photograph-kept")).to_be_visible()
    hands.tablet.screenshot("photograph-kept")


def in_an_emergency(hands: ConsentHands) -> None:
    """Nobody can be asked: only a doctor may go on, with a reason, and says on which legal basis."""
    hands.child("Emergency", 5, "two")
    hands.phase_from_anywhere("sign-in")
    expect(hands.on("computed-si.consent")).not_to_have_class("yes")
    expect(hands.on("sign-sign-in-performed")).to_be_disabled()
    hands.on("hold-si.consent-lacking").scroll_into_view_if_needed()
    hands.tablet.screenshot("to-the-consent")
    hands.tap("to-consent-si.consent-lacking-norway")
    expect(hands.on("consent-screen-norway")).to_be_visible()
    hands.phase_from_anywhere("sign-in")
    hands.tap("override-si.consent-lacking")
    expect(hands.on("signer-nora")).to_be_hidden()
    hands.write("override-reason", "Falling platelets, the parents cannot be reached")
    expect(hands.on("pin-1")).to_be_hidden()
    hands.tap("basis-emergency")
    hands.prove("override-dialog", "clara")
    hands.sign("sign-in", "performed", "nora")
    hands.consent("norway")
    hands.expect_status("norway", "draft")


def assert_telephone_is_written(server: Server, folder: Path, case: str) -> None:
    evidence = Evidence(server, folder, case)
    first, second = evidence.of("consent.decided")
    said = {"method": "telephone", "witnessed": True, "drawn": False, "checked": "register", "interpreter": "relative"}
    assert first["body"].items() >= said.items()
    assert first["said"].items() >= {"name": "Kari Solberg", "witness": "Clara Holm, MD", "strokes": None}.items()
    assert second["body"].items() >= {"method": "in-person", "witnessed": True, "drawn": False}.items()
    assert evidence.judged()["consents"][0]["status"] == "valid"
    assert verify(evidence.path, server.manage("fingerprint").split()[-1]).returncode == 0


def assert_the_photograph_is_there(server: Server, folder: Path, case: str) -> None:
    """In the server's hands and in the identified export, under the name that the entry has for it."""
    evidence = Evidence(server, folder, case)
    (decided,) = evidence.of("consent.decided")
    (digest,) = decided["body"]["blobs"]
    with zipfile.ZipFile(evidence.path) as archive:
        picture = archive.read(f"blobs/{digest}.jpg")
    assert hashlib.sha256(picture).hexdigest() == digest
    assert picture.startswith(b"\xff\xd8\xff")
    assert verify(evidence.path, server.manage("fingerprint").split()[-1]).returncode == 0


def test_on_two_tablets(server: Server, tablet_factory: TabletFactory) -> None:
    """Each parent signs on another tablet; then one withdraws on one while sign-in is signed on the other."""
    codes = server.tablet_codes(2)
    nora, noah = (tablet(tablet_factory, code, who) for code, who in zip(codes, ("nora", "noah"), strict=True))
    nora.child("Emma Solberg", 5, "two")
    nora.expect_sent()
    noah.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    server.kill()
    nora.consent("norway")
    nora.decide("Kari Solberg", "parent-1", "both")
    nora.expect_status("norway", "partly-signed")
    noah.consent("norway")
    noah.tap("decide")
    noah.fill_paper(name="Per Solberg", relation="parent-2", basis="both")
    noah.draw(LINES)
    noah.answer_for("noah")
    noah.expect_status("norway", "partly-signed")

    meet(server, nora, noah)
    for hands in (nora, noah):
        expect(hands.on("consent-screen-norway")).to_have_attribute("data-status", "valid", timeout=PATIENCE_MS)
    # Both ask again on the day, neither knowing of the other: it is confirmed, and by both.
    server.kill()
    nora.confirm("nora")
    noah.confirm("noah", "parent-2")
    meet(server, nora, noah)
    for hands in (nora, noah):
        expect(hands.page.get_by_test_id("step-confirmed")).to_have_count(2, timeout=PATIENCE_MS)
        hands.expect_status("norway", "confirmed")

    server.kill()
    noah.tap("withdraw")
    noah.tap("withdraws-parent-2")
    noah.tap("withdrawn-spoken")
    noah.tap("reason-quick")
    noah.prove("withdraw-dialog", "noah")
    nora.phase_from_anywhere("sign-in")
    nora.sign("sign-in", "performed", "nora")

    meet(server, nora, noah)
    expect(nora.on("hold-si.consent-lacking")).to_be_visible(timeout=PATIENCE_MS)
    expect(nora.on("phase-screen-sign-in")).to_contain_text("Changed since")
    nora.tablet.screenshot("withdrawn-meanwhile")
    for hands in (nora, noah):
        hands.consent("norway")
        hands.expect_status("norway", "withdrawn")
        expect(hands.on("confirm")).to_be_hidden()


def meet(server: Server, *tablets: Hands) -> None:
    server.start()
    for hands in tablets:
        hands.network_is_back()
        hands.expect_sent()
