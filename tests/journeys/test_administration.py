"""The administrator's part: a tablet gets its code in the admin, and the worker checks the journal when asked."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet, TabletFactory, Worker


def sign_in(page: Page, server: Server, role: str = "administrator") -> None:
    person = next(person for person in server.seed["people"] if person["role"] == role)
    page.goto(f"{server.url}/admin/")
    page.get_by_label("User name").fill(person["username"])
    page.locator("input[name=password]").fill(person["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Site administration")).to_be_visible()


def look_around(desk: Tablet) -> None:
    """The menu, and the page in the dark: both work without scripts or styles within the page."""
    page = desk.page
    side = page.locator("#nav-sidebar")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(side.get_by_role("link", name="Tablets")).to_be_visible()
    side.get_by_text("Ada Dahl").click()
    side.locator("nav").get_by_text("dark_mode").click()
    expect(page.locator("html")).to_have_class("dark")
    desk.screenshot("menu")
    page.reload()
    expect(page.locator("html")).to_have_class("dark")


def test_a_tablet_is_registered_by_a_code_from_the_admin(server: Server, tablet_factory: TabletFactory) -> None:
    desk = tablet_factory(viewport={"width": 1180, "height": 820})
    sign_in(desk.page, server)
    look_around(desk)
    desk.open("/admin/procedures/device/add/")
    desk.page.locator("#id_name").fill("Tablet by the window")
    desk.page.get_by_label("Children's ward 3").check()
    desk.page.get_by_role("button", name="Save and continue editing").click()
    desk.screenshot("tablet")
    desk.page.get_by_role("button", name="New tablet code").click()
    code = desk.page.get_by_test_id("tablet-code").inner_text()
    expect(desk.page.get_by_test_id("tablet-qr")).to_be_visible()
    desk.screenshot("code")

    # The picture leads the tablet's camera to an address that brings the code along.
    hands = Hands(tablet_factory())
    hands.tablet.open(f"/tablet/#/register/{code}")
    expect(hands.on("register-code")).to_have_value(code)
    assert code not in hands.page.url
    hands.tap("register-submit")
    nurse = server.seed["people"][0]
    hands.enrol(nurse["username"], nurse["password"])
    desk.open("/admin/procedures/device/")
    desk.page.get_by_role("link", name="Tablet by the window").click()
    expect(desk.page.get_by_text(nurse["name"]).first).to_be_visible()

    # The same code does not register a second tablet.
    late = Hands(tablet_factory())
    late.tablet.expect_error("400")
    late.open()
    late.on("register-code").fill(code)
    late.tap("register-submit")
    expect(late.on("register-failed")).to_contain_text("not valid")

    # The nurse leaves: the tablet lets her write no more, and offers to add her anew.
    desk.page.get_by_role("link", name="End…").click()
    desk.page.get_by_label("left").check()
    desk.screenshot("ending")
    desk.page.get_by_role("button", name="End the enrolment").click()
    expect(desk.page.get_by_text("writes on this tablet no more")).to_be_visible()
    expect(desk.page.get_by_role("link", name="End…")).to_have_count(0)
    desk.screenshot("ended")
    hands.tablet.expect_error("403")
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.expect_sent()


@pytest.mark.databases
def test_the_worker_checks_the_journal_when_asked(
    server: Server, worker: Worker, tablet_factory: TabletFactory
) -> None:
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    nurse = server.seed["people"][0]
    hands.enrol(nurse["username"], nurse["password"])
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.expect_sent()
    (entries,) = server.rows("SELECT COUNT(*) FROM procedures_entry")[0]
    assert entries

    desk = tablet_factory(viewport={"width": 1180, "height": 820})
    sign_in(desk.page, server)
    desk.open("/admin/procedures/journalcheck/")
    desk.page.get_by_role("button", name="Check the journal now").click()
    expect(desk.page.get_by_text("The worker was asked")).to_be_visible()

    def reloaded() -> str:
        desk.page.reload()
        return (
            desk.page.locator("#result_list").inner_text(timeout=2_000)
            if desk.page.locator("#result_list").count()
            else ""
        )

    for _ in range(60):
        if f"\t{entries}\t0" in reloaded():
            break
        desk.page.wait_for_timeout(500)
    else:
        raise AssertionError(f"no finished check of {entries} entries: {reloaded()!r}")
    desk.screenshot("checked")

    # Patients are the auditor's to see, and nobody else's here.
    expect(desk.page.get_by_role("link", name="Records")).to_have_count(0)
    auditor = tablet_factory(viewport={"width": 1180, "height": 820})
    sign_in(auditor.page, server, "auditor")
    auditor.open("/admin/procedures/record/?status=")
    expect(auditor.page.get_by_text("Emma Solberg")).to_be_visible()
    auditor.screenshot("records")
