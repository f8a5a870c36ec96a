"""Building an export: a zip that proves itself."""

import uuid
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from procedures.clock import now_ms
from procedures.core import log
from procedures.core.errors import Refusal
from procedures.models import Entry, Record, WardLog
from procedures.reading import with_content

from . import evidence
from .case import exported
from .manifest import manifest, signed
from .table import table


def write_zip(path: Path, cases: Iterable[uuid.UUID], *, identified: bool, purpose: str | None) -> None:
    """Write an export of these cases. Raises Refusal("case-unknown").

    All of it is read in one snapshot, so that entries, log rows and table are of the same moment.
    """
    made_ms = now_ms()
    with snapshot():
        files, wards = _files(sorted(cases), identified=identified)
    facts: dict[str, Any] = {
        "made_ms": made_ms,
        "identified": identified,
        "purpose": purpose,
        "cases": sorted(str(case) for case in cases),
        "wards": wards,
    }
    files["manifest.json"] = manifest(files, facts)
    files["manifest.sig"] = signed(files["manifest.json"])
    moment = datetime.fromtimestamp(made_ms / 1000, UTC).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, moment), data, zipfile.ZIP_DEFLATED)


@contextmanager
def snapshot() -> Iterator[None]:
    """One transaction in which all reads are of one moment."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _files(cases: list[uuid.UUID], *, identified: bool) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    known = set(Record.objects.filter(case__in=cases).values_list("case", flat=True))
    if missing := set(cases) - known:
        raise Refusal("case-unknown", ", ".join(str(case) for case in sorted(missing)))
    rows = list(Entry.objects.filter(case__in=cases).order_by("ward_id", "position"))
    folded = [exported(case, identified=identified) for case in cases]
    wards = _ward_spans(rows)
    files = {
        "cases.csv": table(folded, identified=identified),
        "entries.jsonl": evidence.entry_lines(with_content(rows), identified=identified),
        "certificates.jsonl": evidence.certificate_lines({row.enrolment for row in rows}),
        "log.jsonl": b"".join(
            line for span in wards for line in evidence.log_lines(uuid.UUID(span["ward"]), span["first"])
        ),
        **evidence.release_files({case.release for case in folded}),
    }
    return files, wards


def _ward_spans(rows: list[Entry]) -> list[dict[str, Any]]:
    """For each ward: the first position exported, the hash before it, and the head."""
    first: dict[uuid.UUID, int] = {}
    for row in rows:
        first.setdefault(row.ward_id, row.position)
    spans = []
    for ward, position in sorted(first.items()):
        before = Entry.objects.filter(ward=ward, position=position - 1).first()
        head = WardLog.objects.get(ward=ward)
        spans.append(
            {
                "ward": str(ward),
                "first": position,
                "hash_before": before.hash if before else log.start_hash(ward).hex(),
                "head": head.position,
                "head_hash": head.hash,
            }
        )
    return spans
