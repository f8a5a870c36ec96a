"""What tablets get back: a ward's log from where they are, or a start, and the entries of cases by name."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .core import log
from .core.seal import to_text
from .models import Enrolment, Entry, EntryContent, Record, Ward, WardLog
from .reading import with_content

MAX_ROWS: Final = 500
MAX_CASE_ENTRIES: Final = 2000
OPEN: Final = ("preparation", "in-progress", "unknown")


@dataclass(frozen=True)
class Page:
    """A ward's answer.

    `state` is "rows" (what follows the tablet's position), "start" (begin with `cases` at this head) or "differs" (the
    tablet's hash is not the log's: the server was restored, or the tablet is lied to). `position` and `hash` are where
    the tablet stands once it has taken this in; `more` says that there is more to get.
    """

    ward: str
    state: str
    position: int
    hash: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    more: bool = False


def start(ward: Ward) -> Page:
    """The head of a log, and the cases that are open there. Entries that come later are asked for as rows."""
    head = WardLog.objects.filter(ward=ward).first()
    cases = Record.objects.filter(ward=ward, status__in=OPEN).order_by("case").values_list("case", flat=True)
    position, last = (head.position, head.hash) if head else (0, log.start_hash(ward.id).hex())
    return Page(str(ward.id), "start", position, last, cases=[str(case) for case in cases])


def rows_after(ward: Ward, position: int, last_hash: str) -> Page:
    """The log's rows after a position, whole, up to a page; all of the log, so that the hash can be followed."""
    if _hash_at(ward, position) != last_hash:
        return Page(str(ward.id), "differs", position, last_hash)
    places = list(Entry.objects.filter(ward=ward, position__gt=position).order_by("position")[: MAX_ROWS + 1])
    page = places[:MAX_ROWS]
    end = page[-1] if page else None
    return Page(
        str(ward.id),
        "rows",
        end.position if end else position,
        end.hash if end else last_hash,
        rows=[_row(place, content) for place, content in with_content(page)],
        more=len(places) > MAX_ROWS,
    )


def cases(wanted: Iterable[uuid.UUID], wards: Collection[Ward]) -> tuple[list[dict[str, Any]], list[str]]:
    """Entries of cases that stand in these wards now, and the cases that did not fit into this answer.

    A case that is elsewhere, or nowhere, is not in the answer at all.
    """
    records = Record.objects.filter(case__in=list(wanted), ward__in=wards).order_by("case")
    fitting: list[Record] = []
    left: list[str] = []
    taken = 0
    for record in records:
        if fitting and taken + record.entry_count > MAX_CASE_ENTRIES:
            left.append(str(record.case))
            continue
        taken += record.entry_count
        fitting.append(record)
    found = {record.case: _case(record) for record in fitting}
    for place, content in with_content(Entry.objects.filter(case__in=found).order_by("ward_id", "position")):
        if place.case:
            found[place.case]["rows"].append(_row(place, content))
    return list(found.values()), left


def _case(record: Record) -> dict[str, Any]:
    return {"case": str(record.case), "ward": str(record.ward_id), "rows": []}


def certificates_for(rows: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The certificates of these rows' writers."""
    writers = {row["enrolment"] for row in rows}
    return [
        {"certificate": row.certificate, "signature": row.signature}
        for row in Enrolment.objects.filter(id__in=writers).order_by("id")
    ]


def _hash_at(ward: Ward, position: int) -> str | None:
    if position == 0:
        return log.start_hash(ward.id).hex()
    return Entry.objects.filter(ward=ward, position=position).values_list("hash", flat=True).first()


def _row(place: Entry, content: EntryContent) -> dict[str, Any]:
    """An entry with its place, as it goes to a tablet: texts, not JSON within JSON to be parsed."""
    return {
        "ward": str(place.ward_id),
        "position": place.position,
        "received_ms": place.received_ms,
        "case": str(place.case) if place.case else None,
        "enrolment": str(place.enrolment),
        "digest": place.digest,
        "entry": bytes(content.data).decode(),
        "private": bytes(content.private).decode() if content.private else None,
        "signature": to_text(bytes(content.signature)),
    }
