"""The ward logs: the only writer of Entry.

What arrives is opened and verified before the lock. Under the lock stand only: what is held already, the new rows,
the head, and the projection of the touched cases. One transaction: a receipt is given for what is committed, and
what crashes before the commit was never there; the tablet sends it again.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from . import keys, quarantine, records, server
from .clock import now_ms
from .core import canonical, log
from .core.batch import Batch, Proved, Refused, ServerKeys, open_batch
from .core.errors import Refusal
from .models import Device, Enrolment, Entry, EntryContent, Holding, Ward, WardLog


@dataclass(frozen=True)
class Receipt:
    """The server's word that it holds an entry: its place, and when it came (server's clock, ms since 1970 UTC)."""

    digest: str
    ward: str
    position: int
    received_ms: int


@dataclass(frozen=True)
class Held:
    """What the server holds of one writer.

    `upto` is the last seq of the unbroken chain from 1, `digest` that entry's (None for 0), `missing` the gaps
    between it and the highest seq held, both ends included.
    """

    enrolment: str
    upto: int
    digest: str | None
    missing: list[tuple[int, int]]


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
    wanted = {item.digest for item in batch.entries}
    held = {row.digest for row in _stored(wanted)}
    proved, refused = open_batch(batch, device.id, ServerKeys(keys.signing_public_keys(), keys.hpke_key), held)
    with transaction.atomic():
        heads = _locked_heads({uuid.UUID(item.entry.ward) for item in proved})
        known = [item for item in proved if item.entry.ward in heads]
        refused += [Refused(item.digest, Refusal("ward-foreign")) for item in proved if item.entry.ward not in heads]
        _write(known, heads)
        enrolments = {item.enrolment for item in batch.entries} | set(batch.enrolments)
        holdings = _holdings(device, enrolments, {item.entry.enrolment for item in known})
    receipts = [Receipt(row.digest, str(row.ward_id), row.position, row.received_ms) for row in _stored(wanted)]
    return Outcome(receipts, refused, holdings)


def _stored(digests: Iterable[str]) -> list[Entry]:
    return list(Entry.objects.filter(digest__in=list(digests))) if digests else []


def _locked_heads(wards: Collection[uuid.UUID]) -> dict[str, WardLog]:
    """The heads of these wards' logs, locked in the order of their ids, so that two batches cannot deadlock."""
    for ward in Ward.objects.filter(id__in=wards, log=None):
        WardLog.objects.get_or_create(ward=ward, defaults={"hash": log.start_hash(ward.id).hex()})
    locked = WardLog.objects.select_for_update().filter(ward__in=wards).order_by("ward_id")
    return {str(head.ward_id): head for head in locked}


def _write(proved: list[Proved], heads: dict[str, WardLog]) -> None:
    """Give each new entry its place, store all, and say which do not count. The heads are locked by the caller."""
    already = {row.digest for row in _stored([item.digest for item in proved])}
    fresh = [item for item in proved if item.digest not in already]
    _store(fresh, heads)
    problems = quarantine.judge(fresh)
    targets = [(row, problems[row.digest]) for row in _stored(problems)]
    forked = quarantine.forked({uuid.UUID(item.entry.enrolment) for item in fresh})
    targets += [(row, quarantine.FORK) for row in forked if row.digest not in problems]
    cases = {uuid.UUID(item.entry.case) for item in fresh if item.entry.case}
    records.project(cases | _quarantine(targets, heads))
    for head in heads.values():
        head.save(update_fields=["position", "hash"])


def _quarantine(targets: list[tuple[Entry, str]], heads: dict[str, WardLog]) -> set[uuid.UUID]:
    """Write the server's word about entries that do not count, once each; gives the cases it touches."""
    named = quarantine.already([row for row, _ in targets]) if targets else set()
    touched: set[uuid.UUID] = set()
    for row, code in targets:
        if row.digest in named or str(row.ward_id) not in heads:
            continue
        body: dict[str, object] = {"target": row.digest, "code": code}
        entry = server.write(row.ward, "entry.quarantined", body, case=row.case, at_ms=now_ms())
        _store([entry], heads)
        touched |= {row.case} if row.case else set()
    return touched


def _store(fresh: list[Proved], heads: dict[str, WardLog]) -> None:
    """The rows of new entries at the next places of their logs."""
    rows = [_placed(item, heads[item.entry.ward], received_ms=now_ms()) for item in fresh]
    Entry.objects.bulk_create(rows)
    EntryContent.objects.bulk_create(
        EntryContent(
            ward_id=row.ward_id, position=row.position, data=item.data, signature=item.signature, private=item.private
        )
        for row, item in zip(rows, fresh, strict=True)
    )


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


def _holdings(device: Device, asked: Collection[str], touched: Collection[str]) -> list[Held]:
    """What is held of each enrolment of this device that was asked for; remembers how far a chain was walked."""
    enrolments = Enrolment.objects.filter(device=device, id__in=asked)
    known = {holding.enrolment: holding for holding in Holding.objects.filter(enrolment__in=asked)}
    held: list[Held] = []
    for enrolment in enrolments.order_by("id"):
        start = canonical.digest_of(enrolment.certificate.encode())
        holding = known.get(enrolment.id) or Holding(enrolment=enrolment.id, upto=0, digest=start)
        gaps = _walk(holding)
        if str(enrolment.id) in touched:
            holding.save()
        held.append(Held(str(enrolment.id), holding.upto, holding.digest if holding.upto else None, gaps))
    return held


def _walk(holding: Holding) -> list[tuple[int, int]]:
    """Follow the chain from where it was last left; moves the holding and gives the gaps beyond it."""
    later = Entry.objects.filter(enrolment=holding.enrolment, seq__gt=holding.upto).order_by("seq")
    beyond: list[int] = []
    for seq, digest, prev in later.values_list("seq", "digest", "prev"):
        if seq == holding.upto + 1 and prev == holding.digest:
            holding.upto, holding.digest = seq, digest
        elif not beyond or beyond[-1] != seq:
            beyond.append(seq)
    return _gaps(holding.upto, beyond)


def _gaps(upto: int, beyond: Iterable[int]) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    last = upto
    for seq in beyond:
        if seq > last + 1:
            gaps.append((last + 1, seq - 1))
        last = max(last, seq)
    return gaps
