"""Records: what cases look like, folded from their entries. The only writer of Record, RecordConsent and RecordBlob.

`project` is called by the journal in the transaction that appends, so that a record never lags behind its entries.
Nor behind the clock: each says when time alone may make something else of it (`due_ms`), as when a consent expires. The
worker folds what is due every minute, and whoever reads records reads `current`, which folds what is due by then.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import Q, QuerySet

from . import cells
from .clock import next_zone_ms, now_ms, zone_min
from .core.closing import OUTCOMES, looked_at_ms, settled_closing
from .core.consentstates import STATES
from .core.entry import blobs_named
from .core.flags import PHOTOGRAPH_MISSING
from .core.fold import Written, fold
from .core.readiness import readiness
from .core.release import Release as Document
from .core.seal import Certificate
from .core.turning import next_turn
from .models import MOST_SAID, Entry, Record, RecordBlob, RecordConsent, WardLog
from .reading import CaseEntries, blob_states, certificates_of, document_of, entries_of_cases

# To be raised when `_record` or `_consents` begins to say something else: `renew` then folds what stands from before.
_FOLDED_AS: Final = 7
_STATUS_WITHOUT_RELEASE: Final = "unknown"
STATUSES: Final = ("preparation", "in-progress", *dict.fromkeys(OUTCOMES.values()), _STATUS_WITHOUT_RELEASE)
CONSENT_STATUSES: Final = (*STATES, _STATUS_WITHOUT_RELEASE)
_CONSENT_STEPS: Final = ("informed", "decided", "confirmed", "withdrawn")
_CASES_AT_ONCE: Final = 100
_COLUMNS: Final = [column.name for column in Record._meta.concrete_fields if not column.primary_key]


@dataclass(frozen=True)
class CaseView:
    """A case as its entries tell it: `state` from the fold, `readiness` under its release (None where unknown).

    A closed case is looked at as of its closing, `looked_at_ms`; any other as of the moment that was asked for.
    """

    state: dict[str, Any]
    document: Document | None
    readiness: dict[str, Any] | None
    looked_at_ms: int

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


def renew() -> int:
    """Fold the records that an earlier version of this module wrote; gives their number."""
    return _fold_anew(~Q(folded_as=_FOLDED_AS))


def catch_up() -> int:
    """Fold the records of which time alone may have made something else; gives their number. Mostly there are none."""
    return _fold_anew(Q(due_ms__lte=now_ms()))


def current() -> QuerySet[Record]:
    """All records, none of them as it was before time made something else of it."""
    catch_up()
    return Record.objects.all()


def _fold_anew(outdated: Q) -> int:
    """Fold the records of which this is true; gives their number.

    Tablets may push meanwhile: the wards' logs are locked for a hundred cases at a time, so that none of these is
    written as it was before a push.
    """
    # Unordered, or SQLite would walk the index of the order instead of that of what is due.
    cases = sorted(Record.objects.filter(outdated).order_by().values_list("case", flat=True))
    for start in range(0, len(cases), _CASES_AT_ONCE):
        with transaction.atomic():
            list(WardLog.objects.select_for_update().order_by("ward_id"))
            still = Record.objects.filter(outdated, case__in=cases[start : start + _CASES_AT_ONCE])
            _project(set(still.values_list("case", flat=True)))  # others of whom somebody else was quicker
    return len(cases)


@transaction.atomic
def heard_of_blob(digest: str) -> None:
    """Fold the cases that name this photograph, now that it has arrived.

    Under the locks of all wards, as above: an entry that names it may be on its way into any of them.
    """
    list(WardLog.objects.select_for_update().order_by("ward_id"))
    _project(set(RecordBlob.objects.filter(digest=digest).values_list("record_id", flat=True)))


def view_of(entries: list[Written], *, now_ms: int) -> CaseView:
    """Fold a case's entries and judge it at an instant (ms since 1970 UTC), or at its closing; in the server's zone."""
    return _judged(entries, _certificates(entries), now_ms)


def _certificates(entries: Iterable[Written]) -> dict[str, Certificate]:
    return certificates_of({uuid.UUID(enrolment) for enrolment in {item.entry.enrolment for item in entries}})


def _judged(entries: Sequence[Written], certificates: Mapping[str, Certificate], now_ms: int) -> CaseView:
    state = fold(entries)
    at_ms = looked_at_ms(state, now_ms)
    digest = state["opened"][0]["release"] if state["opened"] else ""
    document = document_of(digest) if digest else None
    if document is None:
        return CaseView(state, None, None, at_ms)
    return CaseView(state, document, readiness(document, certificates, state, at_ms, zone_min(at_ms)), at_ms)


def home(rows: Collection[Entry]) -> uuid.UUID:
    """The ward of a case: where it was first opened; where its opening is not here, where it was first heard of."""
    openings = [row for row in rows if row.type == "case.opened"]
    return min(openings or rows, key=lambda row: (row.received_ms, row.seq, row.position)).ward_id


def _project(cases: Collection[uuid.UUID]) -> None:
    now, found = now_ms(), entries_of_cases(cases)
    certificates = _certificates(item for entries in found.values() for item in entries.written)
    views = {case: _judged(entries.written, certificates, now) for case, entries in found.items()}
    blobs = [row for case, entries in found.items() for row in _blobs(case, entries)]
    states = blob_states({row.digest for row in blobs})
    lacking = {row.record_id for row in blobs if states[row.digest] == "missing"}
    folded = [
        _record(case, found[case], view, due_ms=_due_ms(view, now), lacking=case in lacking)
        for case, view in views.items()
    ]
    Record.objects.bulk_create(folded, update_conflicts=True, unique_fields=["case"], update_fields=_COLUMNS)
    # A kind of consent that something was written about never goes away again, so none is to be deleted.
    consents = [row for case, view in views.items() for row in _consents(case, view)]
    RecordConsent.objects.bulk_create(
        consents,
        update_conflicts=True,
        unique_fields=["record", "key"],
        update_fields=["status", "decision", "last_ms"],
    )
    # Nor does what was named once.
    RecordBlob.objects.bulk_create(blobs, ignore_conflicts=True)


def flags_of(view: CaseView, *, lacking: bool) -> list[str]:
    """The codes that a case is marked with; `lacking`: a photograph that it names has not arrived."""
    return sorted({*(view.readiness or view.state)["flags"], *[PHOTOGRAPH_MISSING] * lacking})


def _due_ms(view: CaseView, now_ms: int) -> int | None:
    """When the record is to be folded anew although nobody wrote anything."""
    if view.document is None:
        return None
    turn = next_turn(view.document, view.state, now_ms, zone_min(now_ms))
    return None if turn is None else min(turn, next_zone_ms(now_ms))


def _record(case: uuid.UUID, entries: CaseEntries, view: CaseView, *, due_ms: int | None, lacking: bool) -> Record:
    last = max(entries.places, key=lambda row: (row.received_ms, row.position))
    outcome, closed_ms = settled_closing(view.state) or ("", None)
    row = cells.of_case(view.opened, view.status, view.state["registers"], identified=False)
    columns = cells.header(set(row))[len(cells.OF_ROW) :]
    subject = ((view.state["registers"].get("subject") or {}).get("private") or {}).get("part") or {}
    return Record(
        case=case,
        ward_id=home(entries.places),
        protocol=view.opened["protocol"],
        release=view.opened["release"],
        status=view.status,
        identifier=_fitting(subject.get("identifier")),
        name=_fitting(subject.get("name")),
        start_ms=(view.state["registers"].get("planned") or {}).get("value"),
        outcome=outcome,
        closed_ms=closed_ms,
        overridden=bool(view.state["overridden"]),
        flags=_between_spaces(flags_of(view, lacking=lacking)),
        columns=orjson.dumps(columns).decode(),
        cells=cells.line([row.get(column, "") for column in columns]),
        entry_count=len(entries.places),
        position=last.position,
        due_ms=due_ms,
        folded_as=_FOLDED_AS,
    )


def _fitting(said: Any) -> str:
    """What an entry says, as far as a column can hold it: the entry itself has it whole. PostgreSQL keeps no NUL."""
    return str(said or "").replace("\0", "")[:MOST_SAID]


def _between_spaces(codes: Collection[str]) -> str:
    """Codes in one text, in which each is found whole on any database."""
    return "".join(f" {code}" for code in codes) + " " * bool(codes)


def _blobs(case: uuid.UUID, entries: CaseEntries) -> Iterator[RecordBlob]:
    for each in entries.written:
        for digest in blobs_named(each.entry):
            yield RecordBlob(record_id=case, digest=digest, enrolment=uuid.UUID(each.entry.enrolment))


def _consents(case: uuid.UUID, view: CaseView) -> Iterator[RecordConsent]:
    known = view.readiness["consents"] if view.readiness else []
    statuses = {each["key"]: each["status"] for each in known}
    for key, given in view.state["consents"].items():
        instants = [act["at_ms"] for step in _CONSENT_STEPS for act in given[step]]
        yield RecordConsent(
            record_id=case,
            key=key,
            status=statuses.get(key, _STATUS_WITHOUT_RELEASE),
            decision=_decision(given["decided"]),
            last_ms=max(instants, default=None),
        )


def _decision(decided: Iterable[Mapping[str, Any]]) -> str:
    """What stands of several decisions: one refusal is enough to refuse."""
    standing = {each["decision"] for each in decided if not each["defeated"] and not each["superseded"]}
    return "refused" if "refused" in standing else min(standing, default="")
