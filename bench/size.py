"""What the tablet downloads once: JavaScript and CSS, as gzip leaves them."""

import gzip
from pathlib import Path

from tests.journeys.services import ROOT

BUILT = ROOT / "frontend" / "static" / "tablet"


def measure() -> dict[str, int]:
    """Bytes after gzip at its best, by kind."""
    return {kind: sum(map(compressed, sorted(BUILT.rglob(f"*.{kind}")))) for kind in ("js", "css")}


def compressed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0))
