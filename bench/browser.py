"""A Chromium driven over its debugging pipe with nothing looking on, so that its pages load as they do on a tablet.

What drives pages in tests has V8 note where errors are made. Svelte makes one as it loads, to throw it later: to say
where, V8 then reads the whole script again, which took 25 ms of a start, and 100 with the CPU slowed 4 times.
"""

import contextlib
import itertools
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from tests.journeys.harness import CHROMIUM_FLAGS

PATIENCE_S: Final = 60.0
_END: Final = b"\0"
# Chromium reads commands from descriptor 3 and writes to descriptor 4.
_PIPED: Final = "import os,sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; os.execv(sys.argv[3], sys.argv[3:])"


class Browser:
    """A browser's first page. Nothing is heard of but the replies to what is asked."""

    def __init__(self, commands: IO[bytes], replies: IO[bytes]) -> None:
        self._commands = commands
        self._replies = replies
        self._numbers = itertools.count(1)
        self._read = b""
        self._session = self._attached()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """What the page replies to a command of the DevTools protocol. Raises RuntimeError with its error."""
        return self._ask({"sessionId": self._session}, method, params)

    def close(self) -> None:
        """In order, as a tablet is switched off: what the browser has not written yet, it writes."""
        self._ask({}, "Browser.close", {})

    def _attached(self) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for target in self._ask({}, "Target.getTargets", {})["targetInfos"]:
                if target["type"] == "page":
                    attached = self._ask({}, "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
                    return str(attached["sessionId"])
        raise TimeoutError("The browser has no page.")

    def _ask(self, session: dict[str, str], method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        self._commands.write(json.dumps({"id": number, "method": method, "params": params} | session).encode() + _END)
        self._commands.flush()
        reply = next(each for each in self._messages() if each.get("id") == number)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        result: dict[str, Any] = reply["result"]
        return result

    def _messages(self) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + PATIENCE_S
        while True:
            message, end, rest = self._read.partition(_END)
            if end:
                self._read = rest
                yield json.loads(message)
            elif select.select([self._replies], [], [], max(0.0, until - time.monotonic()))[0]:
                self._read += os.read(self._replies.fileno(), 1 << 20)
            else:
                raise TimeoutError("The browser says nothing.")

    def value(self, script: str) -> Any:
        """What an expression comes to in the page."""
        given = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in given:
            raise RuntimeError(f"{script}: {given['exceptionDetails']}")
        return given["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """The value of an expression as soon as it is neither null nor false."""
        until = time.monotonic() + PATIENCE_S
        while (value := self.value(script)) in (None, False):
            if time.monotonic() > until:
                raise TimeoutError(script)
            time.sleep(0.02)
        return value

    def tap(self, selector: str) -> None:
        """A touch on the middle of the first element that it names, once it is there and may be touched."""
        first = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"{first}?.disabled === false")
        middle = "({ left, top, width, height }) => [left + width / 2, top + height / 2]"
        self.value(f"{first}.scrollIntoView({{ block: 'nearest' }})")
        x, y = self.value(f"({middle})({first}.getBoundingClientRect())")
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


@contextlib.contextmanager
def started(executable: str, profile: Path, *, width: int, height: int, slower: int, script: str) -> Iterator[Browser]:
    """A cold browser with this profile; `script` runs in each page before the page's own."""
    commands_out, commands_in = os.pipe()
    replies_out, replies_in = os.pipe()
    flags = [*CHROMIUM_FLAGS, "--headless", "--hide-scrollbars", "--remote-debugging-pipe"]
    command = [executable, *flags, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        [sys.executable, "-c", _PIPED, str(commands_out), str(replies_in), *command],
        pass_fds=(commands_out, replies_in),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(profile.parent)},
    )
    os.close(commands_out)
    os.close(replies_in)
    try:
        with open(commands_in, "wb") as commands, open(replies_out, "rb", buffering=0) as replies:
            browser = Browser(commands, replies)
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            browser.ask("Emulation.setDeviceMetricsOverride", **size)
            browser.ask("Emulation.setTouchEmulationEnabled", enabled=True)
            browser.ask("Emulation.setCPUThrottlingRate", rate=slower)
            browser.ask("Page.enable")
            browser.ask("Page.addScriptToEvaluateOnNewDocument", source=script)
            yield browser
            browser.close()
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()
