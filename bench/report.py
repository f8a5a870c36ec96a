"""docs/bench.md, written from what was measured."""

import os
import platform
import re
import statistics
import textwrap
from collections.abc import Sequence
from typing import Final

from . import backlog, clients, ingest, start
from .ingest import Ingest, Run
from .start import Start

SIZE_AIM_KB: Final = 120

HEAD: Final = """# Benchmarks

`make bench` measures on this machine and writes this page. Speed is told as a ratio to a named baseline of the same
run: a ratio can be compared between machines, a number of seconds cannot. No test depends on it.
"""

INGEST: Final = """
## Ingest

Clients hand in their backlog at once, each in full batches of 200 entries over one connection. A checklist is
{entries} entries: opened, patient, planned start, {answers} answers, one signature with a drawn line of about 10 kB;
{bytes} bytes of request. All clients write to one ward, whose log has one lock. PostgreSQL {server_version} with
fsync {fsync}, synchronous_commit {synchronous_commit}, full_page_writes {full_page_writes}; gunicorn with 2 workers
of 8 threads, Django's debug mode off. Median of {rounds} rounds after one to warm up, each way in turn, with the
very same requests.

- **Bedside**: push. Every seal is opened; canonical form, digests, chains, signatures, certificates and roles are
  checked; the ward's log is continued, cases are folded, records written, receipts given.
- **plain DRF** (`bench/plain`): the same bodies to a serializer, one row per entry by `bulk_create`, one transaction
  a request. Nothing is opened or checked.
- **raw inserts**: the same rows by psycopg's `executemany`, {rows} a commit, without any web server.

Speed: checklists a second, and how much of the baseline's Bedside reaches. CPU: ms a checklist of the web's and the
database's processes, and how many times the baseline's Bedside takes; less moved by whatever else runs.

| clients | way in | speed | Bedside's to it | CPU: web | database | Bedside's to it |
|---|---|---|---|---|---|---|
"""

START: Final = """
## Cold start

From navigation to the painted lock screen with one person on it, whose PIN pad a tap then opens. The service workers
are installed, the servers' processes are dead, the browser is started anew for each run; Chromium {chromium}, its
CPU slowed {slower} times. The baseline (`bench/page`) is the same screen written by hand, without a framework:
people from IndexedDB, one script, one stylesheet, one service worker. Median of {runs} runs each, in turn.

| page | ms, median | least | most | ratio |
|---|---|---|---|---|
"""

SIZE: Final = """
## Size

What a tablet downloads once, after gzip; the aim is {aim} kB.

| | bytes |
|---|---|
"""


def wrapped(text: str) -> str:
    """The text with its paragraphs and list items filled to 120 columns; tables and headings as they are."""
    return "\n\n".join(map(_filled, text.split("\n\n")))


def _filled(block: str) -> str:
    if block.lstrip().startswith(("|", "#")):
        return block
    items = re.split(r"\n(?=- )", block)
    return "\n".join(
        textwrap.fill(item, 120, subsequent_indent="  " if item.startswith("- ") else "") for item in items
    )


def machine() -> str:
    """The machine by cores and memory, and how busy it was with other things."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    busy = os.getloadavg()[1]
    words = f"\n{os.cpu_count()} cores, {memory_gb:.0f} GB of memory, Python {platform.python_version()}."
    if busy > 0.5:
        words += f" Other programs ran meanwhile (load {busy:.1f} before the start): take times from a quiet machine."
    return words + "\n"


def of_ingest(found: Ingest) -> str:
    facts = {"answers": backlog.ANSWERS, "entries": backlog.ENTRIES, "bytes": f"{found.bytes_a_checklist:,}"}
    said = INGEST.format(**facts, **found.durability, rounds=ingest.ROUNDS, rows=clients.ROWS_A_COMMIT)
    return said + "".join(_row(at_once, way, run, found) for (way, at_once), run in found.runs.items())


def _row(at_once: int, way: str, run: Run, found: Ingest) -> str:
    ours = found.runs[ingest.BEDSIDE, at_once]
    web = f"{run.web_cpu_s * 1000:.1f}" if run.web_cpu_s else "–"
    speed = f"{run.rate:.0f} | {ours.rate / run.rate:.2f}"
    return f"| {at_once} | {way} | {speed} | {web} | {run.database_cpu_s * 1000:.1f} | {ours.cpu_s / run.cpu_s:.1f} |\n"


def of_start(found: Start) -> str:
    said = START.format(chromium=found.chromium, slower=start.SLOWER, runs=start.RUNS)
    return (
        said + _times("Bedside", found.bedside_ms, found.plain_ms) + _times("by hand", found.plain_ms, found.plain_ms)
    )


def _times(page: str, times_ms: Sequence[float], baseline_ms: Sequence[float]) -> str:
    median = statistics.median(times_ms)
    ratio = median / statistics.median(baseline_ms)
    return f"| {page} | {median:.0f} | {min(times_ms):.0f} | {max(times_ms):.0f} | {ratio:.2f} |\n"


def of_size(found: dict[str, int]) -> str:
    rows = [f"| {kind} | {size:,} |\n" for kind, size in (*found.items(), ("together", sum(found.values())))]
    return SIZE.format(aim=SIZE_AIM_KB) + "".join(rows)
