"""Take the README's pictures from a running demo, at a ward tablet's size, upright and on its side, light and dark."""

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from procedures.demo.people import PIN
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, Tablet
from tests.journeys.services import Backing

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
UPRIGHT, LYING = (820, 1180), (1180, 820)
_LOOPS = (0.34, 0.1, 0.12, 0.26, 0.11, 0.09, 0.1, 0.07)


def _running_hand() -> Iterator[tuple[float, float]]:
    """Somebody's name: loops of these heights, leaning to the right; in parts of the glass."""
    for step in range(20 * len(_LOOPS)):
        turned = 2 * math.pi * (step / 20 - 0.25)
        up = _LOOPS[step // 20] * (1 + math.sin(turned)) / 2
        yield 0.13 + step / 235 + 0.035 * math.cos(turned) + up / 5, 0.6 - 1.6 * up


SIGNATURE = [list(_running_hand()), [(0.2, 0.82), (0.55, 0.78), (0.86, 0.7)]]


class Visitor(Hands):
    """Somebody who shows the demo, and takes pictures of it."""

    def arrive(self, username: str) -> None:
        self.tablet.open("/")
        self.tap(f"be-{username}")
        self.on("signed-in-as").wait_for()

    def open_case(self, number: str, phase: str) -> None:
        """Of the child whose identifier ends so."""
        self.page.get_by_text(f"-{number} ·").click()
        self.phase(phase)

    def picture(self, name: str, size: tuple[int, int], scheme: Literal["light", "dark"], *, at: str = "") -> None:
        """As it looks with an item in the middle of the screen, or from its beginning."""
        self.tablet.resize(*size)
        self.tablet.colour_scheme(scheme)
        if at:
            self.on(at).evaluate("it => it.scrollIntoView({block: 'center'})")
        self.tablet.screenshot(name)


@contextmanager
def demo(folder: Path) -> Iterator[Server]:
    server = Server(folder / "var", backing=Backing(), demo=True)
    server.prepare()
    try:
        server.start()
        yield server
    finally:
        server.kill()


def show(visitor: Visitor) -> None:
    """Two minutes of the demo."""
    visitor.arrive("nora")
    visitor.tap("demo-skip")
    visitor.page.get_by_text("-02 ·").wait_for()
    visitor.picture("ward", UPRIGHT, "light")
    visitor.open_case("01", "bleeding")
    visitor.picture("stop", UPRIGHT, "light", at="item-bleed.inr")
    visitor.tap("home")
    visitor.open_case("05", "bleeding")
    visitor.picture("disagree", UPRIGHT, "dark", at="item-bleed.inr")
    visitor.tap("home")
    consent(visitor)
    visitor.tap("home")
    visitor.tap("demo-tour")
    visitor.tap("demo-cut")
    visitor.open_case("08", "preparation")
    visitor.choose("prep.bleeding_again", "yes")
    visitor.sign("preparation", "performed", "nora", pin=PIN)
    visitor.picture("cut", LYING, "light", at="signature-preparation-performed")
    prove(visitor)


def consent(visitor: Visitor) -> None:
    """The parent who was missing signs; what the auditor sees of it."""
    visitor.page.get_by_text("-03 ·").click()
    visitor.consent("procedure")
    visitor.tap("decide")
    visitor.fill_paper(name="Lars Holmgren", relation="parent-2")
    visitor.draw(*SIGNATURE)
    visitor.picture("glass", UPRIGHT, "light", at="signature-field")
    visitor.tap("paper-next")
    visitor.tap("checked-known")
    visitor.prove("decide-dialog", "nora", pin=PIN)
    visitor.expect_sent()
    desk = visitor.tablet.context.new_page()
    desk.set_viewport_size({"width": LYING[0], "height": LYING[1]})
    desk.goto(visitor.tablet.url)
    desk.get_by_test_id("be-arne").click()
    desk.get_by_role("link", name="-03").first.click()
    desk.get_by_role("link", name="All of the consent").first.click()
    desk.screenshot(path=PICTURES / "record.png")
    desk.close()


def prove(visitor: Visitor) -> None:
    visitor.tap("demo-cut")
    with visitor.tablet.context.expect_page() as opened:
        visitor.tap("demo-row")
    opened.value.get_by_text("-08").wait_for()
    opened.value.close()
    visitor.tap("demo-verify")
    visitor.on("demo-verdict").wait_for()
    visitor.picture("green", LYING, "dark")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bedside-pictures-") as name, sync_playwright() as playwright:
        folder = Path(name)
        with demo(folder) as server:
            tablet = Tablet(
                playwright,
                url=server.url,
                profile=folder / "profile",
                screenshots=PICTURES,
                pictures=True,
                timezone_id="Europe/Oslo",
            )
            tablet.start()
            try:
                show(Visitor(tablet))
            finally:
                tablet.close()


if __name__ == "__main__":
    main()
