"""Records: what cases look like, folded from their entries. The only writer of Record.

`project` is called by the journal in the transaction that appends, so that a record never lags behind its entries.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from .core.fold import Written, fold
from .core.readiness import readiness
from .core.release import Release as Document
from .models import Entry, Record
from .publishing import document_of
from .reading import certificates_of, entries_of_case

_STATUS_WITHOUT_RELEASE = "unknown"


@dataclass(frozen=True)
class CaseView:
    """A case as its entries tell it: `state` from the fold, `readiness` under its release (None where unknown)."""

    state: dict[str, Any]
    document: Document | None
    readiness: dict[str, Any] | None

    @property
    def opened(self) -> dict[str, Any]:
        """Under which protocol and release it was opened; both empty where its opening is not here."""
        first: dict[str, Any] = next(iter(self.state["opened"]), {"protocol": "", "release": ""})
        return first

    @property
    def status(self) -> str:
        return str(self.readiness["status"]) if self.readiness else _STATUS_WITHOUT_RELEASE


def project(cases: Collection[uuid.UUID]) -> None:
    """Fold these cases anew and write their records."""
    for case in sorted(cases):
        _project(case)


def rebuild() -> int:
    """Fold every case anew; gives the number of cases. The result equals what `project` has left."""
    cases = {case for case in Entry.objects.values_list("case", flat=True).distinct() if case}
    Record.objects.exclude(case__in=cases).delete()
    project(cases)
    return len(cases)


def view_of(entries: list[Written], *, now_ms: int, zone_min: int = 0) -> CaseView:
    """Fold a case's entries and judge it at an instant (ms since 1970 UTC; minutes east of UTC)."""
    state = fold(entries)
    digest = state["opened"][0]["release"] if state["opened"] else ""
    document = document_of(digest) if digest else None
    if document is None:
        return CaseView(state, None, None)
    certificates = certificates_of({uuid.UUID(item.entry.enrolment) for item in entries})
    return CaseView(state, document, readiness(document, certificates, state, now_ms, zone_min))


def newest(rows: Iterable[Entry]) -> Entry:
    """The entry of a case that came last: its ward has the case, and at its arrival a record is judged."""
    return max(rows, key=lambda row: (row.received_ms, row.position))


def _project(case: uuid.UUID) -> None:
    rows = list(Entry.objects.filter(case=case))
    last = newest(rows)
    view = view_of(entries_of_case(case), now_ms=last.received_ms)
    subject = ((view.state["registers"].get("subject") or {}).get("private") or {}).get("part") or {}
    Record.objects.update_or_create(
        case=case,
        defaults={
            "ward_id": last.ward_id,
            "protocol": view.opened["protocol"],
            "release": view.opened["release"],
            "status": view.status,
            "identifier": subject.get("identifier") or "",
            "name": subject.get("name") or "",
            "start_ms": (view.state["registers"].get("planned") or {}).get("value"),
            "entry_count": len(rows),
            "position": last.position,
        },
    )
