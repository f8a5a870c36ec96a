"""A limit is changed: an editor writes it, an approver publishes it, and the tablet's next case goes by it."""

import json

from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet, TabletFactory, wait_until

PROTOCOL = "/admin/procedures/protocol/bone-marrow-iliac-crest-child"
CARET = "bleed.inr >> 2.5\n           ^"

# How many releases the tablet holds with their bytes.
HELD = """async () => {
  const database = await new Promise((done, fail) => {
    const asked = indexedDB.open("bedside");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const rows = await new Promise((done) => {
    const asked = database.transaction("releases").objectStore("releases").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  database.close();
  return rows.filter((row) => row.bytes !== null).length;
}"""


def test_a_limit_from_the_editors_desk_to_the_bedside(server: Server, tablet_factory: TabletFactory) -> None:
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    nurse = server.seed["people"][0]
    hands.enrol(nurse["username"], nurse["password"])
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    give_inr(hands, "2.8")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_hidden()
    hands.expect_sent()

    edit(tablet_factory(), server)
    approve(tablet_factory(viewport={"width": 1180, "height": 820}), server)

    hands.tap("sync-status")
    hands.tap("send-now")
    wait_until(lambda: hands.page.evaluate(HELD) == 2, "the tablet holds both releases")
    hands.tap("home")
    hands.new_case(identifier="020218 12345", name="Noor Haddad", born="2018-02-02")
    give_inr(hands, "2.8")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_visible()
    expect(hands.on("hold-bleed.inr-inr-high")).to_contain_text("INR is above 2.5")
    hands.tablet.screenshot("new-case")

    # The case that was open stays on what it began with.
    hands.tap("to-ward")
    hands.page.get_by_text("Emma Solberg").click()
    hands.phase("bleeding")
    expect(hands.on("answer-bleed.inr")).to_contain_text("2.8")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_hidden()
    hands.tablet.screenshot("open-case")
    hands.expect_sent()
    assert server.rows("SELECT number, reason FROM procedures_release ORDER BY number")[1] == (2, "Safer at 2.5.")


def give_inr(hands: Hands, value: str) -> None:
    hands.phase("bleeding")
    hands.choose("bleed.warfarin", "yes")
    hands.number("bleed.inr", value)


def sign_in(page: Page, server: Server, role: str) -> None:
    person = next(person for person in server.seed["people"] if person["role"] == role)
    page.goto(f"{server.url}/admin/")
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Site administration")).to_be_visible()


def edit(desk: Tablet, server: Server) -> None:
    """The editor changes the limit, is stopped at a slip and by an example, and mends both."""
    page = desk.page
    sign_in(page, server, "editor")
    expect(page.get_by_role("link", name="Records")).to_be_hidden()
    page.get_by_role("link", name="Protocols").first.click()
    page.get_by_role("link", name="Bone marrow sample").click()
    desk.screenshot("protocol")
    page.get_by_role("row", name="bleeding").get_by_role("link", name="Open").click()
    desk.screenshot("phase")
    page.locator("tr", has=page.locator("input[value='bleed.inr']")).get_by_role("link", name="Open").click()

    page.locator("#id_holds-0-when").fill("bleed.inr >> 2.5")
    page.locator("#id_holds-0-message-en").fill("INR is above 2.5. Do not puncture; talk to the doctor.")
    page.locator("#id_holds-0-message-nb").fill("INR er over 2,5. Ikke punkter; snakk med legen.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("At character 12 stands “>”")).to_be_visible()
    rule = page.locator("#holds-0")
    assert rule.get_by_test_id("told").inner_text() == CARET
    rule.scroll_into_view_if_needed()
    desk.screenshot("refused")

    page.locator("#id_holds-0-when").fill("bleed.inr > 2.5")
    page.get_by_role("button", name="Save").click()
    expect(rule.get_by_test_id("told")).to_contain_text("“Latest INR” is above 2.5")
    expect(rule.get_by_test_id("told")).to_contain_text("«Siste INR» er over 2.5")
    rule.scroll_into_view_if_needed()
    desk.screenshot("in-words")
    desk.colour_scheme("dark")
    desk.screenshot("in-words-dark")
    desk.colour_scheme("light")

    desk.open(f"{PROTOCOL}/check/")
    for name, old, new in [("INR of 3.0 passes", "3.0", "2.5"), ("INR of 3.1 stops", "3.1", "2.6")]:
        page.get_by_role("link", name=name).first.click()
        change_example(page, name, old=old, new=new)
        desk.open(f"{PROTOCOL}/check/")
    expect(page.get_by_test_id("no-problems")).to_be_visible()
    expect(page.get_by_text("An approver publishes it.")).to_be_visible()


def change_example(page: Page, name: str, *, old: str, new: str) -> None:
    content = page.get_by_label("Case:")
    example = json.loads(content.input_value())
    assert {"item": "bleed.inr", "part": "", "value": old} in example["answers"]
    content.fill(content.input_value().replace(f'"{old}"', f'"{new}"'))
    page.get_by_label("Name:").fill(name.replace(old, new))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def approve(desk: Tablet, server: Server) -> None:
    page = desk.page
    sign_in(page, server, "approver")
    desk.open(f"{PROTOCOL}/check/")
    expect(page.get_by_test_id("rule-bleed.inr-inr-high")).to_contain_text("is above 2.5")
    desk.screenshot("check")
    page.get_by_label("Reason").fill("Safer at 2.5.")
    page.get_by_role("button", name="Publish").scroll_into_view_if_needed()
    desk.screenshot("publish")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Release 2 is published.")).to_be_visible()
    expect(page.get_by_text("Safer at 2.5.")).to_be_visible()
    desk.screenshot("release")
