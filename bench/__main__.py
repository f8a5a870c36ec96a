"""Measure, and write docs/bench.md: `python -m bench`; `python -m bench ingest` only prints that part.

`BENCH_ROUNDS=2 python -m bench start` tries a part out with fewer rounds, `BENCH_CASES=3000` with fewer cases stored.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.journeys.services import ROOT

from . import ingest, report, size, start, stored, ward

PARTS: Final[dict[str, Callable[[Path], str]]] = {
    "ingest": lambda folder: report.of_ingest(ingest.measure(folder)),
    "stored": lambda folder: report.of_stored(stored.measure(folder)),
    "start": lambda folder: report.of_start(start.measure(folder)),
    "tap": lambda folder: report.of_taps(ward.taps(folder)),
    "unlock": lambda folder: report.of_unlocks(ward.unlocks(folder)),
    "size": lambda _: report.of_size(size.measure()),
}


def main(names: list[str]) -> None:
    machine = report.machine()  # before this program keeps it busy itself
    folder = Path(tempfile.mkdtemp(prefix="bedside-bench-"))
    parts = []
    try:
        for name in names or PARTS:
            (folder / name).mkdir()
            parts.append(PARTS[name](folder / name))
            print(parts[-1], flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not names and not {"BENCH_ROUNDS", "BENCH_CASES"} & set(os.environ):  # fewer rounds are no figures
        (ROOT / "docs" / "bench.md").write_text(report.wrapped(report.HEAD + machine + "".join(parts)).rstrip() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
