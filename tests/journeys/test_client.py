"""examples/client.py, written from docs/wire-format.md alone, against a real server: page and code cannot drift."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.harness import Server
from tests.journeys.services import ROOT


@pytest.mark.databases
def test_a_client_written_from_the_page_alone_goes_all_the_way(server: Server, folder: Path) -> None:
    first, second = server.tablet_codes(2)
    nurse, colleague = [person for person in server.seed["people"] if person["role"] == "nurse"][:2]

    said = run_client(folder, server.url, first, nurse["username"], nurse["password"])
    assert "started at position 0 with 0 rows of open cases" in said
    written = server.rows("SELECT COUNT(*) FROM procedures_entry")[0][0]
    assert f"{written} receipts" in said

    # A second tablet finds the first one's case open, and the log goes on from there.
    said = run_client(folder, server.url, second, colleague["username"], colleague["password"])
    assert f"started at position {written} with {written} rows of open cases" in said
    assert f"the ward's whole log verifies: {2 * written} rows" in said
    (head,) = re.findall(r"rows to ([0-9a-f]{64})$", said, re.MULTILINE)
    assert server.rows("SELECT position, hash FROM procedures_wardlog WHERE position > 0") == [(2 * written, head)]

    assert server.rows("SELECT COUNT(*) FROM procedures_entry WHERE type = 'entry.quarantined'") == [(0,)]
    assert "entries verify" in server.manage("verify_journal")


def run_client(folder: Path, *arguments: str) -> str:
    """Run it where none of Bedside's packages can be imported; return what it printed."""
    command = [sys.executable, "-I", str(ROOT / "examples" / "client.py"), *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
