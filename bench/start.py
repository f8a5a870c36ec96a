"""Cold start without a server: to a usable lock screen, then from the PIN to 35 questions; beside a page by hand."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from tests.journeys.hands import PIN
from tests.journeys.harness import Tablet, TabletFactory
from tests.journeys.services import Backing, Server, free_port, service_environment, wait_until

from . import browser, questions, ward, watching
from .rounds import rounds
from .servers import Program
from .watching import Legs

RUNS: Final = rounds(9)
SLOWER: Final = 4
SIZE: Final = {"width": 820, "height": 1180}
_PAGE: Final = Path(__file__).parent / "page"


@dataclass(frozen=True)
class Start:
    """Ms of every run of both pages, and the browser's version.

    `lock`: from navigation to a usable lock screen; `phase`: from the end of the key derivation to usable questions.
    """

    bedside: list[Legs]
    plain: list[Legs]
    chromium: str


def measure(folder: Path) -> Start:
    """Install both pages in one profile, end their servers, then start the browser anew for each run of each."""
    with sync_playwright() as playwright, installed(folder / "var") as (server, plain):
        tablet = TabletFactory(playwright, folder, folder, server)()
        try:
            chromium, case = install(tablet, server, plain)
            plain.end()
            server.kill()
            tablet.close()
            addresses = (f"{server.url}/tablet/#/case/{case}/{questions.PHASE}", plain.url)
            runs = [cold(tablet, address) for _ in range(RUNS) for address in addresses]
        finally:
            tablet.close()
    return Start(runs[0::2], runs[1::2], chromium)


@contextlib.contextmanager
def installed(folder: Path) -> Iterator[tuple[Server, Program]]:
    """Bedside as `make run` starts it, and a server of files for the plain page."""
    server = Server(folder, backing=Backing(), content=questions.content_file(folder.parent))
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


def install(tablet: Tablet, server: Server, plain: Program) -> tuple[str, str]:
    """One nurse and a case on both, and both service workers in charge; the browser's version and the case's id."""
    hands, (case,) = ward.filled(tablet, server, 1)
    await_worker(tablet.page)
    nurse = ward.nurse_of(server)
    tablet.page.goto(plain.url)
    person = {"username": nurse["username"], "name": nurse["name"], "role": "Nurse"}
    given = ", ".join(map(json.dumps, (person, PIN, questions.items())))
    tablet.page.evaluate(f"install({given})")
    await_worker(tablet.page)
    browser = hands.tablet.context.browser
    return (browser.version if browser else str(tablet.page.evaluate("navigator.userAgent"))), case


def await_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(lambda: bool(page.evaluate("navigator.serviceWorker.controller !== null")), "the worker is in charge")


def cold(tablet: Tablet, address: str) -> Legs:
    """Both legs in a browser that was just started; whether the questions are usable is then tried by a tap."""
    script = watching.SCRIPT + watching.call(watching.PEOPLE, 1)
    with browser.started(tablet.executable, tablet.profile, slower=SLOWER, script=script, **SIZE) as page:
        page.ask("Page.navigate", url=address)
        lock_ms = float(page.wait_for("window.painted_ms"))
        page.tap(watching.PEOPLE)
        page.value(watching.call(watching.QUESTIONS, questions.COUNT))
        for digit in PIN:
            page.tap(f'[data-testid="pin-{digit}"]')
        phase_ms = float(page.wait_for("painted_ms")) - float(page.value("derived_ms"))
        answers = [f'[data-testid="choice-{questions.yes_no()[0]}-{each}"]' for each in ("yes", "no")]
        other = next(each for each in answers if not page.value(f"{pressed(each)}"))
        page.tap(other)
        page.wait_for(pressed(other))
    return Legs(lock_ms, phase_ms)


def pressed(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)}).getAttribute('aria-pressed') === 'true'"
