"""Building an export: a zip that proves itself, of one moment, in memory that does not grow with it.

The moment is not held by a transaction. Everything that is read is append-only: entries with their bytes,
certificates, releases. So it is enough to note, at one instant, which cases there are and how far each ward's log
reaches, and to read nothing beyond. A transaction over the whole export would be worse on either database. On SQLite
Django's transactions take the write lock at BEGIN, and tablets could not push for as long; a deferred one would let
them, but keep the write-ahead log from shrinking, and the count of cases done could not be saved on the same
connection. On PostgreSQL it would keep vacuum from cleaning up for hours.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from procedures.clock import now_ms
from procedures.core import log
from procedures.models import Blob, Entry, Record, Ward, WardLog
from procedures.reading import with_content

from . import evidence
from .archive import Archive, measure, whole_or_not_at_all
from .case import Rows, exported
from .manifest import manifest, signed
from .table import Table


@dataclass(frozen=True)
class Plan:
    """What an export is of: its moment (ms since 1970 UTC), its cases in order, the head of each ward's log."""

    made_ms: int
    cases: list[uuid.UUID]
    heads: dict[uuid.UUID, WardLog]

    def reaches(self, row: Entry) -> bool:
        """Whether an entry was there at the export's moment."""
        head = self.heads.get(row.ward_id)
        return head is not None and row.position <= head.position


@dataclass(frozen=True)
class Export:
    """A finished file: its length in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass
class _Met:
    """What the cases led to while they were written, each ward with the first position used."""

    enrolments: set[uuid.UUID] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)
    firsts: dict[uuid.UUID, int] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)

    def note(self, rows: Rows) -> None:
        for row, _ in rows:
            self.enrolments.add(row.enrolment)
            self.firsts[row.ward_id] = min(row.position, self.firsts.get(row.ward_id, row.position))


def plan(records: QuerySet[Record]) -> Plan:
    """Note the cases and the heads of the logs at one instant: a record is written together with its entries."""
    with snapshot():
        cases = sorted(records.values_list("case", flat=True))
        heads = {head.ward_id: head for head in WardLog.objects.all()}
    return Plan(now_ms(), cases, heads)


@contextmanager
def snapshot() -> Iterator[None]:
    """One short transaction in which all reads are of one moment."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def write_zip(
    path: Path, of: Plan, *, identified: bool, purpose: str, progress: Callable[[int], None] = lambda done: None
) -> Export:
    """Write an export; it stands at `path` only when it is whole. Raises OSError.

    `progress` gets the count of cases done, after each case and again (unchanged) while the rest is added.
    """
    facts: dict[str, Any] = {"made_ms": of.made_ms, "identified": identified, "purpose": purpose or None}

    def alive() -> None:
        progress(len(of.cases))

    with whole_or_not_at_all(path) as file:
        with Archive(file, made_ms=of.made_ms) as archive:
            met = _write_cases(archive, of, path.parent, identified=identified, progress=progress)
            _write_proofs(archive, met, of, alive=alive)
            facts["blobs_missing"] = _write_blobs(archive, met.blobs if identified else set(), alive=alive)
            facts |= {"cases": [str(case) for case in of.cases], "wards": _ward_spans(met.firsts, of)}
            _write_manifest(archive, facts)
        return Export(*measure(file, alive=alive))


def _write_cases(
    archive: Archive, of: Plan, folder: Path, *, identified: bool, progress: Callable[[int], None]
) -> _Met:
    """entries.jsonl and cases.csv, each case read once."""
    met = _Met()
    wards = {ward.id: ward.name for ward in Ward.objects.all()}
    with TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder) as waiting:
        table = Table(waiting, identified=identified)

        def entries() -> Iterator[bytes]:
            for done, case in enumerate(of.cases, start=1):
                rows = _rows(case, of)
                yield evidence.entry_lines(rows, identified=identified)
                folded = exported(rows, made_ms=of.made_ms, wards=wards, identified=identified)
                table.add(folded)
                met.note(rows)
                met.releases.add(folded.release)
                met.blobs |= folded.blobs
                progress(done)

        archive.add("entries.jsonl", entries())
        archive.add("cases.csv", table.parts())
    return met


def _rows(case: uuid.UUID, of: Plan) -> Rows:
    """A case's entries with their bytes, in log order, none beyond the heads."""
    places = Entry.objects.filter(case=case).order_by("ward_id", "position")
    return list(with_content(row for row in places if of.reaches(row)))


def _write_proofs(archive: Archive, met: _Met, of: Plan, *, alive: Callable[[], None]) -> None:
    """certificates.jsonl, log.jsonl and the releases."""

    def logs() -> Iterator[bytes]:
        for ward, first in sorted(met.firsts.items()):
            for part in evidence.log_parts(ward, first, of.heads[ward].position):
                yield part
                alive()

    archive.add("certificates.jsonl", [evidence.certificate_lines(met.enrolments)])
    archive.add("log.jsonl", logs())
    for name, document in evidence.release_files(met.releases):
        archive.add(name, [document])


def _write_blobs(archive: Archive, digests: set[str], *, alive: Callable[[], None]) -> list[str]:
    """The photographs, one after the other; gives the names of those that are not here."""
    missing = []
    for digest in sorted(digests):
        row = Blob.objects.filter(digest=digest).first()
        if row is not None and row.data:
            archive.add(f"blobs/{digest}.jpg", [bytes(row.data)])
        else:
            missing.append(digest)
        alive()
    return missing


def _write_manifest(archive: Archive, facts: dict[str, Any]) -> None:
    """Last, since it names all the others."""
    data = manifest(archive.listed, facts)
    archive.add("manifest.json", [data])
    archive.add("manifest.sig", [signed(data)])


def _ward_spans(firsts: dict[uuid.UUID, int], of: Plan) -> list[dict[str, Any]]:
    """For each ward: the first position exported, the hash before it, and the head."""
    spans = []
    for ward, position in sorted(firsts.items()):
        before = Entry.objects.filter(ward=ward, position=position - 1).first()
        spans.append(
            {
                "ward": str(ward),
                "first": position,
                "hash_before": before.hash if before else log.start_hash(ward).hex(),
                "head": of.heads[ward].position,
                "head_hash": of.heads[ward].hash,
            }
        )
    return spans
