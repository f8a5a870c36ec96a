"""Two minutes in the demo: one click in, a ward worth looking at, and the tour from a cut network to a green proof."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from procedures.demo.people import PASSWORDS, PIN
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet, TabletFactory
from tests.journeys.looking import SCRIPT, SIZES, TARGET_PX
from tests.journeys.services import DEMO
from tests.journeys.stock import Stock

PATIENCE_MS = 60_000
STEPS = ("cut", "tick", "sign", "reconnect", "row", "verify")
ENTRIES = "SELECT COUNT(*) FROM procedures_entry"
TABLETS = "SELECT COUNT(*) FROM procedures_device"
AT_WORK = "SELECT COUNT(*) FROM procedures_enrolment WHERE person_id IS NOT NULL AND ended_at IS NULL"


@pytest.fixture
def server(folder: Path, stock: Stock) -> Generator[Server]:
    """The demo as `make run` starts it."""
    with stock.take(folder / "var", demo=True).running() as made:
        yield made


@pytest.fixture
def visitor(server: Server, tablet_factory: TabletFactory) -> Tablet:
    """A browser in the hospital's time zone, by which the demo's days go."""
    return tablet_factory(timezone_id="Europe/Oslo")


def arrive(visitor: Tablet, username: str) -> Hands:
    """From the start page to the ward list by one click."""
    visitor.open("/")
    visitor.page.get_by_test_id(f"be-{username}").click()
    hands = Hands(visitor)
    expect(hands.on("signed-in-as")).to_be_visible(timeout=PATIENCE_MS)
    expect(row(hands, "08")).to_be_visible(timeout=PATIENCE_MS)
    return hands


def until_kept(visitor: Tablet) -> None:
    """Until the worker holds the page and answers for it."""
    controlled = "navigator.serviceWorker.addEventListener('controllerchange', done)"
    visitor.page.evaluate(
        f"() => new Promise((done) => {{ {controlled}; if (navigator.serviceWorker.controller) done(); }})"
    )


def row(hands: Hands, number: str) -> Locator:
    """A child's row on the ward list, by how the identifier ends."""
    return hands.page.locator("[data-testid^='case-']").filter(has_text=re.compile(rf"DEMO \d+-{number}\b"))


def group(hands: Hands, title: str) -> Locator:
    return hands.page.locator("section:not(:has(section))").filter(
        has=hands.page.get_by_role("heading", name=title, exact=True)
    )


def test_the_ward_holds_believable_cases(visitor: Tablet) -> None:
    hands = arrive(visitor, "nora")
    wanted = {
        "Begun on an earlier day, not finished": ["04"],
        "Today": ["03", "08", "01", "05", "02"],
        "Tomorrow": ["06"],
    }
    for title, numbers in wanted.items():
        expect(group(hands, title).get_by_role("listitem")).to_have_count(len(numbers))
        for number in numbers:
            expect(group(hands, title)).to_contain_text(re.compile(rf"DEMO \d+-{number}\b"))
    hands.tablet.screenshot("ward")
    expect(row(hands, "04")).to_have_attribute("data-status", "in-progress")
    # A new tablet is given the open cases; the completed one is for auditors.
    expect(row(hands, "07")).to_have_count(0)

    for number, phase, hold in [
        ("01", "bleeding", "bleed.inr-inr-high"),
        ("02", "plan", "plan.side-both-sides"),
        ("03", "sign-in", "si.consent-lacking"),
    ]:
        row(hands, number).click()
        hands.phase(phase)
        expect(hands.on(f"hold-{hold}")).to_have_attribute("data-level", "stop")
        hands.tablet.screenshot(f"held-{number}")
        hands.tap("home")
    row(hands, "05").click()
    hands.phase("bleeding")
    disputed = hands.on("item-bleed.inr")
    expect(disputed).to_have_attribute("data-state", "disputed")
    for said in ("3.2", "2.8", "Nora Nilsen, RN", "Noah Berg, RN"):
        expect(disputed).to_contain_text(said)
    hands.tablet.screenshot("disputed")


def test_the_tour_goes_from_a_cut_network_to_a_green_proof(server: Server, visitor: Tablet) -> None:
    hands = arrive(visitor, "nora")
    sent_before = server.rows(ENTRIES)
    expect_step(hands, "cut")
    # Without its worker the page could not come back while the network is cut.
    until_kept(visitor)
    hands.tap("demo-cut")
    expect_step(hands, "tick")

    row(hands, "08").click()
    hands.phase("preparation")
    hands.choose("prep.bleeding_again", "yes")
    expect_step(hands, "sign")
    expect(hands.on("sync-status")).to_have_attribute("data-waiting", "1")
    hands.page.reload()
    expect(hands.on("demo-cut")).to_have_attribute("aria-checked", "true")
    hands.unlock("nora", pin=PIN)
    expect_step(hands, "sign")
    hands.sign("preparation", "performed", "nora", pin=PIN)
    expect_step(hands, "reconnect")
    hands.tablet.screenshot("signed-while-cut")
    expect(hands.on("sync-status")).to_have_attribute("data-waiting", "2")
    assert server.rows(ENTRIES) == sent_before

    hands.tap("demo-cut")
    expect_step(hands, "row")
    hands.expect_sent()
    assert server.rows(ENTRIES) == [(sent_before[0][0] + 2,)]
    with hands.tablet.context.expect_page() as opened:
        hands.tap("demo-row")
    records = opened.value
    expect(records.get_by_text(re.compile(r"DEMO \d+-08"))).to_be_visible()
    expect(records).to_have_url(re.compile(r"/admin/procedures/record/\?case="))
    records.close()
    expect_step(hands, "verify")

    hands.tap("demo-verify")
    expect(hands.on("demo-verdict")).to_have_attribute("data-verifies", "true", timeout=PATIENCE_MS)
    expect(hands.on("demo-verify-dialog")).to_contain_text("33 entries")
    hands.tablet.screenshot("green")
    hands.tap("dialog-close")
    expect_step(hands, "done")
    for step in STEPS:
        expect(hands.on(f"demo-step-{step}")).to_have_attribute("data-done", "true")
    assert "entries verify" in server.manage("verify_journal")

    # It can be closed, stays so, and can be taken again.
    hands.tap("demo-skip")
    hands.page.reload()
    expect(hands.on("demo-tour-line")).to_have_count(0)
    hands.tap("demo-tour")
    expect_step(hands, "cut")


