"""Who works on a tablet: a PIN that is forgotten, and PINs that are guessed."""

from playwright.sync_api import expect

from tests.journeys.hands import PIN, Hands
from tests.journeys.harness import Server, TabletFactory

NEW_PIN = "805317"


def test_a_forgotten_pin_is_chosen_anew_and_nothing_is_lost(server: Server, tablet_factory: TabletFactory) -> None:
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol("nora", "nora-demo-pass")
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.expect_sent()
    server.kill()
    hands.phase("bleeding")
    hands.choose("bleed.warfarin", "no")
    expect(hands.on("item-bleed.warfarin")).to_have_attribute("data-state", "answered")
    hands.lock()

    server.start()
    hands.tap("person-nora")
    hands.tap("forgotten")
    hands.tablet.screenshot("forgotten")
    hands.tap("forgotten-go")
    expect(hands.on("enrol-username")).to_have_value("nora")
    hands.on("enrol-password").fill("nora-demo-pass")
    hands.tap("enrol-next")
    hands.type_pin(NEW_PIN)
    hands.type_pin(NEW_PIN)
    expect(hands.on("signed-in-as")).to_be_visible(timeout=30_000)
    hands.network_is_back()
    hands.expect_sent()
    hands.choose("bleed.hemophilia", "no")
    hands.expect_sent()
    assert server.rows("SELECT COUNT(*) FROM procedures_entry WHERE type = 'answer.given'") == [(2,)]
    assert "entries verify" in server.manage("verify_journal")

    hands.lock()
    expect(hands.page.get_by_test_id("person-nora")).to_have_count(1)
    hands.tap("person-nora")
    hands.type_pin(PIN)
    expect(hands.on("pin-said")).to_contain_text("not the right PIN")
    hands.type_pin(NEW_PIN)
    expect(hands.on("signed-in-as")).to_be_visible(timeout=30_000)


def test_guessed_pins_wait_longer_and_longer_also_after_a_kill(server: Server, tablet_factory: TabletFactory) -> None:
    tablet = tablet_factory()
    hands = Hands(tablet)
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol("nora", "nora-demo-pass")
    hands.lock()
    hands.tap("person-nora")
    for _ in range(4):
        hands.type_pin("111222")
        expect(hands.on("pin-1")).to_be_enabled(timeout=30_000)
    hands.type_pin("111222")
    expect(hands.on("pin-said")).to_contain_text("Wait")
    tablet.screenshot("waiting")
    tablet.kill()
    tablet.start()
    hands.open()
    hands.tap("person-nora")
    # It was killed within 30 seconds of waiting: they are not forgotten.
    expect(hands.on("pin-said")).to_contain_text("Wait")
    expect(hands.on("pin-1")).to_be_disabled()
    expect(hands.on("pin-1")).to_be_enabled(timeout=60_000)
    hands.type_pin(PIN)
    expect(hands.on("signed-in-as")).to_be_visible(timeout=30_000)
