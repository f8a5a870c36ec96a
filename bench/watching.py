"""Notes of instants, taken in the page itself: of key derivations, of taps, and of paintings of what is waited for."""

import json
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tests.journeys.services import wait_until

PEOPLE: Final = '[data-testid^="person-"]'
QUESTIONS: Final = '[data-testid^="item-"][data-state]'
CASES: Final = 'a[data-testid^="case-"], button[data-testid^="case-"]'
# Instants are ms since the navigation began, the service worker's start included.
SCRIPT: Final = """
(() => {
  const derive = crypto.subtle.deriveKey.bind(crypto.subtle);
  crypto.subtle.deriveKey = async (...how) => {
    window.deriving_ms = performance.now();
    try { return await derive(...how); } finally { window.derived_ms = performance.now(); }
  };
  addEventListener("click", (event) => { window.tapped_ms = event.timeStamp; }, true);
  window.paintedWhen = (holds) => {
    window.painted_ms = null;
    const look = () => {
      if (!holds()) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => { window.painted_ms = performance.now(); }));
    };
    look();
  };
})();
"""


@dataclass(frozen=True)
class Legs:
    """Ms of one cold start."""

    lock_ms: float
    phase_ms: float


def call(selector: str, count: int) -> str:
    """The script that notes when so many are painted."""
    return f"paintedWhen(() => document.querySelectorAll({json.dumps(selector)}).length === {count});"


def await_painted(page: Page, selector: str, count: int) -> None:
    """Note from now on when so many are painted; `painted_ms` gives it."""
    page.evaluate(call(selector, count))


def painted_ms(page: Page) -> float:
    wait_until(lambda: page.evaluate("painted_ms") is not None, "it is painted")
    return float(page.evaluate("painted_ms"))


def slow_down(page: Page, times: int) -> None:
    """Slow the page's CPU down so many times; 1 is as it is."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
