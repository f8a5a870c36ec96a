"""A limit is changed: an editor proposes it, an approver publishes and recalls it, and tablets go by it."""

import json

from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet, TabletFactory, wait_until

PROTOCOL = "/admin/procedures/protocol/bone-marrow-iliac-crest-child"
CARET = "bleed.inr >> 2.5\n           ^"

FROM_WORD = """<html><head><style>p.MsoNormal {margin: 0}</style></head><body><!--StartFragment-->
<p class=MsoNormal><b>Before</b> you
come<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span></span><![endif]>Nothing
to eat</p><p class=MsoListParagraphCxSpLast><span style='mso-list:Ignore'>·</span>Water until 8</p>
<script>alert(1)</script><!--EndFragment--></body></html>"""
PASTE = """(html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""

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

    editor = tablet_factory()
    edit(editor, server)
    approver = tablet_factory(viewport={"width": 1180, "height": 820})
    approve(approver, server)

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
    expect(hands.on("recalled")).to_be_hidden()
    hands.tablet.screenshot("open-case")
    hands.expect_sent()
    assert server.rows("SELECT number, reason FROM procedures_release ORDER BY number")[1] == (2, "Safer at 2.5.")

    # Somebody works on a case when its release is taken back: they hear of it there.
    hands.tap("to-ward")
    hands.page.get_by_text("Noor Haddad").click()
    expect(hands.on("patient-name")).to_have_text("Noor Haddad")
    recall(approver)
    hands.network_is_back()
    expect(hands.on("recalled")).to_be_visible(timeout=30_000)
    hands.tablet.screenshot("recalled")
    # What began on it keeps it; what begins now is on the release before.
    hands.phase("bleeding")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_visible()
    hands.tap("to-ward")
    hands.new_case(identifier="030317 12345", name="Ida Berg", born="2017-03-03")
    give_inr(hands, "2.8")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_hidden()
    expect(hands.on("recalled")).to_be_hidden()
    hands.expect_sent()


def give_inr(hands: Hands, value: str) -> None:
    hands.phase("bleeding")
    hands.choose("bleed.warfarin", "yes")
    hands.number("bleed.inr", value)


def sign_in(page: Page, server: Server, role: str) -> None:
    person = next(person for person in server.seed["people"] if person["role"] == role)
    page.goto(f"{server.url}/admin/")
    page.get_by_label("User name").fill(person["username"])
    page.locator("input[name=password]").fill(person["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Site administration")).to_be_visible()


def edit(desk: Tablet, server: Server) -> None:
    """The editor changes the limit, is stopped at a slip and by an example, and mends both."""
    page = desk.page
    sign_in(page, server, "editor")
    expect(page.get_by_role("link", name="Records")).to_be_hidden()
    page.locator("#content").get_by_role("link", name="Protocols").click()
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
    rule = page.locator(".form-group", has=page.locator("#id_holds-0-when"))
    assert rule.get_by_test_id("told").inner_text() == CARET
    rule.scroll_into_view_if_needed()
    desk.screenshot("refused")

    told = rule.get_by_test_id("told")
    page.locator("#id_holds-0-when").fill("bleed.inr > 2.5")
    expect(told).to_have_text("Changed: it is explained when it is saved.", use_inner_text=True)
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
    change = page.get_by_test_id("change-item/bleed.inr/holds/inr-high")
    expect(change.locator("del").first).to_have_text("3.0")
    change.scroll_into_view_if_needed()
    desk.screenshot("changes")
    page.get_by_label("Reason").fill("Safer at 2.5.")
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_test_id("proposal")).to_contain_text("You proposed it")
    desk.screenshot("proposed")


def change_example(page: Page, name: str, *, old: str, new: str) -> None:
    content = page.locator("#id_content")
    example = json.loads(content.input_value())
    assert {"item": "bleed.inr", "part": "", "value": old} in example["answers"]
    content.fill(content.input_value().replace(f'"{old}"', f'"{new}"'))
    page.locator("#id_name").fill(name.replace(old, new))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def approve(desk: Tablet, server: Server) -> None:
    page = desk.page
    sign_in(page, server, "approver")
    desk.open(f"{PROTOCOL}/check/")
    expect(page.get_by_test_id("proposal")).to_contain_text("Safer at 2.5.")
    expect(page.get_by_test_id("change-item/bleed.inr/holds/inr-high")).to_contain_text("«Siste INR» er over 2.5")
    desk.screenshot("check")
    page.get_by_text("All of it in words").click()
    expect(page.get_by_test_id("part-item/bleed.inr/absent/not-obtained")).to_contain_text("clinician")
    page.get_by_role("button", name="Approve and publish").scroll_into_view_if_needed()
    desk.screenshot("decide")
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("Release 2 is published.")).to_be_visible()
    expect(page.get_by_test_id("facts")).to_contain_text("Safer at 2.5.")
    desk.screenshot("release")


def recall(desk: Tablet) -> None:
    """On the release's page, where the approver is."""
    page = desk.page
    page.get_by_test_id("recall").get_by_label("Reason").fill("The limit was a slip.")
    page.get_by_role("button", name="Recall this release").click()
    expect(page.get_by_test_id("recalled")).to_contain_text("The limit was a slip.")
    desk.screenshot("recalled-release")


