"""Records: what cases look like, folded from their entries. The only writer of Record.

`project` is called by the journal in the transaction that appends, so that a record never lags behind its entries.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .core.fold import Written, fold
from .core.readiness import readiness
from .core.release import Release as Document
from .core.seal import Certificate
from .models import Entry, Record
from .publishing import document_of
from .reading import CaseEntries, certificates_of, entries_of_cases

_STATUS_WITHOUT_RELEASE: Final = "unknown"
_CASES_AT_ONCE: Final = 100
_COLUMNS: Final = [column.name for column in Record._meta.concrete_fields if not column.primary_key]


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
    ordered = sorted(cases)
    for start in range(0, len(ordered), _CASES_AT_ONCE):
        _project(ordered[start : start + _CASES_AT_ONCE])


def rebuild() -> int:
    """Fold every case anew; gives the number of cases. The result equals what `project` has left."""
    cases = {case for case in Entry.objects.values_list("case", flat=True).distinct() if case}
    Record.objects.exclude(case__in=cases).delete()
    project(cases)
    return len(cases)


def view_of(entries: list[Written], *, now_ms: int, zone_min: int = 0) -> CaseView:
    """Fold a case's entries and judge it at an instant (ms since 1970 UTC; minutes east of UTC)."""
    return _judged(entries, _certificates(entries), now_ms, zone_min)


def _certificates(entries: Iterable[Written]) -> dict[str, Certificate]:
    return certificates_of({uuid.UUID(enrolment) for enrolment in {item.entry.enrolment for item in entries}})


def _judged(
    entries: Sequence[Written], certificates: Mapping[str, Certificate], now_ms: int, zone_min: int
) -> CaseView:
    state = fold(entries)
    digest = state["opened"][0]["release"] if state["opened"] else ""
    document = document_of(digest) if digest else None
    if document is None:
        return CaseView(state, None, None)
    return CaseView(state, document, readiness(document, certificates, state, now_ms, zone_min))


def newest(rows: Iterable[Entry]) -> Entry:
    """The entry of a case that came last: its ward has the case, and at its arrival a record is judged."""
    return max(rows, key=lambda row: (row.received_ms, row.position))


def _project(cases: Collection[uuid.UUID]) -> None:
    found = entries_of_cases(cases)
    certificates = _certificates(item for entries in found.values() for item in entries.written)
    folded = [_record(case, entries, certificates) for case, entries in found.items()]
    Record.objects.bulk_create(folded, update_conflicts=True, unique_fields=["case"], update_fields=_COLUMNS)


def _record(case: uuid.UUID, entries: CaseEntries, certificates: Mapping[str, Certificate]) -> Record:
    last = newest(entries.places)
    view = _judged(entries.written, certificates, last.received_ms, 0)
    subject = ((view.state["registers"].get("subject") or {}).get("private") or {}).get("part") or {}
    return Record(
        case=case,
        ward_id=last.ward_id,
        protocol=view.opened["protocol"],
        release=view.opened["release"],
        status=view.status,
        identifier=subject.get("identifier") or "",
        name=subject.get("name") or "",
        start_ms=(view.state["registers"].get("planned") or {}).get("value"),
        entry_count=len(entries.places),
        position=last.position,
    )
