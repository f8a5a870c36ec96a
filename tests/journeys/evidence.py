"""An export as an auditor has it: read from the zip alone, judged by the pure core."""

import json
import zipfile
from pathlib import Path
from typing import Any

from procedures.core import canonical, entry, release
from procedures.core.fold import Written, fold
from procedures.core.readiness import readiness
from procedures.core.seal import Certificate
from tests.journeys.harness import Server


class Evidence:
    """One case's export, identified, and what its entries amount to."""

    def __init__(self, server: Server, folder: Path, case: str | None = None) -> None:
        if case is None:
            (case,) = {
                str(row[0]) for row in server.rows('SELECT "case" FROM procedures_entry WHERE "case" IS NOT NULL')
            }
        path = folder / "evidence.zip"
        server.manage("export_case", case, "--by", "arne", "--out", str(path), "--identified", "--purpose", "journey")
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        lines = [json.loads(line) for line in files["entries.jsonl"].splitlines()]
        self.path = path
        self.entries = [json.loads(line["entry"]) for line in lines]
        self.private_texts = [line["private"] for line in lines]
        self.written = [_written(line) for line in lines]
        self.signers = _signers(files["certificates.jsonl"])
        (document,) = [data for name, data in files.items() if name.startswith("releases/")]
        self.release = release.parse(document)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The entries of a type in the order of the log, each with its private part as `said`."""
        pairs = zip(self.entries, self.private_texts, strict=True)
        return [e | {"said": json.loads(text) if text else None} for e, text in pairs if e["type"] == kind]

    def judged(self, now_ms: int | None = None) -> dict[str, Any]:
        """What readiness says; by default at the instant of the last entry."""
        last = max(e["clock"]["at_ms"] + (e["clock"]["offset_ms"] or 0) for e in self.entries)
        zone_min = self.entries[-1]["clock"]["zone_min"]
        return readiness(self.release, self.signers, fold(self.written), now_ms or last, zone_min)


def _written(line: dict[str, Any]) -> Written:
    private = line["private"].encode() if line["private"] else None
    read = entry.parse(line["entry"].encode())
    return Written(line["digest"], read, entry.parse_private(read, private))


def _signers(lines: bytes) -> dict[str, Certificate]:
    texts = [json.loads(line)["certificate"] for line in lines.splitlines()]
    read = [entry.shaped(canonical.decode(text.encode()), Certificate) for text in texts]
    return {each.enrolment: each for each in read}


def paths_of(strokes: list[list[int]]) -> list[str]:
    """The SVG paths that docs/wire-format.md says strokes are."""
    return [_path(line) for line in strokes]


def _path(line: list[int]) -> str:
    steps = [f"{line[at]} {line[at + 1]}" for at in range(3, len(line), 3)]
    return f"M{line[0]} {line[1]}l{' '.join(steps) or '0 0'}"
