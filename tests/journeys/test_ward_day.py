"""What happens on an ordinary day: a shift changes, a value is corrected, a list slips, a tablet is wiped."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.evidence import Evidence
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet, TabletFactory, wait_until
from tests.journeys.test_one_tap import worker_controls
from tests.journeys.test_two_tablets import PATIENCE_MS

TIME_FROM_NOW = """(minutes) => {
  const at = new Date(Date.now() + minutes * 60_000);
  at.setMinutes(at.getMinutes() - at.getTimezoneOffset());
  return at.toISOString().slice(0, 16);
}"""

# Ends when it is done: the browser is killed next.
WIPE = """async () => {
  const wiped = (name) => new Promise((resolve, reject) => {
    Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onerror: reject });
  });
  await Promise.all((await indexedDB.databases()).map(({ name }) => wiped(name)));
}"""


def staffed(server: Server, tablet: Tablet, *people: str) -> Hands:
    """A registered tablet with these people on it, the last of them signed in."""
    hands = Hands(tablet)
    hands.register(server.tablet_codes(1)[0])
    passwords = {person["username"]: person["password"] for person in server.seed["people"]}
    for username in people[:-1]:
        hands.enrol(username, passwords[username])
        hands.lock()
    hands.enrol(people[-1], passwords[people[-1]])
    hands.expect_sent()
    return hands


def open_case(hands: Hands) -> None:
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")


def set_time(hands: Hands, date: str, time: str, *, minutes: int) -> None:
    """Fill two fields with the day and time so many minutes from now."""
    day, clock = str(hands.page.evaluate(TIME_FROM_NOW, minutes)).split("T")
    hands.on(date).fill(day)
    hands.on(time).fill(clock)


def plan_in(hands: Hands, *, minutes: int) -> None:
    hands.ending("plan-again")
    set_time(hands, "start-date", "start-time", minutes=minutes)
    hands.tap("plan-save")
    expect(hands.on("plan-dialog")).to_be_hidden()


def test_a_shift_changes_in_the_middle(server: Server, tablet_factory: TabletFactory, folder: Path) -> None:
    nora = staffed(server, tablet_factory(), "noah", "nora")
    other = staffed(server, tablet_factory(), "clara")
    open_case(nora)
    nora.phase("bleeding")
    nora.choose("bleed.hemophilia", "no")
    nora.choose("bleed.warfarin", "yes")
    nora.number("bleed.inr", "3.4")
    server.kill()

    # Nora leaves a word and gives the tablet away; Noah takes over with one PIN, and is signed in.
    nora.tap("all-phases")
    expect(nora.on("handover")).to_contain_text("Nobody has taken it over yet")
    nora.tap("handover")
    expect(nora.on("handover-held")).to_contain_text("INR is above 3")
    expect(nora.on("handover-left")).to_contain_text("Platelet count")
    nora.tap("note-case")
    nora.on("reason").fill("The mother calls back about the blood count")
    nora.tap("reason-save")
    expect(nora.on("notes-case")).to_contain_text("The mother calls back")
    nora.tablet.screenshot("handover")
    nora.tap("take-over")
    nora.tablet.screenshot("take-over")
    nora.prove("take-over-dialog", "noah")
    noah = nora
    expect(noah.on("signed-in-as")).to_contain_text("Noah Berg, RN")
    expect(noah.on("keepers")).to_contain_text("Noah Berg, RN")
    noah.tablet.screenshot("taken-over")

    noah.phase_from_anywhere("bleeding")
    noah.number("bleed.inr", "2.8")
    noah.number("bleed.platelets", "180")
    noah.sign("bleeding", "performed", "noah")
    noah.tablet.kill()
    noah.tablet.start()
    noah.open()
    noah.unlock("noah")
    expect(noah.page.get_by_test_id("keepers")).to_have_text("With Noah Berg, RN")

    server.start()
    noah.network_is_back()
    noah.expect_sent()
    other.network_is_back()
    expect(other.page.get_by_test_id("keepers")).to_have_text("With Noah Berg, RN", timeout=PATIENCE_MS)
    other.tablet.screenshot("ward-with-keeper")

    evidence = Evidence(server, folder)
    names = {enrolment: signer.name for enrolment, signer in evidence.signers.items()}
    answers = {(e["body"]["item"], e["body"]["value"]): names[e["enrolment"]] for e in evidence.of("answer.given")}
    assert answers["bleed.inr", "3.4"] == "Nora Nilsen, RN"
    assert answers["bleed.inr", "2.8"] == "Noah Berg, RN"
    (taken,) = evidence.of("case.taken")
    assert names[taken["enrolment"]] == "Noah Berg, RN"
    assert len(taken["body"]["covers"]) >= 4  # the patient, the plan, and what Nora had answered
    assert [note["said"]["text"] for note in evidence.of("note.added")] == [
        "The mother calls back about the blood count"
    ]
    assert "entries verify" in server.manage("verify_journal")


def test_an_override_says_nothing_about_another_value(
    server: Server, tablet_factory: TabletFactory, folder: Path
) -> None:
    hands = staffed(server, tablet_factory(), "clara", "nora")
    open_case(hands)
    server.kill()
    hands.phase("bleeding")
    hands.choose("bleed.hemophilia", "no")
    hands.choose("bleed.warfarin", "yes")
    hands.number("bleed.inr", "3.4")
    hands.number("bleed.platelets", "180")
    expect(hands.on("sign-bleeding-performed")).to_be_disabled()
    hands.tap("override-bleed.inr-inr-high")
    hands.on("override-reason").fill("Haematology agrees; bridging was stopped")
    hands.prove("override-dialog", "clara")
    hold = hands.on("hold-bleed.inr-inr-high")
    expect(hold).to_have_attribute("data-cleared", "overridden")
    expect(hold).to_contain_text("Clara Holm, MD")
    hands.sign("bleeding", "performed", "nora")
    hands.sign("bleeding", "checked", "clara")
    expect(hands.on("phase-screen-bleeding")).to_have_attribute("data-status", "signed")
    hands.tablet.screenshot("overridden")
    hands.tap("all-phases")
    expect(hands.on("phase-bleeding")).to_contain_text("1 hold overridden")
    hands.phase("bleeding")
    hands.tap("note-bleed.inr")
    hands.write("reason", "Taken again before the third dose")
    hands.tap("reason-save")
    expect(hands.on("notes-bleed.inr")).not_to_contain_text("before this answer")

    hands.number("bleed.inr", "6.0")
    expect(hands.on("before-bleed.inr")).to_contain_text("Before: 3.4")
    expect(hands.on("before-bleed.inr")).to_contain_text("Nora Nilsen, RN")
    expect(hands.on("notes-bleed.inr")).to_contain_text("before this answer")
    expect(hold).to_have_attribute("data-cleared", "no")
    expect(hands.on("phase-screen-bleeding")).to_have_attribute("data-status", "changed")
    expect(hands.on("sign-bleeding-performed")).to_be_disabled()
    hands.tablet.screenshot("no-longer-overridden")

    server.start()
    hands.network_is_back()
    hands.expect_sent()
    evidence = Evidence(server, folder)
    (bleeding,) = [phase for phase in evidence.judged()["phases"] if phase["key"] == "bleeding"]
    (inr,) = [item for item in bleeding["items"] if item["key"] == "bleed.inr"]
    (high,) = [each for each in inr["holds"] if each["key"] == "inr-high"]
    assert (inr["value"], high["active"], high["cleared"]) == ("6.0", True, None)
    assert len(evidence.of("hold.overridden")) == 1


def test_a_list_that_slips_is_judged_anew(server: Server, tablet_factory: TabletFactory) -> None:
    hands = staffed(server, tablet_factory(), "nora")
    open_case(hands)
    plan_in(hands, minutes=30)
    hands.phase_from_anywhere("plan")
    hands.choose("plan.anaesthesia", "general")
    hands.phase_from_anywhere("sign-in")
    hands.tap("choice-fast.solids-other")
    set_time(hands, "when-date", "when-time", minutes=-5 * 60)
    hands.tap("when-save")
    hold = hands.on("hold-fast.solids-too-soon")
    expect(hold).to_have_attribute("data-level", "stop")
    hands.tablet.screenshot("too-soon")

    # An hour later it will be long enough ago; put forward again, it is not.
    plan_in(hands, minutes=95)
    expect(hold).to_be_hidden()
    hands.tablet.screenshot("long-enough")
    plan_in(hands, minutes=20)
    expect(hold).to_be_visible()


def test_a_tablet_that_was_wiped_is_set_up_anew(server: Server, tablet_factory: TabletFactory) -> None:
    before = staffed(server, tablet_factory(), "nora")
    open_case(before)
    before.phase("bleeding")
    before.choose("bleed.warfarin", "no")
    before.expect_sent()
    before.page.evaluate(WIPE)
    before.tablet.kill()
    before.tablet.start()
    before.open()
    expect(before.on("register-code")).to_be_visible()

    after = staffed(server, before.tablet, "nora")
    after.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    after.phase("bleeding")
    expect(after.on("item-bleed.warfarin")).to_contain_text("Nora Nilsen, RN")
    after.choose("bleed.hemophilia", "no")
    after.expect_sent()
    assert server.rows("SELECT COUNT(*) FROM procedures_entry WHERE type = 'answer.given'") == [(2,)]
    assert "entries verify" in server.manage("verify_journal")


UNANSWERED = """
  StorageManager.prototype.persisted = () => Promise.resolve(false);
  StorageManager.prototype.persist = () => new Promise(() => {});
"""


def test_a_browser_that_asks_about_storage_is_not_waited_for(server: Server, tablet_factory: TabletFactory) -> None:
    """Some show a question that nobody may answer: what is written is sent, and a start without a network works."""
    tablet = tablet_factory()
    tablet.context.add_init_script(UNANSWERED)
    hands = staffed(server, tablet, "nora")
    open_case(hands)
    hands.expect_sent()
    wait_until(lambda: worker_controls(hands), "the service worker controls the page")
