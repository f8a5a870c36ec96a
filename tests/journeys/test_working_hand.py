"""Whoever works with the left hand has keypads and main buttons under it, and no one else on the same tablet has."""

from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory


def side_of(hands: Hands, control: str, other: str) -> str:
    """On which side of the other the control stands; "neither" where one stands above the other."""
    boxes = [hands.on(testid).bounding_box() for testid in (control, other)]
    (left, right), (other_left, other_right) = [(box["x"], box["x"] + box["width"]) for box in boxes if box is not None]
    return "left" if right <= other_left else "right" if left >= other_right else "neither"


def sides_in_a_case(hands: Hands) -> dict[str, str]:
    """Of the questions beside the phases, a keypad beside its reading, a PIN pad beside its people, two buttons."""
    sides = {"questions": side_of(hands, "phase-screen-bleeding", "phase-bleeding")}
    hands.tap("answer-bleed.platelets")
    sides["keypad"] = side_of(hands, "pad-5", "pad-display")
    hands.tap("dialog-close")
    hands.tap("sign-bleeding-performed")
    sides["pin"] = side_of(hands, "pin-5", "signer-nora")
    hands.tap("dialog-close")
    hands.tap("consent-procedure")
    hands.tap("decide")
    sides["main button"] = side_of(hands, "paper-next", "paper-discard")
    hands.tap("dialog-close")
    hands.phase("bleeding")
    return sides


def test_controls_stand_under_the_hand_that_works(server: Server, tablet_factory: TabletFactory) -> None:
    hands = Hands(tablet_factory(viewport={"width": 1180, "height": 820}))
    hands.register(server.seed["tablet_codes"][0])
    for username in ("noah", "nora"):
        hands.enrol(username, f"{username}-demo-pass")
        hands.lock()
    hands.unlock("nora")
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.phase("bleeding")
    hands.choose("bleed.hemophilia", "no")
    hands.choose("bleed.warfarin", "no")
    hands.number("bleed.platelets", "180")
    assert set(sides_in_a_case(hands).values()) == {"right"}

    hands.tap("settings")
    hands.tap("hand-left")
    expect(hands.on("hand-left")).to_have_attribute("aria-pressed", "true")
    hands.tap("dialog-close")
    assert set(sides_in_a_case(hands).values()) == {"left"}
    hands.tablet.screenshot("left")

    # It is hers, and stays: for her colleague nothing has moved.
    hands.lock()
    hands.unlock("noah")
    hands.phase("bleeding")
    assert set(sides_in_a_case(hands).values()) == {"right"}
    hands.page.reload()
    hands.unlock("nora")
    assert set(sides_in_a_case(hands).values()) == {"left"}
