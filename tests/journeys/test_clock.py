"""A tablet whose clock is a year off: it says so, and what is written on it stands where it belongs."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize(
    ("off", "locale", "said"),
    [
        (timedelta(days=365), "en-GB", "365 days ahead"),
        (timedelta(days=-365), "nb-NO", "365 døgn etter"),
    ],
)
def test_a_year_off(server: Server, tablet_factory: TabletFactory, off: timedelta, locale: str, said: str) -> None:
    people = {person["username"]: person["password"] for person in server.seed["people"]}
    tablet = tablet_factory(locale=locale)
    tablet.context.clock.set_system_time(datetime.now(UTC) + off)
    hands = Hands(tablet)
    hands.open()
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol("nora", people["nora"])
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.expect_sent()

    hands.tap("sync-status")
    expect(hands.on("clock")).to_have_text(said)
    expect(hands.on("clock-wrong")).to_be_visible()
    expect(hands.on("count-needs-help")).to_have_text("0")
    for width, height in ((820, 1180), (1180, 820)):
        tablet.resize(width, height)
        for scheme in SCHEMES:
            tablet.colour_scheme(scheme)
            tablet.screenshot(f"{width}-{scheme}")
