"""From a document to a release. The only writer of Release."""

from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from .core import canonical
from .core import release as releases
from .core.errors import Refusal
from .models import Protocol, Release


@transaction.atomic
def publish(draft: dict[str, Any]) -> Release:
    """Freeze a draft document as a release.

    Publishing the same draft again gives the release that is there. Raises Refusal: "release-broken" with the list
    of what does not hold and where, "release-immutable" when its number is taken by other bytes.
    """
    data = releases.freeze(draft)
    problems = releases.check(canonical.decode(data))
    if problems:
        raise Refusal("release-broken", "; ".join(str(problem) for problem in problems))
    frozen = releases.parse(data)
    there = Release.objects.filter(digest=frozen.digest).first()
    if there:
        return there
    document = frozen.document
    protocol, _ = Protocol.objects.get_or_create(key=document.protocol)
    if protocol.releases.filter(number=document.number).exists():
        raise Refusal("release-immutable", f"{protocol.key} {document.number}")
    return Release.objects.create(
        digest=frozen.digest,
        protocol=protocol,
        number=document.number,
        document=data,
        effective_from_ms=document.effective_from_ms,
        published_at=timezone.now(),
    )


def statuses() -> dict[str, str]:
    """Each release's status now, by digest: the newest effective one of a protocol is active, those before retired."""
    now_ms = int(timezone.now().timestamp() * 1000)
    rows = Release.objects.order_by("protocol", "-effective_from_ms", "-number")
    found: dict[str, str] = {}
    current: set[str] = set()
    for digest, protocol, effective_from_ms in rows.values_list("digest", "protocol_id", "effective_from_ms"):
        superseded = protocol in current
        found[digest] = "retired" if superseded else "active"
        if effective_from_ms <= now_ms:
            current.add(protocol)
    return found


def document_of(digest: str) -> releases.Release | None:
    """A release's document, parsed; kept in memory, since releases never change. None where it is not here."""
    try:
        return _document(digest)
    except Refusal:
        return None


@lru_cache(maxsize=64)
def _document(digest: str) -> releases.Release:
    row = Release.objects.filter(digest=digest).first()
    if row is None:
        raise Refusal("release-unknown", digest)
    return releases.parse(bytes(row.document))
