"""Reading the journal back: entries with their bytes, their writers' certificates, the releases they stand on."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
from django.db.models.functions import Length

from .core import canonical, entry, release
from .core.entry import SERVER_TYPES
from .core.errors import Refusal
from .core.fold import Written
from .core.seal import Certificate
from .models import Blob, Enrolment, Entry, EntryContent, Release


@dataclass(frozen=True)
class CaseEntries:
    """What the journal holds of a case: all places, by ward and position; `written` as the fold takes them."""

    places: list[Entry] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)


def entries_of_case(case: uuid.UUID) -> list[Written]:
    """A case's entries as the fold takes them, private parts included."""
    return entries_of_cases([case])[case].written


def entries_of_cases(cases: Collection[uuid.UUID]) -> dict[uuid.UUID, CaseEntries]:
    """The entries of each of these cases, in a few queries for all of them."""
    found = {case: CaseEntries() for case in cases}
    rows = list(with_content(Entry.objects.filter(case__in=found).order_by("ward_id", "position")))
    genuine = _genuine_servers(row for row, _ in rows)
    for row, content in rows:
        if row.case is None:
            continue
        found[row.case].places.append(row)
        if row.type not in SERVER_TYPES or row.enrolment in genuine:
            found[row.case].written.append(_written(row, content))
    return found


def for_fold(rows: Sequence[tuple[Entry, EntryContent]]) -> list[Written]:
    """Entries as the fold takes them, decoded without the checks that were made at arrival.

    What only the server may write counts only if it did: the fold takes a server's types at their word, so a
    tablet's forgery of one stays in the log, named there, and is never folded.
    """
    genuine = _genuine_servers(row for row, _ in rows)
    return [_written(*each) for each in rows if each[0].type not in SERVER_TYPES or each[0].enrolment in genuine]


def _genuine_servers(rows: Iterable[Entry]) -> set[uuid.UUID]:
    """The server's own enrolments among the writers of what only the server may write."""
    claimed = {row.enrolment for row in rows if row.type in SERVER_TYPES}
    return set(Enrolment.objects.filter(id__in=claimed, ward__isnull=False).values_list("id", flat=True))


def with_content(places: Iterable[Entry], chunk: int = 500) -> Iterator[tuple[Entry, EntryContent]]:
    """Join places with their bytes, a chunk of rows at a time, in the order given."""
    rows: list[Entry] = []
    for row in places:
        rows.append(row)
        if len(rows) == chunk:
            yield from _joined(rows)
            rows = []
    yield from _joined(rows)


def _joined(rows: Sequence[Entry]) -> Iterator[tuple[Entry, EntryContent]]:
    by_ward: dict[uuid.UUID, list[int]] = {}
    for row in rows:
        by_ward.setdefault(row.ward_id, []).append(row.position)
    contents = {
        (content.ward_id, content.position): content
        for ward, positions in by_ward.items()
        for content in EntryContent.objects.filter(ward=ward, position__in=positions)
    }
    for row in rows:
        yield row, contents[row.ward_id, row.position]


def _written(row: Entry, content: EntryContent) -> Written:
    private = msgspec.json.decode(bytes(content.private)) if content.private else None
    return Written(row.digest, msgspec.json.decode(bytes(content.data), type=entry.Entry), private)


def certificates_of(enrolments: Collection[uuid.UUID]) -> dict[str, Certificate]:
    """Certificates by enrolment, as the readiness takes them."""
    rows = Enrolment.objects.filter(id__in=enrolments)
    return {str(row.id): entry.shaped(canonical.decode(row.certificate.encode()), Certificate) for row in rows}


def document_of(digest: str) -> release.Release | None:
    """A release's document, parsed; kept in memory, since releases never change. None where it is not here."""
    try:
        return _document(digest)
    except Refusal:
        return None


@lru_cache(maxsize=64)
def _document(digest: str) -> release.Release:
    row = Release.objects.filter(digest=digest).first()
    if row is None:
        raise Refusal("release-unknown", digest)
    return release.parse(bytes(row.document))


def blobs_named(written: Iterable[Written]) -> set[str]:
    """The photographs that any of these entries names, those that do not count too."""
    return {digest for each in written for digest in entry.blobs_named(each.entry)}


def blob_states(digests: Collection[str]) -> dict[str, str]:
    """What has become of each of these photographs: "held", "erased", or "missing" while it has not arrived."""
    rows = Blob.objects.filter(digest__in=digests)
    held = {digest: "held" if length else "erased" for digest, length in rows.values_list("digest", Length("data"))}
    return {digest: held.get(digest, "missing") for digest in digests}
