"""Two tablets, two nurses, one child: apart without the server, then together again."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import PIN, Hands
from tests.journeys.harness import Server, TabletFactory

PATIENCE_MS = 60_000
DISPUTED = "bleed.hemophilia"


@pytest.fixture
def nurses(server: Server, tablet_factory: TabletFactory) -> tuple[Hands, Hands]:
    """Two tablets of the ward, each with its own nurse at work."""
    pair = []
    for username, code in zip(("nora", "noah"), server.tablet_codes(2), strict=True):
        hands = Hands(tablet_factory())
        hands.register(code)
        hands.enrol(username, f"{username}-demo-pass")
        pair.append(hands)
    return pair[0], pair[1]


@pytest.mark.databases
def test_apart_they_disagree_and_together_they_settle_it(server: Server, nurses: tuple[Hands, Hands]) -> None:
    nora, noah = nurses
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    nora.phase("bleeding")
    nora.choose("bleed.warfarin", "no")
    nora.expect_sent()

    # What Nora opened stands in Noah's list without his doing anything.
    noah.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    noah.phase("bleeding")
    expect(noah.on("item-bleed.warfarin")).to_contain_text("Nora Nilsen, RN")
    noah.tablet.screenshot("by-the-other-nurse")

    # The server is away; both go on with the same case, and see one thing differently.
    server.kill()
    nora.choose(DISPUTED, "no")
    nora.number("bleed.platelets", "180")
    noah.choose(DISPUTED, "yes")
    noah.tap("note-bleed.warfarin")
    noah.on("reason").fill("The mother asks her doctor again")
    assert nora.waiting() > 0
    assert noah.waiting() > 0

    server.start()
    for hands in nurses:
        hands.network_is_back()
        hands.expect_sent()
    # Noah is in the middle of a note: what arrives meanwhile does not take it from him.
    expect(noah.on("answer-bleed.platelets")).to_contain_text("180", timeout=PATIENCE_MS)
    expect(noah.on("reason")).to_have_value("The mother asks her doctor again")
    noah.tap("reason-save")
    for name, hands in zip(("nora", "noah"), nurses, strict=True):
        item = hands.on(f"item-{DISPUTED}")
        expect(item).to_have_attribute("data-state", "disputed", timeout=PATIENCE_MS)
        for said in ("Nora Nilsen, RN", "Noah Berg, RN"):
            expect(item.get_by_role("alert")).to_contain_text(said)
        hands.tablet.screenshot(f"disputed-for-{name}")

    noah.choose(DISPUTED, "no")
    for hands in nurses:
        expect(hands.on(f"item-{DISPUTED}")).to_have_attribute("data-state", "answered", timeout=PATIENCE_MS)
        hands.expect_sent()
    nora.sign("bleeding", "performed", "nora")
    expect(noah.on("signature-bleeding-performed")).to_contain_text("Nora Nilsen, RN", timeout=PATIENCE_MS)
    noah.tablet.screenshot("converged")
    nora.expect_sent()
    assert_signed_with_what_was_seen(server)
    assert "entries verify" in server.manage("verify_journal")


def test_nobody_signs_or_replaces_what_came_in_unseen(server: Server, nurses: tuple[Hands, Hands]) -> None:
    nora, noah = nurses
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    case = nora.page.url

    # Nora has gone through the text in one language, and says so while Noah's word of another one comes in.
    nora.consent("procedure")
    nora.tap("inform")
    noah.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    noah.consent("procedure")
    noah.tap("consent-language-nb")
    noah.inform("noah")
    expect(nora.page.get_by_test_id("step-informed")).to_have_count(1, timeout=PATIENCE_MS)
    expect(nora.on("inform-dialog")).to_contain_text("English")
    nora.tap("copy-taken")
    nora.prove("inform-dialog", "nora")

    # A mother has drawn her consent, and the tablet waits for Nora's PIN; elsewhere the father says no.
    nora.tap("decide")
    nora.fill_paper(name="Kari Solberg", relation="parent-1")
    nora.draw([(0.15, 0.6), (0.3, 0.25), (0.55, 0.7), (0.8, 0.4)])
    nora.tap("paper-next")
    expect(nora.on("decide-dialog")).to_contain_text("Kari Solberg (A parent)")
    noah.ending("refuse-procedure")
    noah.fill_paper(name="Per Solberg", relation="parent-2", decision="refused", method="spoken")
    noah.answer_for("noah")
    expect(nora.on("paper-taken")).to_be_visible(timeout=PATIENCE_MS)
    expect(nora.on("signature-field")).to_have_attribute("data-lines", "0")
    nora.tablet.screenshot("taken")
    nora.tap("paper-discard")
    expect(nora.on("consent-screen-procedure")).to_have_attribute("data-status", "refused")

    # Nora types a number while Noah's comes in: both stand.
    for hands in nurses:
        hands.phase_from_anywhere("bleeding")
    nora.choose("bleed.hemophilia", "no")
    nora.choose("bleed.warfarin", "no")
    nora.tap("answer-bleed.platelets")
    noah.number("bleed.platelets", "90")
    expect(nora.on("answer-bleed.platelets")).to_contain_text("90", timeout=PATIENCE_MS)
    for digit in "180":
        nora.tap(f"pad-{digit}")
    nora.tap("pad-save")
    expect(nora.on("item-bleed.platelets")).to_have_attribute("data-state", "disputed")
    nora.number("bleed.platelets", "180")
    expect(noah.on("answer-bleed.platelets")).to_contain_text("180", timeout=PATIENCE_MS)

    # Nora is about to sign when Noah corrects an answer: what she signs is not what she saw.
    nora.tap("sign-bleeding-performed")
    noah.number("bleed.platelets", "170")
    expect(nora.on("answer-bleed.platelets")).to_contain_text("170", timeout=PATIENCE_MS)
    nora.tap("signer-nora")
    nora.type_pin(PIN)
    expect(nora.on("dialog-not-saved")).to_contain_text("has changed")
    nora.tablet.screenshot("changed-while-signing")
    nora.tap("dialog-close")
    nora.sign("bleeding", "performed", "nora")
    assert nora.page.url.startswith(case)
    for hands in nurses:
        hands.expect_sent()
    assert "entries verify" in server.manage("verify_journal")


class SecondTab(Hands):
    """The same tablet, opened a second time."""

    @property
    def page(self) -> Page:
        return self.tablet.context.pages[1]


def test_what_others_write_comes_to_the_tab_where_somebody_unlocks(nurses: tuple[Hands, Hands]) -> None:
    nora, noah = nurses
    nora.lock()
    nora.tablet.context.new_page().goto(nora.page.url)
    second = SecondTab(nora.tablet)
    second.unlock("nora")
    noah.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    expect(second.page.get_by_text("Emma Solberg")).to_be_visible(timeout=PATIENCE_MS)

    second.lock()
    nora.unlock("nora")
    noah.tap("to-ward")
    noah.new_case(identifier="020218 54321", name="Jonas Vik", born="2018-02-02", sex="male")
    expect(nora.page.get_by_text("Jonas Vik")).to_be_visible(timeout=PATIENCE_MS)


def assert_signed_with_what_was_seen(server: Server) -> None:
    """The signature names a head of the ward's log as it was, with both nurses' entries below it."""
    (data,) = server.rows(
        "SELECT c.data FROM procedures_entrycontent c JOIN procedures_entry e"
        " ON e.ward_id = c.ward_id AND e.position = c.position WHERE e.type = 'phase.signed'"
    )[0]
    seen = json.loads(bytes(data))["body"]["seen"]
    (there,) = server.rows(f"SELECT hash FROM procedures_entry WHERE position = {int(seen['position'])}")[0]  # noqa: S608
    assert seen["hash"] == there
    below = f"SELECT COUNT(DISTINCT enrolment) FROM procedures_entry WHERE position <= {int(seen['position'])}"  # noqa: S608
    assert server.rows(below) == [(2,)]