def test_rows_in_another_order_and_a_text_from_a_word_processor(server: Server, tablet_factory: TabletFactory) -> None:
    """By drag and by buttons; what is pasted is cleaned as the tablet will show it."""
    desk = tablet_factory(viewport={"width": 1180, "height": 820})
    page = desk.page
    sign_in(page, server, "editor")
    desk.open(f"{PROTOCOL}/change/")
    page.get_by_role("row", name="bleeding").get_by_role("link", name="Open").click()
    first = page.locator("tbody.form-group", has=page.locator("input[value='bleed.hemophilia']"))
    third = page.locator("tbody.form-group", has=page.locator("input[value='bleed.inr']"))
    first.get_by_role("button", name="Move down").press("Enter")
    expect(first.get_by_role("button", name="Move down")).to_be_focused()
    first.evaluate("row => row.scrollIntoView({ block: 'center' })")
    handle, target = third.locator(".handle").bounding_box(), first.locator(".handle").bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] - 160, steps=12)
    page.mouse.up()
    desk.screenshot("moved")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    rows = server.rows(
        "SELECT key FROM procedures_item WHERE key LIKE 'bleed.%' ORDER BY procedures_item.\"order\" LIMIT 3"
    )
    assert [key for (key,) in rows] == ["bleed.inr", "bleed.warfarin", "bleed.hemophilia"]

    desk.open(f"{PROTOCOL}/change/")
    page.get_by_role("row", name="procedure").get_by_role("link", name="Open").click()
    text = page.get_by_role("textbox", name="English")
    text.click()
    page.keyboard.press("Control+A")
    page.evaluate(PASTE, FROM_WORD)
    expect(text.get_by_role("listitem")).to_have_count(2)
    desk.screenshot("pasted")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    [(saved,)] = server.rows("SELECT text FROM procedures_consentform")
    kept = saved if isinstance(saved, dict) else json.loads(saved)
    assert kept["en"] == "<p><strong>Before</strong> you come</p><ul><li>Nothing to eat</li><li>Water until 8</li></ul>"
    assert "En lege tar en liten" in kept["nb"]

    # A row that is new gets its editor, too.
    desk.open(f"{PROTOCOL}/change/")
    page.get_by_role("heading", name="About the procedure").click()
    page.get_by_text("Add another About the procedure").click()
    new = page.locator(".form-group", has=page.locator("#id_about-1-heading-en"))
    new.get_by_role("textbox", name="English").last.fill("Call the ward.")
    desk.screenshot("new-text")
    assert page.locator("#id_about-1-html-en").input_value() == "<p>Call the ward.</p>"


