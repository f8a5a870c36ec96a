"""A tablet whose ward has many open cases: how long a tap takes until it is saved and seen, and an unlocking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.hands import PIN, Hands
from tests.journeys.harness import Tablet, TabletFactory
from tests.journeys.services import Backing, Server

from . import ingest, questions, watching
from .rounds import rounds

TAP_CASES: Final = 200
TAPS: Final = rounds(72)
UNLOCK_CASES: Final = 1000
UNLOCKS: Final = rounds(9)
SLOWER: Final = 4
PULLED_WITHIN_MS: Final = 300_000


@dataclass(frozen=True)
class Taken:
    """Ms of each time, by how many times slower the CPU was made."""

    times_ms: dict[int, list[float]]


def nurse_of(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = next(person for person in server.seed["people"] if person["role"] == "nurse")
    return found


def filled(tablet: Tablet, server: Server, cases: int) -> tuple[Hands, list[str]]:
    """A nurse on the tablet, with so many open cases that another tablet wrote; the cases' ids."""
    code, other = server.tablet_codes(2)
    nurse = nurse_of(server)
    ids = questions.open_cases(ingest.enrolled(server.url, other, nurse), cases)
    hands = Hands(tablet)
    hands.register(code)
    hands.enrol(nurse["username"], nurse["password"])
    expect(hands.page.locator(watching.CASES)).to_have_count(cases, timeout=PULLED_WITHIN_MS)
    hands.expect_sent()
    return hands, ids


@contextmanager
def cut_off(folder: Path, cases: int) -> Iterator[tuple[Hands, list[str], str]]:
    """A tablet with so many open cases and its server dead; the hands on it, the ids, and the nurse's user name."""
    server = Server(folder / "var", backing=Backing(), content=questions.content_file(folder))
    server.prepare()
    server.start()
    with sync_playwright() as playwright:
        tablet = TabletFactory(playwright, folder, folder, server)()
        tablet.context.add_init_script(watching.SCRIPT)
        try:
            hands, ids = filled(tablet, server, cases)
            server.kill()
            yield hands, ids, nurse_of(server)["username"]
        finally:
            tablet.close()
            server.kill()


def taps(folder: Path) -> Taken:
    """Tap yes and no in turn on the yes-no questions of one case."""
    with cut_off(folder, TAP_CASES) as (hands, ids, _):
        hands.page.evaluate(f"location.hash = '#/case/{ids[0]}/{questions.PHASE}'")
        hands.on(f"phase-screen-{questions.PHASE}").wait_for()
        return Taken({1: tapped(hands.page, 1), SLOWER: tapped(hands.page, SLOWER)})


def tapped(page: Page, slower: int) -> list[float]:
    watching.slow_down(page, slower)
    return [one_tap(page, number) for number in range(TAPS)]


def one_tap(page: Page, number: int) -> float:
    """Ms from the tap to the frame in which the answer is marked and counted as saved."""
    keys = questions.yes_no()
    name = f"choice-{keys[number % len(keys)]}-"
    answered = page.get_by_test_id(name + "yes").get_attribute("aria-pressed") == "true"
    option = name + ("no" if answered else "yes")
    page.evaluate(
        """(option) => {
          const saved = document.querySelector('[data-testid="saved"]');
          const before = saved.dataset.saves;
          const button = () => document.querySelector(`[data-testid="${option}"]`);
          paintedWhen(() => saved.dataset.saves !== before && button().getAttribute("aria-pressed") === "true");
        }""",
        option,
    )
    page.get_by_test_id(option).click()
    return watching.painted_ms(page) - float(page.evaluate("tapped_ms"))


def unlocks(folder: Path) -> Taken:
    """Lock, and unlock into the ward list."""
    with cut_off(folder, UNLOCK_CASES) as (hands, _, username):
        return Taken({1: [one_unlocking(hands, username) for _ in range(UNLOCKS)]})


def one_unlocking(hands: Hands, username: str) -> float:
    """Ms from the PIN's last digit to the painted ward list, without the key derivation."""
    hands.lock()
    hands.tap(f"person-{username}")
    watching.await_painted(hands.page, watching.CASES, UNLOCK_CASES)
    hands.type_pin(PIN)
    painted_ms = watching.painted_ms(hands.page)
    return painted_ms - float(hands.page.evaluate("tapped_ms + derived_ms - deriving_ms"))
