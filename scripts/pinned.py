"""Print the pinned, hashed lines of single packages from requirements-dev.txt.

A machine without uv must get uv itself, and `make run` may need Node but nothing else of the development
packages. Both shall come in the one version, and with the hashes, that the lock file names.
"""

import re
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements-dev.txt"


def pinned(name: str, lock: str) -> str:
    """Return the lock file's whole block for one package: its version and the hashes under it."""
    block = re.search(rf"^{re.escape(name)}==.*(?:\n[ ]+--hash=.*)+", lock, re.MULTILINE)
    if block is None:
        raise SystemExit(f"{LOCK.name} pins no {name}.")
    return block[0].removesuffix("\\").rstrip()


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        sys.stdout.write(pinned(wanted, LOCK.read_text("utf-8")) + "\n")
