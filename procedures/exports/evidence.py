"""What proves a case: its entries with signatures, their writers' certificates, the log rows, the releases.

Each is lines of canonical JSON; a signed text stands in them as a string, so that its bytes come out unchanged.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Final

from procedures.core import canonical
from procedures.core.seal import to_text
from procedures.models import Enrolment, Entry, EntryContent, Release

_LOG_ROWS_A_PART: Final = 2000


def entry_lines(entries: Iterable[tuple[Entry, EntryContent]], *, identified: bool) -> bytes:
    """Entries in the order given. Without `identified` the private parts stay here; the entries verify all the same."""
    return b"".join(_entry_line(row, content, identified=identified) for row, content in entries)


def _entry_line(row: Entry, content: EntryContent, *, identified: bool) -> bytes:
    private = bytes(content.private).decode() if content.private and identified else None
    return _line(
        {
            "ward": str(row.ward_id),
            "position": row.position,
            "digest": row.digest,
            "entry": bytes(content.data).decode(),
            "private": private,
            "signature": to_text(bytes(content.signature)),
        }
    )


def certificate_lines(enrolments: set[uuid.UUID]) -> bytes:
    rows = Enrolment.objects.filter(id__in=enrolments).order_by("id")
    return b"".join(_line({"certificate": row.certificate, "signature": row.signature}) for row in rows)


def log_parts(ward: uuid.UUID, first: int, head: int) -> Iterator[bytes]:
    """A ward's log from a position to its head: enough to follow the rolling hash, nothing of what was written.

    In parts of many lines. Positions have no gaps, so a part is a range of them, and no cursor is left open meanwhile.
    """
    for start in range(first, head + 1, _LOG_ROWS_A_PART):
        last = min(start + _LOG_ROWS_A_PART - 1, head)
        rows = Entry.objects.filter(ward=ward, position__range=(start, last)).order_by("position")
        yield b"".join(_log_line(row) for row in rows)


def _log_line(row: Entry) -> bytes:
    return _line(
        {
            "ward": str(row.ward_id),
            "position": row.position,
            "received_ms": row.received_ms,
            "case": str(row.case) if row.case else None,
            "digest": row.digest,
            "hash": row.hash,
        }
    )


def release_files(digests: set[str]) -> Iterator[tuple[str, bytes]]:
    for row in Release.objects.filter(digest__in=digests).order_by("digest"):
        yield f"releases/{row.digest}.json", bytes(row.document)


def _line(value: object) -> bytes:
    return canonical.encode(value) + b"\n"
