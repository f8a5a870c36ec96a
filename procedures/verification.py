"""The journal checked against itself: positions, rolling hashes, digests, links, signatures, certificates, photographs.

A push is proved by the last signature of each run; this sweep looks at every one, and an odd one is an alarm.
"""

import uuid
from collections.abc import Callable, Iterator

from django.utils import timezone

from . import keys
from .core import canonical, log, seal
from .core.entry import parse, parse_private
from .core.errors import Refusal
from .models import Blob, Enrolment, Entry, EntryContent, JournalCheck, Ward, WardLog
from .reading import with_content

Finding = dict[str, str | int]


def run() -> JournalCheck:
    """Check all logs and keep the result. Progress is the count of entries checked, saved as it grows."""
    check = JournalCheck.objects.create(started_at=timezone.now())

    def progress(entries: int) -> None:
        JournalCheck.objects.filter(pk=check.pk).update(entries=entries)

    check.findings, check.entries = findings(progress)
    check.finished_at = timezone.now()
    check.save()
    return check


def findings(progress: Callable[[int], None] = lambda entries: None) -> tuple[list[Finding], int]:
    """Everything that does not verify, and the number of entries looked at."""
    found: list[Finding] = []
    entries = 0
    signers = _signers(found)
    for ward in Ward.objects.order_by("id"):
        # The head is read first: entries that arrive while this walks are left for the next run.
        head = WardLog.objects.filter(ward=ward).first()
        for row, problem in _walk(ward, head.position if head else 0, signers):
            if problem:
                found.append({"ward": str(ward.id), "position": row.position, "digest": row.digest, "problem": problem})
            entries += 1
            if entries % 500 == 0:
                progress(entries)
        found.extend(_head_findings(ward, head))
    found.extend(_blob_findings())
    return found, entries


def _signers(found: list[Finding]) -> dict[uuid.UUID, seal.PublicKey]:
    """Public keys by enrolment, from certificates that verify."""
    server_keys = keys.signing_public_keys()
    signers = {}
    for row in Enrolment.objects.all():
        try:
            certificate = seal.read_certificate(row.certificate, row.signature, server_keys)
            signers[row.id] = seal.read_public_key(certificate.public_key)
        except Refusal as refusal:
            found.append({"enrolment": str(row.id), "problem": refusal.code})
    return signers


def _walk(ward: Ward, upto: int, signers: dict[uuid.UUID, seal.PublicKey]) -> Iterator[tuple[Entry, str]]:
    """Every entry of a log in order, with what is wrong with it ("" when nothing is)."""
    last, expected = log.start_hash(ward.id), 1
    rows = Entry.objects.filter(ward=ward, position__lte=upto).order_by("position").iterator(chunk_size=500)
    for row, content in with_content(rows):
        last = log.next_hash(last, row.position, row.received_ms, row.case, row.digest)
        if row.position != expected:
            yield row, f"positions {expected} to {row.position - 1} are missing"
        elif last.hex() != row.hash:
            yield row, "the rolling hash does not follow"
        else:
            yield row, _content_problem(row, content, signers)
        last, expected = bytes.fromhex(row.hash), row.position + 1


def _content_problem(row: Entry, content: EntryContent, signers: dict[uuid.UUID, seal.PublicKey]) -> str:
    data = bytes(content.data)
    if canonical.digest_of(data) != row.digest:
        return "the bytes are not those of the digest"
    try:
        entry = parse(data)
        parse_private(entry, bytes(content.private) if content.private else None)
    except Refusal as refusal:
        return refusal.code
    columns = (str(row.ward_id), str(row.enrolment), row.seq, row.prev, row.case and str(row.case), row.type)
    if columns != (entry.ward, entry.enrolment, entry.seq, entry.prev, entry.case, entry.type):
        return "the row's columns are not those of the entry"
    signer = signers.get(row.enrolment)
    if signer is None:
        return "certificate-missing"
    return "" if seal.verifies(signer, bytes(content.signature), data) else "entry-signature-wrong"


def _blob_findings() -> Iterator[Finding]:
    """Photographs that are not what their names say; one that was erased says nothing."""
    for blob in Blob.objects.order_by("digest").iterator(chunk_size=20):
        if blob.data and canonical.digest_of(bytes(blob.data)) != blob.digest:
            yield {"digest": blob.digest, "problem": "the photograph is not that of the digest"}


def _head_findings(ward: Ward, head: WardLog | None) -> Iterator[Finding]:
    position = head.position if head else 0
    at_head = Entry.objects.filter(ward=ward, position=position).first()
    if head and position and (at_head is None or at_head.hash != head.hash):
        yield {"ward": str(ward.id), "position": position, "problem": "the log's head is not its last entry"}
    last = Entry.objects.filter(ward=ward).order_by("-position").values_list("position", flat=True).first() or 0
    now = WardLog.objects.filter(ward=ward).values_list("position", flat=True).first() or 0
    if last > now:
        yield {"ward": str(ward.id), "position": last, "problem": "entries stand beyond the log's head"}
