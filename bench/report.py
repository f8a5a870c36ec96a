"""docs/bench.md, written from what was measured."""

import math
import os
import platform
import re
import statistics
import textwrap
from collections.abc import Sequence
from typing import Final

from . import backlog, clients, ingest, questions, start, stored, ward
from .ingest import Ingest, Run
from .size import Size
from .start import Start
from .stored import Stored, Took
from .ward import Taken

SIZE_AIM_KB: Final = 120
TABLE_AIM_RATIO: Final = 5.0
GROWN_AIM_RATIO: Final = 1.1
INGEST_AIM_RATIO: Final = 2.0
START_AIM_RATIO: Final = 2.0
TAP_AIM_MS: Final = 60
UNLOCK_AIM_MS: Final = 500

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

INGEST_AIM: Final = """
The aim, at {clients} clients {aim:.0f} times the plain endpoint's speed or more: **{met}**. That would leave
{budget:.1f} ms of web CPU a checklist; opening and verifying alone, without a web server and with nothing stored
(`bench/opening.py`), takes {opening:.1f} ms.
"""

STORED: Final = """
## What is stored

The same PostgreSQL, workers and checklists. {few:,} cases are stored, then {many:,} ({entries:,} entries); median of
{rounds} rounds after one to warm up, each way in turn, one client unless said otherwise.

- **pull**: a tablet that is new on a ward gets {few:,} cases by name. Beside it a **paginated DRF list**
  (`bench/plain`) of rows with the same texts, {page} a page.
- **table**: an auditor's *Table for a spreadsheet* of all {many:,} cases, over HTTP. Beside it a **streaming DRF
  export**, row by row through a serializer, of the same cells, and **COPY** of a table whose columns they are, without
  any web server.
- **push**: as under *Ingest*, {at_once} clients.

| what | stored | way | s | MB | Bedside's to it | aim |
|---|---|---|---|---|---|---|
"""

START: Final = """
## Cold start

With the server off: the service workers are installed, the servers' processes are dead, the browser is started anew
for each run; Chromium {chromium}, its CPU slowed {slower} times. The baseline (`bench/page`) is the same by hand,
without a framework: people and one encrypted case in IndexedDB, two scripts, one stylesheet, one service worker, the
PIN through PBKDF2 with as many iterations, the key unwrapped, the case decrypted. Median of {runs} runs each, in turn.
Nothing notes where errors are made (`bench/browser.py` says why that matters), as nothing does on a tablet.

- **lock screen**: from navigation to the painted lock screen with one person on it, whose PIN pad a tap then opens.
- **questions**: from the end of the PIN's key derivation, which is left out, to a painted phase of {questions}
  questions, to which a tap then gives an answer that is saved. The address is the phase's, as when a tablet returns to
  where it was.

| page | leg | ms, median | least | most | ratio |
|---|---|---|---|---|---|
"""

START_AIM: Final = """
Ratio of the sums of the medians: {ratio:.2f}; the aim is {aim:.1f} or less: **{met}**. The design gives 4.0 for Enketo
and 8.5 for ODK Web Forms; these two were not measured here.
"""

TAP: Final = """
## A tap

From the tap on an answer to the frame that shows it chosen and counts it as saved, which is said after the disk has
it. {cases} open cases are on the tablet, the server's processes are dead. {taps} taps in turn on the yes-no questions
of one case's phase of {questions} questions. The aim, p95 of {aim} ms or less, is for the CPU as it is; slowed {slower}
times is told beside it.

| CPU | ms, p50 | p95 | most | aim |
|---|---|---|---|---|
"""

UNLOCK: Final = """
## Unlocking

From the PIN's last digit to the painted ward list, without the PIN's key derivation. {cases} open cases are on the
tablet and in the list, the server's processes are dead, the CPU is as it is; {runs} times in turn with locking. The aim
is a median of {aim} ms or less.

| ms, median | p95 | most | aim |
|---|---|---|---|
"""