def test_a_pad_is_in_sight_below_the_strip(visitor: Tablet) -> None:
    """On a tablet that lies on its side, where the strip with its tour leaves the least room."""
    visitor.context.add_init_script(path=SCRIPT)
    hands = arrive(visitor, "clara")
    visitor.resize(*SIZES["lying"])
    expect(hands.on("demo-tour-line")).to_be_visible()
    seen = {}

    def look(name: str) -> None:
        hands.page.evaluate("looking.settled()")
        seen[name] = hands.page.evaluate(f"looking.layout({TARGET_PX})")
        hands.tablet.screenshot(f"pad-{name}")

    row(hands, "01").click()
    hands.phase("bleeding")
    hands.tap("override-bleed.inr-inr-high")
    hands.write("override-reason", "Heart valve")
    look("override")
    hands.tap("dialog-close")
    hands.consent("procedure")
    hands.tap("hear-child")
    hands.tap("informed-yes")
    hands.tap("view-agrees")
    hands.tap("paper-next")
    look("hear")
    hands.tap("dialog-close")
    hands.lock()
    hands.tap("person-clara")
    look("lock")
    hands.tap("add-yourself")
    hands.write("enrol-username", "nora")
    hands.write("enrol-password", PASSWORDS["nora"])
    hands.tap("enrol-next")
    look("choose")
    hands.type_pin(PIN)
    look("repeat")
    assert not any(seen.values()), seen


def expect_step(hands: Hands, step: str) -> None:
    expect(hands.on("demo-tour-line")).to_have_attribute("data-step", step, timeout=PATIENCE_MS)


def test_a_browser_is_made_a_tablet_once_and_takes_in_others(server: Server, visitor: Tablet) -> None:
    arrive(visitor, "nora").lock()
    tablets = server.rows(TABLETS)
    expect(arrive(visitor, "nora").on("signed-in-as")).to_contain_text("Nora Nilsen, RN")
    expect(arrive(visitor, "clara").on("signed-in-as")).to_contain_text("Clara Holm, MD")
    assert server.rows(TABLETS) == tablets
    assert server.rows(AT_WORK) == [(2,)]
    clara_takes_the_tour(Hands(visitor))

    # A tablet that the server does not take any more: of a demo that was begun anew, or revoked.
    visitor.expect_error(r"\b40[13]\b")
    revoke = "from procedures.models import Device; Device.objects.update(revoked_at='2026-01-01T00:00:00Z')"
    server.manage("shell", "-c", revoke)
    expect(arrive(visitor, "nora").on("signed-in-as")).to_contain_text("Nora Nilsen, RN")
    assert server.rows(TABLETS) == [(tablets[0][0] + 1,)]


def test_a_browser_that_holds_the_tablet_without_the_demo_gets_the_demo(server: Server, visitor: Tablet) -> None:
    del server.environment["BEDSIDE_DEMO"]
    server.restart()
    visitor.open("/tablet/")
    until_kept(visitor)
    server.environment.update(DEMO)
    server.restart()
    arrive(visitor, "nora")
    expect(visitor.page.get_by_test_id("demo-cut")).to_be_visible()


def clara_takes_the_tour(hands: Hands) -> None:
    """It leads a clinician to what a clinician may sign."""
    hands.tap("demo-cut")
    expect(hands.on("demo-tour-line")).to_contain_text("both sides")
    row(hands, "02").click()
    hands.phase("plan")
    hands.choose("plan.side", "both")
    hands.sign("plan", "performed", "clara", pin=PIN)
    expect_step(hands, "reconnect")
    hands.tap("demo-cut")
    expect_step(hands, "row")


def test_the_auditor_lands_on_records_and_the_admin_on_the_protocol(visitor: Tablet) -> None:
    page = visitor.open("/")
    visitor.screenshot("start")
    page.get_by_test_id("be-arne").click()
    expect(page).to_have_url(re.compile(r"/admin/procedures/record/\?status=$"))
    expect(page.get_by_text(re.compile(r"DEMO \d+-07"))).to_be_visible()
    visitor.screenshot("records")
    page.goto(visitor.url)
    page.get_by_test_id("be-eva").click()
    expect(page).to_have_url(re.compile(r"/admin/procedures/protocol/[^/]+/change/$"))
    expect(page.get_by_text("bone-marrow-iliac-crest-child").first).to_be_visible()
    visitor.screenshot("protocol")
