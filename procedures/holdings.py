"""What the server holds of each writer: how far the chain is unbroken, what is missing, whether it forks."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Window
from django.db.models.functions import Lag

from .core import canonical
from .core.batch import Proved
from .models import Blob, Device, Enrolment, Entry, Holding, RecordBlob

_STRETCH: Final = 250


@dataclass(frozen=True)
class Held:
    """What the server holds of one writer.

    `upto` is the last seq of the unbroken chain from 1, `digest` that entry's (None for 0), `highest` the highest seq
    held (0 for none), `missing` the gaps between the two, both ends included. `blobs` are the photographs that
    this writer has named and that have not arrived.
    """

    enrolment: str
    upto: int
    digest: str | None
    highest: int
    missing: list[tuple[int, int]]
    blobs: list[str]


def locked(enrolments: Collection[uuid.UUID]) -> dict[uuid.UUID, Holding]:
    """The notes about these writers, locked: a writer may append to two wards at once. Lock the wards first."""
    known = set(Holding.objects.filter(enrolment__in=enrolments).values_list("enrolment", flat=True))
    for enrolment in Enrolment.objects.filter(id__in=set(enrolments) - known).order_by("id"):
        start = canonical.digest_of(enrolment.certificate.encode())
        Holding.objects.get_or_create(enrolment=enrolment.id, defaults={"upto": 0, "digest": start})
    rows = Holding.objects.select_for_update().filter(enrolment__in=enrolments).order_by("enrolment")
    return {row.enrolment: row for row in rows}


def note_forks(holdings: dict[uuid.UUID, Holding], fresh: Iterable[Proved]) -> list[Entry]:
    """All stored entries, new and old, that now stand on either branch of a fork: from the forked seq on.

    A writer who signs two different entries with one seq has lost the key or the chain: neither branch is believed
    before someone has looked. The server itself is excepted: restored from a backup it may have written a seq twice,
    and what it says stands by itself. Call it when `fresh` is stored.
    """
    seqs: dict[uuid.UUID, set[int]] = {}
    for item in fresh:
        if not item.by_server:
            seqs.setdefault(uuid.UUID(item.entry.enrolment), set()).add(item.entry.seq)
    found: list[Entry] = []
    for enrolment, written in seqs.items():
        holding = holdings[enrolment]
        forked = _first_twice(enrolment, written)
        if forked is not None and (holding.forked_from is None or forked < holding.forked_from):
            holding.forked_from = forked
            holding.save(update_fields=["forked_from"])
        if holding.forked_from is not None and max(written) >= holding.forked_from:
            found += Entry.objects.filter(enrolment=enrolment, seq__gte=holding.forked_from).order_by("seq")
    return found


def of_device(device: Device, asked: Collection[str]) -> list[Held]:
    """What is held of those of this tablet's writers that are asked for.

    Nothing, of one that nobody here knows: restored from a backup, the server has forgotten the enrolment, and the
    tablet must hear that all of it is wanted again.
    """
    known = {str(known) for known in Enrolment.objects.filter(id__in=asked).values_list("id", flat=True)}
    forgotten = [Held(enrolment, 0, None, 0, [], []) for enrolment in sorted(set(asked) - known)]
    enrolments = Enrolment.objects.filter(device=device, id__in=asked).order_by("id")
    notes = {note.enrolment: note for note in Holding.objects.filter(enrolment__in=asked)}
    blobs = _blobs_missing(asked)
    held = []
    for enrolment in enrolments:
        start = canonical.digest_of(enrolment.certificate.encode())
        note = notes.get(enrolment.id) or Holding(enrolment=enrolment.id, upto=0, digest=start)
        held.append(_held(note, blobs.get(enrolment.id, [])))
    return held + forgotten


def follow(note: Holding) -> None:
    """Follow the chain from where it was last left; moves the note, which the caller may save."""
    while _follow_a_stretch(note):
        pass


def _blobs_missing(enrolments: Collection[str]) -> dict[uuid.UUID, list[str]]:
    """The photographs that each of these writers has named and that have not arrived."""
    named = RecordBlob.objects.filter(enrolment__in=enrolments)
    missing = named.exclude(Exists(Blob.objects.filter(digest=OuterRef("digest"))))
    found: dict[uuid.UUID, list[str]] = {}
    for enrolment, digest in missing.order_by("digest").values_list("enrolment", "digest").distinct():
        found.setdefault(enrolment, []).append(digest)
    return found


def _held(note: Holding, blobs: list[str]) -> Held:
    follow(note)
    beyond = Entry.objects.filter(enrolment=note.enrolment, seq__gt=note.upto)
    highest = beyond.aggregate(highest=Max("seq"))["highest"]
    gaps = _gaps(beyond, note.upto) if highest else []
    digest = note.digest if note.upto else None
    return Held(str(note.enrolment), note.upto, digest, highest or note.upto, gaps, blobs)


def _follow_a_stretch(note: Holding) -> bool:
    """Move a note by a stretch of its chain; whether it may go on from there.

    Not by all that is held: beyond a gap that stays, because what is missing was refused, a writer may write for years.
    """
    start = note.upto
    stretch = Entry.objects.filter(enrolment=note.enrolment, seq__gt=start, seq__lte=start + _STRETCH)
    for seq, digest, prev in stretch.order_by("seq", "digest").values_list("seq", "digest", "prev"):
        if seq == note.upto + 1 and prev == note.digest:
            note.upto, note.digest = seq, digest
    return note.upto == start + _STRETCH


def _first_twice(enrolment: uuid.UUID, seqs: Collection[int]) -> int | None:
    """The lowest of these seqs that is held with two different digests."""
    held = Entry.objects.filter(enrolment=enrolment, seq__in=seqs).values("seq").annotate(times=Count("seq"))
    return held.filter(times__gt=1).order_by("seq").values_list("seq", flat=True).first()


def _gaps(beyond: QuerySet[Entry], upto: int) -> list[tuple[int, int]]:
    """The gaps between `upto` and the highest of these entries, found by the database along its index."""
    before = Window(Lag("seq", default=upto), order_by="seq")
    edges = beyond.annotate(before=before).filter(seq__gt=F("before") + 1).order_by("seq")
    return [(last + 1, seq - 1) for last, seq in edges.values_list("before", "seq")]
