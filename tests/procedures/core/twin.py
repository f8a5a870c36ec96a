"""The TypeScript core as a process that answers JSON lines, to be held against the Python core."""

import base64
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from procedures.core import canonical
from procedures.core.book import Written
from procedures.core.fold import fold
from procedures.core.readiness import readiness
from procedures.core.release import Release, parse
from tests.procedures.core.histories import as_json
from tests.procedures.core.shorthand import Person

FRONTEND = Path(__file__).parents[3] / "frontend"
Moments = Iterable[tuple[int, int]]


class Twin:
    """Bundles frontend/src/testing/twin.ts with the frontend's own tools and runs it until closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        bundle = Path(self._folder.name) / "twin.mjs"
        tool = FRONTEND / "node_modules" / ".bin" / "rolldown"
        command = [str(tool), "src/testing/twin.ts", "--file", str(bundle), "--format", "esm", "--platform", "node"]
        subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
        self._process = subprocess.Popen(["node", bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request: Mapping[str, Any]) -> bytes:
        """The answer to one request: canonical JSON."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(orjson.dumps(request) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the twin has died"
        return answer.rstrip(b"\n")

    def learn(self, data: bytes) -> Release:
        """Give it a frozen release."""
        release = parse(data)
        self.ask({"op": "release", "digest": release.digest, "text": data.decode()})
        return release

    def decode(self, data: bytes, op: str = "decode") -> Any:
        return orjson.loads(self.ask({"op": op, "base64": base64.b64encode(data).decode()}))

    def judge(
        self, release: Release, entries: Iterable[Written], certificates: Mapping[str, Person], moments: Moments
    ) -> bytes:
        """[state, [readiness at each moment]] in canonical bytes, by the TypeScript core."""
        request = {
            "op": "case",
            "release": release.digest,
            "entries": [
                {"digest": each.digest, "entry": as_json(each.entry), "private": each.private} for each in entries
            ],
            "certificates": certificates,
            "moments": list(moments),
        }
        return self.ask(request)

    def __enter__(self) -> "Twin":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()
        self._folder.cleanup()


def judge(release: Release, entries: Iterable[Written], certificates: Mapping[str, Person], moments: Moments) -> bytes:
    """The same by the Python core."""
    state = fold(entries)
    return canonical.encode([state, [readiness(release, certificates, state, *moment) for moment in moments]])