SIZE: Final = """
## Size

What a tablet downloads once and keeps, its service worker's script included, each file compressed by itself; icons are
not counted. The aim, {aim} kB or less after gzip, is for JS and CSS without the barcode reader's wasm, and so is
"together": the tablet's own and the reader's script.

| | gzip, bytes | Brotli, bytes |
|---|---|---|
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
    said += "".join(_row(at_once, way, run, found) for (way, at_once), run in found.runs.items())
    at_once = max(ingest.AT_ONCE)
    ours, plain = (found.runs[way, at_once] for way in (ingest.BEDSIDE, ingest.PLAIN))
    ratio = ours.rate / plain.rate
    return said + INGEST_AIM.format(
        clients=at_once,
        aim=INGEST_AIM_RATIO,
        met="met" if ratio >= INGEST_AIM_RATIO else "missed",
        opening=found.opening_s * 1000,
        budget=plain.web_cpu_s * 1000 / INGEST_AIM_RATIO,
    )


def _row(at_once: int, way: str, run: Run, found: Ingest) -> str:
    ours = found.runs[ingest.BEDSIDE, at_once]
    web = f"{run.web_cpu_s * 1000:.1f}" if run.web_cpu_s else "–"
    speed = f"{run.rate:.0f} | {ours.rate / run.rate:.2f}"
    return f"| {at_once} | {way} | {speed} | {web} | {run.database_cpu_s * 1000:.1f} | {ours.cpu_s / run.cpu_s:.1f} |\n"


def of_stored(found: Stored) -> str:
    said = STORED.format(
        few=stored.FEW,
        many=stored.MANY,
        entries=found.entries,
        rounds=stored.ROUNDS,
        page=stored.PAGE,
        at_once=stored.AT_ONCE,
    )
    for what, cases, ways in (("pull", stored.FEW, found.pulls), ("table", stored.MANY, found.tables)):
        for way, took in ways.items():
            ratio = ways["Bedside"].median / took.median
            aim = _met(ratio, TABLE_AIM_RATIO) if way == "COPY" else "–"
            said += _stored(what, cases, way, took, ratio, aim)
    grown = found.pull_many.median / found.pulls["Bedside"].median
    said += _stored("pull", stored.MANY, "Bedside", found.pull_many, 1, "–")
    slower = found.pushes[stored.FEW] / found.pushes[stored.MANY]
    said += f"\nWith {found.entries:,} entries stored, to {stored.FEW:,} cases: pull takes {grown:.2f} times as long "
    said += f"(**{_met(grown, GROWN_AIM_RATIO)}**), push {slower:.2f} times (**{_met(slower, GROWN_AIM_RATIO)}**; "
    said += f"{found.pushes[stored.FEW]:.0f} and {found.pushes[stored.MANY]:.0f} checklists a second). The aim is "
    said += f"{GROWN_AIM_RATIO} or less; that of the table is {TABLE_AIM_RATIO:.0f} times COPY or less.\n"
    peaks = "; ".join(f"{name} {mb:.0f} MB" for name, mb in found.memory_mb.items())
    return f"{said}\nPeak memory: {peaks}.\n"


def _stored(what: str, cases: int, way: str, took: Took, ratio: float, aim: str) -> str:
    return f"| {what} | {cases:,} | {way} | {took.median:.2f} | {took.size / 1e6:.1f} | {ratio:.2f} | {aim} |\n"


def of_start(found: Start) -> str:
    said = START.format(chromium=found.chromium, slower=start.SLOWER, runs=start.RUNS, questions=questions.COUNT)
    sums = [0.0, 0.0]
    for leg, name in {"lock screen": "lock_ms", "questions": "phase_ms"}.items():
        times = [[float(getattr(run, name)) for run in runs] for runs in (found.bedside, found.plain)]
        sums = [so_far + statistics.median(one) for so_far, one in zip(sums, times, strict=True)]
        said += _times("Bedside", leg, times[0], times[1]) + _times("by hand", leg, times[1], times[1])
    ratio = sums[0] / sums[1]
    return said + START_AIM.format(ratio=ratio, aim=START_AIM_RATIO, met=_met(ratio, START_AIM_RATIO))


def _times(page: str, leg: str, times_ms: Sequence[float], baseline_ms: Sequence[float]) -> str:
    median = statistics.median(times_ms)
    ratio = median / statistics.median(baseline_ms)
    return f"| {page} | {leg} | {median:.0f} | {min(times_ms):.0f} | {max(times_ms):.0f} | {ratio:.2f} |\n"


def of_taps(found: Taken) -> str:
    said = TAP.format(
        cases=ward.TAP_CASES, taps=ward.TAPS, questions=questions.COUNT, aim=TAP_AIM_MS, slower=ward.SLOWER
    )
    for slower, times_ms in found.times_ms.items():
        cpu, met = ("as it is", _met(p95(times_ms), TAP_AIM_MS)) if slower == 1 else (f"slowed {slower} times", "–")
        said += f"| {cpu} | {_spread(times_ms)} | {met} |\n"
    return said


def of_unlocks(found: Taken) -> str:
    said = UNLOCK.format(cases=f"{ward.UNLOCK_CASES:,}", runs=ward.UNLOCKS, aim=UNLOCK_AIM_MS)
    (times_ms,) = found.times_ms.values()
    return said + f"| {_spread(times_ms)} | {_met(statistics.median(times_ms), UNLOCK_AIM_MS)} |\n"


def _spread(times_ms: Sequence[float]) -> str:
    return f"{statistics.median(times_ms):.0f} | {p95(times_ms):.0f} | {max(times_ms):.0f}"


def p95(times: Sequence[float]) -> float:
    """The least of those that 95 % do not exceed."""
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]


def _met(found: float, aim: float) -> str:
    return "met" if found <= aim else "missed"


def of_size(found: tuple[dict[str, Size], dict[str, Size]]) -> str:
    tablet, reader = found
    together = tablet["js"] + tablet["css"] + reader["js"]
    rows = {
        "tablet: JS": tablet["js"],
        "tablet: CSS": tablet["css"],
        "barcode reader: JS": reader["js"],
        "together": together,
        "barcode reader: wasm": reader["wasm"],
    }
    said = SIZE.format(aim=SIZE_AIM_KB)
    said += "".join(f"| {kind} | {size.gzip:,} | {size.brotli:,} |\n" for kind, size in rows.items())
    return f"{said}\nThe aim: **{_met(together.gzip, SIZE_AIM_KB * 1000)}**.\n"
