"""Take the README's pictures from a running demo, at a ward tablet's size, upright and on its side, light and dark."""

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
    visitor.tap("demo-tour")
    visitor.tap("demo-cut")
    visitor.open_case("08", "preparation")
    visitor.choose("prep.bleeding_again", "yes")
    visitor.sign("preparation", "performed", "nora", pin=PIN)
    visitor.picture("cut", LYING, "light", at="signature-preparation-performed")
    prove(visitor)


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
