"""The ward logs: the only writer of Entry.

What arrives is opened and verified before the lock. Under the lock stand only: what is held already, the new rows,
the head, and the projection of the touched cases. One transaction: a receipt is given for what is committed, and
what crashes before the commit was never there; the tablet sends it again.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from . import bulk, holdings, keys, quarantine, recall, records, server
from .clock import now_ms
from .core import log
from .core.batch import Batch, Proved, Refused, ServerKeys, open_batch
from .core.errors import Refusal
from .holdings import Held
from .models import Device, Entry, EntryContent, Ward, WardLog


@dataclass(frozen=True)
class Receipt:
    """The server's word that it holds an entry: its place, and when it came (server's clock, ms since 1970 UTC)."""

    digest: str
    ward: str
    position: int
    received_ms: int


@dataclass(frozen=True)
class Outcome:
    """The answer to a batch: every entry of it stands in `receipts` or in `refused`."""

    receipts: list[Receipt]
    refused: list[Refused]
    holdings: list[Held]


def append(device: Device, batch: Batch) -> Outcome:
    """Store what is new in a batch, in one transaction, and answer for all of it.

    Idempotent: an entry that is held already gets the receipt of its first arrival. Entries that cannot be opened,
    attributed or read are refused one by one and do not stop the others.
    """
    places = [Place(uuid.UUID(item.enrolment), item.seq, item.digest) for item in batch.entries]
    stored = _stored(places)
    server_keys = ServerKeys(keys.signing_public_keys(), keys.hpke_key)
    proved, refused = open_batch(batch, device.id, server_keys, {row.digest for row in stored})
    wards = _known_wards(proved)
    known = [item for item in proved if item.entry.ward in wards]
    refused += [Refused(item.digest, Refusal("ward-foreign")) for item in proved if item.entry.ward not in wards]
    recall.writers(known, batch.certificates)
    stored += _append(known)
    asked = {item.enrolment for item in batch.entries} | set(batch.enrolments)
    receipts = [Receipt(row.digest, str(row.ward_id), row.position, row.received_ms) for row in stored]
    return Outcome(receipts, refused, holdings.of_device(device, asked))


@transaction.atomic
def begin_again(ward: Ward) -> None:
    """After a backup was restored: a new enrolment of the server for a ward, and an entry that says from where on.

    What the old log held beyond this point comes back from the tablets, at new positions.
    """
    head = _locked_heads({ward.id})[str(ward.id)]
    body: dict[str, object] = {"position": head.position, "hash": head.hash}
    server.new_enrolment(ward)
    _store(server.write(ward, [server.Act("log.restored", body, None)], at_ms=now_ms()), {str(ward.id): head})
    head.save(update_fields=["position", "hash"])


class Place(NamedTuple):
    """Where an entry stands in its writer's chain; `digest` tells the branches of a fork apart."""

    enrolment: uuid.UUID
    seq: int
    digest: str


class _OtherWards(Exception):
    """A fork reaches into wards that are not locked yet."""

    def __init__(self, wards: set[uuid.UUID]) -> None:
        super().__init__()
        self.wards = wards


def _append(proved: list[Proved]) -> list[Entry]:
    """Write under the locks of all wards that it takes; found to be too few, it begins again with more."""
    wards = {uuid.UUID(item.entry.ward) for item in proved}
    while proved:
        try:
            with transaction.atomic():
                return _write(proved, _locked_heads(wards))
        except _OtherWards as more:
            wards |= more.wards
    return []


def _known_wards(proved: Iterable[Proved]) -> set[str]:
    named = {item.entry.ward for item in proved}
    return {str(ward) for ward in Ward.objects.filter(id__in=named).values_list("id", flat=True)}


def _stored(places: Iterable[Place]) -> list[Entry]:
    """Which of these are held; asked for by enrolment and seq, which is what the index begins with."""
    wanted: dict[uuid.UUID, dict[int, set[str]]] = {}
    for place in places:
        wanted.setdefault(place.enrolment, {}).setdefault(place.seq, set()).add(place.digest)
    found: list[Entry] = []
    for enrolment, seqs in wanted.items():
        rows = Entry.objects.filter(enrolment=enrolment, seq__in=seqs)
        found += [row for row in rows if row.digest in seqs[row.seq]]
    return found


