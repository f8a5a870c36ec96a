"""Cold start: from navigation to a usable lock screen without a server, beside a hand-written page like it."""

import contextlib
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from tests.journeys.hands import Hands
from tests.journeys.harness import Tablet, TabletFactory
from tests.journeys.services import Backing, Server, free_port, service_environment, wait_until

from .servers import Program

RUNS: Final = 9
SLOWER: Final = 4
_PAGE: Final = Path(__file__).parent / "page"
# Notes when a person's button has been painted: ms since the navigation began, the service worker's start included.
_WATCH: Final = """
(() => {
  const look = () => {
    if (document.querySelector('[data-testid^="person-"]') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => { window.usable_ms = performance.now(); }));
  };
  look();
})();
"""


@dataclass(frozen=True)
class Start:
    """Ms from navigation to a usable lock screen, every run; and the browser's version."""

    bedside_ms: list[float]
    plain_ms: list[float]
    chromium: str

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.bedside_ms), statistics.median(self.plain_ms)


def measure(folder: Path) -> Start:
    """Install both pages in one profile, end their servers, then start the browser anew for each run of each."""
    with sync_playwright() as playwright, installed(folder / "var") as (server, plain):
        tablet = TabletFactory(playwright, folder, folder, server)()
        try:
            chromium = install(tablet, server, plain)
            plain.end()
            server.kill()
            tablet.close()
            runs = [cold(tablet, address) for _ in range(RUNS) for address in (f"{server.url}/tablet/", plain.url)]
        finally:
            tablet.close()
    return Start(runs[0::2], runs[1::2], chromium)


@contextlib.contextmanager
def installed(folder: Path) -> Iterator[tuple[Server, Program]]:
    """Bedside as `make run` starts it, and a server of files for the plain page."""
    server = Server(folder, backing=Backing())
    server.prepare()
    port = free_port()
    command = f"exec {sys.executable} -m http.server --bind 127.0.0.1 --directory {_PAGE} {port}"
    plain = Program(command, service_environment(folder, port=port), folder / "page.log", port, answers_at="/")
    try:
        server.start()
        yield server, plain
    finally:
        server.kill()
        plain.end()


def install(tablet: Tablet, server: Server, plain: Program) -> str:
    """One nurse on both, and both service workers in charge; the browser's version."""
    nurse = next(person for person in server.seed["people"] if person["role"] == "nurse")
    hands = Hands(tablet)
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol(nurse["username"], nurse["password"])
    hands.expect_sent()
    await_worker(tablet.page)
    tablet.page.goto(plain.url)
    person = {"username": nurse["username"], "name": nurse["name"], "role": "Nurse"}
    tablet.page.evaluate(f"addPerson({json.dumps(person)})")
    await_worker(tablet.page)
    browser = tablet.context.browser
    return browser.version if browser else str(tablet.page.evaluate("navigator.userAgent"))


def await_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(lambda: bool(page.evaluate("navigator.serviceWorker.controller !== null")), "the worker is in charge")


def cold(tablet: Tablet, address: str) -> float:
    """Ms from navigation to usable, in a browser that was just started; usable is then tried by a tap."""
    tablet.start()
    tablet.context.add_init_script(_WATCH)
    page = tablet.page
    tablet.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    wait_until(lambda: page.evaluate("window.usable_ms") is not None, "the lock screen is usable")
    took_ms = float(page.evaluate("window.usable_ms"))
    page.locator('[data-testid^="person-"]').first.click()
    page.get_by_test_id("pin-pad").wait_for()
    tablet.close()
    return took_ms
