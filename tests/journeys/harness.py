"""What journeys are made of: real services and real browsers, each of which can be killed.

Nothing here is simulated. A tablet is a Chromium with a profile on disk, and after its kill only that disk is
left; the services are in services.py and named here too, so that a journey imports from one place.
"""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Playwright, WebError

from tests.journeys.services import Server, Worker, wait_until

__all__ = ["Server", "Tablet", "TabletFactory", "Worker", "browser_pid", "wait_until"]

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Tablet:
    """A Chromium with a profile on disk, the size of a ward tablet, with touch.

    `network_may_fail` says whether failed requests are no error by now: the server was killed at some time.
    """

    def __init__(
        self,
        playwright: Playwright,
        *,
        url: str,
        profile: Path,
        screenshots: Path,
        pictures: bool,
        network_may_fail: Callable[[], bool] = lambda: False,
        **options: Any,
    ) -> None:
        self._playwright = playwright
        self.profile = profile
        self._screenshots = screenshots
        self._pictures = pictures
        self._network_may_fail = network_may_fail
        self._was_offline = False
        self._expected: list[re.Pattern[str]] = []
        self._context: BrowserContext | None = None
        self.url = url
        self._flags = [*CHROMIUM_FLAGS, *options.pop("args", [])]
        self.options: dict[str, Any] = {
            "viewport": {"width": 820, "height": 1180},
            "has_touch": True,
            "locale": "en-GB",
        } | options
        self.errors: list[str] = []

    @property
    def context(self) -> BrowserContext:
        if self._context is None:
            raise RuntimeError("This tablet is switched off.")
        return self._context

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    @property
    def executable(self) -> str:
        """The browser that all tablets run: the machine's, or else the one that came with Playwright."""
        return str(CHROMIUM) if CHROMIUM.exists() else self._playwright.chromium.executable_path

    def start(self) -> None:
        """Switch on, with whatever the profile holds; `options` are those of launch_persistent_context."""
        self._context = self._playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=self.executable,
            args=self._flags,
            # What a killed browser leaves in its temporary folder goes with the journey's.
            env={**os.environ, "TMPDIR": str(self.profile.parent)},
            **self.options,
        )
        self._context.on("console", self._note_console)
        self._context.on("weberror", self._note_exception)

    def open(self, path: str) -> Page:
        self.page.goto(urljoin(self.url, path))
        return self.page

    def kill(self) -> None:
        """SIGKILL to the browser and all its processes; return when none is left. The profile stays."""
        group = os.getpgid(browser_pid(self.profile))
        if group == os.getpgrp():
            raise RuntimeError("The browser shares the tests' process group; killing it would end them too.")
        os.killpg(group, signal.SIGKILL)
        wait_until(lambda: not group_runs(group), "the browser's processes are gone")
        self.close()

    def close(self) -> None:
        """Switch off in order; harmless when it is off."""
        if self._context is not None:
            with contextlib.suppress(Error):
                self._context.close()
            self._context = None

    def offline(self, off: bool) -> None:
        """Cut or mend this tablet's network, its service worker's too."""
        self._was_offline = self._was_offline or off
        self.context.set_offline(off)

    @contextlib.contextmanager
    def slow(self, times: int) -> Generator[None]:
        """Let the page's processor be so many times slower for a while."""
        browser = self.context.new_cdp_session(self.page)
        browser.send("Emulation.setCPUThrottlingRate", {"rate": times})
        yield
        browser.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        browser.detach()

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def colour_scheme(self, scheme: Literal["light", "dark"]) -> None:
        self.page.emulate_media(color_scheme=scheme)

    def screenshot(self, name: str) -> None:
        """Take a picture, where somebody will look at it: each takes longer than most taps."""
        if self._pictures:
            self.page.screenshot(path=self._screenshots / f"{name}.png")

    def last_screenshot(self, name: str) -> None:
        """Take a picture of what failed, if there is still something to see."""
        with contextlib.suppress(Error, RuntimeError, IndexError):
            self.page.screenshot(path=self._screenshots / f"{name}.png")

    def expect_error(self, pattern: str) -> None:
        """Say beforehand that the console will show an error like this: a refusal that the test is about."""
        self._expected.append(re.compile(pattern))

    def unexpected_errors(self) -> list[str]:
        return [error for error in self.errors if not self._is_expected(error)]

    def _is_expected(self, error: str) -> bool:
        network = self._was_offline or self._network_may_fail()
        return (network and "net::ERR_" in error) or any(p.search(error) for p in self._expected)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} ({message.location.get('url')})")

    def _note_exception(self, error: WebError) -> None:
        self.errors.append(f"uncaught: {error.error}")


class TabletFactory:
    """Makes tablets for one journey: `tablet_factory()`, `tablet_factory(color_scheme="dark")`.

    Keywords are Playwright's for a browser context; a `url` other than the server's may be named too.
    """

    def __init__(
        self, playwright: Playwright, folder: Path, screenshots: Path, server: Server | None, *, pictures: bool = False
    ) -> None:
        self._playwright = playwright
        self._folder = folder
        self._screenshots = screenshots
        self._server = server
        self._pictures = pictures
        self.tablets: list[Tablet] = []

    def __call__(self, *, url: str | None = None, **options: Any) -> Tablet:
        server = self._server
        tablet = Tablet(
            self._playwright,
            url=url or (server.url if server else ""),
            profile=self._folder / f"profile-{len(self.tablets)}",
            screenshots=self._screenshots,
            pictures=self._pictures,
            network_may_fail=lambda: server is not None and server.had_outage,
            **options,
        )
        self.tablets.append(tablet)
        tablet.start()
        return tablet


def browser_pid(profile: Path) -> int:
    """Return the main process of the Chromium on this profile: its arguments name it, and no type."""
    wanted = f"--user-data-dir={profile}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            if wanted in arguments and not any(a.startswith(b"--type=") for a in arguments):
                return int(process.name)
    raise RuntimeError(f"No browser runs on {profile}.")


def group_runs(group: int) -> bool:
    """Tell whether any process of a group still runs; one that is dead but not yet reaped does not."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False
