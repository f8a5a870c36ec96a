"""Photographs of papers: the only writer of Blob.

A tablet sends a photograph before the entry that names it. The other order does no harm: until it arrives the case is
flagged, and the tablet is told with each push.
"""

import uuid
from typing import Final

from django.db import connections, transaction

from . import append_only, keys, records
from .clock import now_ms
from .core.blob import SealedBlob, open_blob
from .models import Blob, Device, RecordBlob

_NOBODY: Final = uuid.UUID(int=0)


def keep(device: Device, sealed: SealedBlob) -> Blob:
    """Store a photograph, and answer for it. Idempotent, also twice at once; what is held already is not opened again.

    Raises Refusal as `open_blob` does.
    """
    rows = Blob.objects.defer("data")
    if not rows.filter(digest=sealed.digest).exists():
        data = open_blob(sealed, device.id, keys.hpke_key)
        blob = Blob(digest=sealed.digest, data=data, device=device.id, received_ms=now_ms())
        # Whoever comes second waits for the first, and then leaves its row as it is.
        Blob.objects.bulk_create([blob], ignore_conflicts=True)
    records.heard_of_blob(sealed.digest)
    return rows.get(digest=sealed.digest)


def photograph(case: uuid.UUID, digest: str) -> bytes | None:
    """The bytes of a photograph that a case names; None where it is not named there, has not arrived, or was erased."""
    named = RecordBlob.objects.filter(record=case, digest=digest)
    row = Blob.objects.filter(digest__in=named.values("digest")).first()
    return bytes(row.data) or None if row else None


def erase(case: uuid.UUID) -> int:
    """Legal erasure: empty the photographs of a case but those that another case names too; gives their number.

    Their names stay, so that a tablet that still holds one is not asked for it, nor heard when it brings it again.
    """
    others = RecordBlob.objects.exclude(record=case).values("digest")
    own = RecordBlob.objects.filter(record=case).exclude(digest__in=others)
    digests = set(own.values_list("digest", flat=True))
    # One that has not arrived is erased beforehand: its tablet may bring it at any time.
    awaited = [Blob(digest=digest, data=b"", device=_NOBODY, received_ms=now_ms()) for digest in sorted(digests)]
    Blob.objects.bulk_create(awaited, ignore_conflicts=True)
    owner = append_only.owner_alias("default")
    with transaction.atomic(using=owner), append_only.lifted(connections[owner]):
        return Blob.objects.using(owner).filter(digest__in=digests).update(data=b"")