def _place(item: Proved) -> Place:
    return Place(uuid.UUID(item.entry.enrolment), item.entry.seq, item.digest)


def _locked_heads(wards: Collection[uuid.UUID]) -> dict[str, WardLog]:
    """The heads of these wards' logs, locked in the order of their ids, so that two batches cannot deadlock."""
    for ward in Ward.objects.filter(id__in=wards, log=None):
        WardLog.objects.get_or_create(ward=ward, defaults={"hash": log.start_hash(ward.id).hex()})
    locked = WardLog.objects.select_for_update().filter(ward__in=wards).order_by("ward_id")
    return {str(head.ward_id): head for head in locked}


def _write(proved: list[Proved], heads: dict[str, WardLog]) -> list[Entry]:
    """Give each new entry its place, store all, and say which do not count. The heads are locked by the caller.

    The rows of all of them, those that another request has stored meanwhile too.
    """
    notes = holdings.locked({uuid.UUID(item.entry.enrolment) for item in proved})
    already = _stored(map(_place, proved))
    meanwhile = {row.digest for row in already}
    fresh = [item for item in proved if item.digest not in meanwhile]
    rows = _store(fresh, heads)
    problems = quarantine.judge(fresh)
    forked = [row for row in holdings.note_forks(notes, fresh) if row.digest not in problems]
    if elsewhere := {row.ward_id for row in forked if str(row.ward_id) not in heads}:
        raise _OtherWards(elsewhere)
    judged = [(row, problems[row.digest]) for row in rows if row.digest in problems]
    targets = judged + [(row, quarantine.FORK) for row in forked]
    cases = {uuid.UUID(item.entry.case) for item in fresh if item.entry.case}
    records.project(cases | _quarantine(targets, heads))
    for head in heads.values():
        head.save(update_fields=["position", "hash"])
    for note in notes.values():
        holdings.follow(note)
        note.save(update_fields=["upto", "digest"])
    return already + rows


def _quarantine(targets: list[tuple[Entry, str]], heads: dict[str, WardLog]) -> set[uuid.UUID]:
    """Write the server's word about entries that do not count, once each; gives the cases it touches."""
    named = quarantine.already([row for row, _ in targets]) if targets else set()
    acts: dict[uuid.UUID, list[server.Act]] = {}
    for row, code in targets:
        if row.digest not in named:
            act = server.Act("entry.quarantined", {"target": row.digest, "code": code}, row.case)
            acts.setdefault(row.ward_id, []).append(act)
    for ward in Ward.objects.filter(id__in=acts):
        _store(server.write(ward, acts[ward.id], at_ms=now_ms()), heads)
    return {act.case for of_ward in acts.values() for act in of_ward if act.case}


def _store(fresh: list[Proved], heads: dict[str, WardLog]) -> list[Entry]:
    """The rows of new entries at the next places of their logs, stored."""
    rows = [_placed(item, heads[item.entry.ward], received_ms=now_ms()) for item in fresh]
    contents = [
        EntryContent(
            ward_id=row.ward_id, position=row.position, data=item.data, signature=item.signature, private=item.private
        )
        for row, item in zip(rows, fresh, strict=True)
    ]
    bulk.insert(rows)
    bulk.insert(contents)
    return rows


def _placed(item: Proved, head: WardLog, *, received_ms: int) -> Entry:
    """The next row of a log; moves its head."""
    case = uuid.UUID(item.entry.case) if item.entry.case else None
    head.position += 1
    head.hash = log.next_hash(bytes.fromhex(head.hash), head.position, received_ms, case, item.digest).hex()
    return Entry(
        ward_id=head.ward_id,
        position=head.position,
        enrolment=uuid.UUID(item.entry.enrolment),
        seq=item.entry.seq,
        digest=item.digest,
        prev=item.entry.prev,
        case=case,
        type=item.entry.type,
        received_ms=received_ms,
        hash=head.hash,
    )