def test_a_rule_is_put_first_without_scripts(server: Server, tablet_factory: TabletFactory) -> None:
    desk = tablet_factory(viewport={"width": 1180, "height": 820}, java_script_enabled=False)
    sign_in(desk.page, server, "editor")
    desk.open(f"{PROTOCOL}/change/")
    desk.page.get_by_role("row", name="procedure").get_by_role("link", name="Open").click()
    rules = desk.page.locator(".rows", has=desk.page.get_by_test_id("rules-0"))
    rules.get_by_text("Add", exact=True).click()
    new = rules.get_by_role("group", name="New").first
    new.get_by_label("Who", exact=False).fill("self; 1 of parent-1, parent-2")
    new.get_by_label("Only when").fill("subject.age_years >= 15")
    new.get_by_label("Order").fill("5")
    desk.page.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_text("was changed successfully")).to_be_visible()
    first = rules.get_by_role("group", name="Row 1")
    expect(first.get_by_label("Who", exact=False)).to_have_value("self; 1 of parent-1, parent-2")
    expect(first.get_by_text("the patient is at least 15 years old")).to_be_visible()
    desk.screenshot("rule")


def test_a_draft_is_tried_on_a_tablet_that_keeps_nothing(server: Server, tablet_factory: TabletFactory) -> None:
    desk = tablet_factory()
    page = desk.page
    sign_in(page, server, "editor")
    page.goto(f"{server.url}{PROTOCOL}/change/")
    page.get_by_test_id("preview").click()
    hands = Hands(desk)
    expect(hands.on("preview-line")).to_contain_text("000000")
    expect(hands.on("patient-name")).to_have_text("Sample patient")
    give_inr(hands, "3.1")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_visible()
    hands.choose("bleed.hemophilia", "no")
    hands.number("bleed.inr", "2.0")
    hands.number("bleed.platelets", "180")
    desk.screenshot("preview")
    hands.sign("bleeding", "performed", "preview-0", pin="000000")
    expect(hands.on("signature-bleeding-performed")).to_contain_text("Nurse")
    assert server.rows("SELECT COUNT(*) FROM procedures_entry") == [(0,)]

    page.reload()
    expect(hands.on("patient-name")).to_have_text("Sample patient")
    hands.phase("bleeding")
    expect(hands.on("item-bleed.inr")).to_be_hidden()
    page.get_by_role("link", name="Back to the draft").click()
    expect(page.get_by_test_id("preview")).to_be_visible()

    # A phase that is to be read aloud shows one question at a time, and the next when it is answered here.
    page.get_by_role("row", name="bleeding").get_by_role("link", name="Open").click()
    page.get_by_label("Read aloud").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.goto(f"{server.url}{PROTOCOL}/preview/")
    hands.phase("bleeding")
    expect(hands.on("aloud")).to_have_attribute("data-at", "1")
    hands.choose("bleed.hemophilia", "no")
    expect(hands.on("aloud")).to_have_attribute("data-at", "2")
    hands.tap("aloud-back")
    expect(hands.on("item-bleed.hemophilia")).to_be_visible()
    hands.tap("aloud-next")
    expect(hands.on("item-bleed.warfarin")).to_be_visible()
    # A question that is left for later is not forgotten at the end, nor is what waits for it (the INR).
    hands.tap("aloud-next")
    hands.number("bleed.platelets", "180")
    expect(hands.on("aloud-left")).to_contain_text("2 left")
    desk.screenshot("aloud-left")
    hands.tap("aloud-open")
    expect(hands.on("item-bleed.warfarin")).to_be_visible()
    # Answered, it brings another question with it: that is next, and not the one behind it.
    hands.choose("bleed.warfarin", "yes")
    expect(hands.on("item-bleed.inr")).to_be_visible()
    hands.number("bleed.inr", "3.1")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_visible()
    desk.screenshot("aloud-held")
    hands.tap("aloud-how-list")
    expect(hands.on("aloud")).to_be_hidden()
