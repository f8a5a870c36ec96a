"""What the tablet keeps for its start without a network: JavaScript and CSS as gzip and Brotli leave them."""

import gzip
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.journeys.services import ROOT

STATIC: Final = ROOT / "frontend" / "static"
_BROTLI: Final = (
    "const c=[];process.stdin.on('data',d=>c.push(d)).on('end',()=>"
    "console.log(require('zlib').brotliCompressSync(Buffer.concat(c)).length))"
)


@dataclass(frozen=True)
class Size:
    """Bytes of one or several files, each compressed by itself at its method's best."""

    gzip: int
    brotli: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.gzip + other.gzip, self.brotli + other.brotli)


def measure() -> tuple[dict[str, Size], dict[str, Size]]:
    """By kind: what the aim is about, and what reads barcodes apart from it."""
    tablet = {kind: of(sorted((STATIC / "tablet").rglob(f"*.{kind}"))) for kind in ("js", "css")}
    reader = {kind: of(sorted((STATIC / "scanner").rglob(f"*.{kind}"))) for kind in ("js", "wasm")}
    return tablet, reader


def of(files: list[Path]) -> Size:
    return sum((compressed(file.read_bytes()) for file in files), Size(0, 0))


def compressed(data: bytes) -> Size:
    return Size(len(gzip.compress(data, compresslevel=9, mtime=0)), brotli(data))


def brotli(data: bytes) -> int:
    """Bytes after Brotli at its best, by node's own zlib, which is there since it built them."""
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run = subprocess.run(
        ["/usr/bin/env", "node", "-e", _BROTLI], input=data, capture_output=True, check=True, env={"PATH": path}
    )
    return int(run.stdout)
