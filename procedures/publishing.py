"""From a protocol's draft to a release. The only writer of Release."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from . import access, drafting
from .core import canonical
from .core import release as releases
from .core.errors import Refusal
from .models import Person, Protocol, Release


def check_draft(protocol: Protocol) -> list[releases.Problem]:
    """All that keeps a protocol's draft from being published, each with the path of its place."""
    return releases.draft_problems(drafting.draft_of(protocol))


@transaction.atomic
def publish_draft(
    protocol: Protocol, *, by: Person, reason: str, effective_from: datetime | None = None, seen: str | None = None
) -> Release:
    """Freeze a protocol's draft as its next release, in effect from a given time, or at once.

    `seen` is the content digest of the draft that the publisher looked at, so that nobody publishes what came in
    between. Two at once are taken in turn under the protocol's row lock.

    Raises Refusal: "not-allowed", "reason-missing", "effective-past", "draft-unchanged" when the last release says
    the same and no other time was asked for, "draft-changed", "release-broken" with all that does not hold and where.
    """
    now = timezone.now()
    if not access.may_publish(by):
        raise Refusal("not-allowed")
    if not reason.strip():
        raise Refusal("reason-missing")
    if effective_from is not None and effective_from < now:
        raise Refusal("effective-past")
    locked = Protocol.objects.select_for_update().get(key=protocol.key)
    last = locked.releases.order_by("-number").first()
    effective_from_ms = None if effective_from is None else _ms(effective_from)
    data = _frozen(locked, number=last.number + 1 if last else 1, effective_from_ms=effective_from_ms or _ms(now))
    said = content_digest_of(data)
    if seen is not None and said != seen:
        raise Refusal("draft-changed")
    if last and said == content_digest_of(bytes(last.document)) and _comes_no_sooner(last, effective_from_ms, now):
        raise Refusal("draft-unchanged", f"{locked.key} {last.number}")
    frozen = releases.parse(data)
    return Release.objects.create(
        digest=frozen.digest,
        protocol=locked,
        number=frozen.document.number,
        document=data,
        effective_from_ms=frozen.document.effective_from_ms,
        published_at=now,
        published_by=by,
        reason=reason.strip(),
    )


def _comes_no_sooner(last: Release, effective_from_ms: int | None, now: datetime) -> bool:
    """Whether a release that says the same as the last one would change nothing, not even when it takes effect."""
    if effective_from_ms is None:
        return last.effective_from_ms <= _ms(now)
    return effective_from_ms == last.effective_from_ms


def _frozen(protocol: Protocol, *, number: int, effective_from_ms: int) -> bytes:
    draft = drafting.draft_of(protocol, number=number, effective_from_ms=effective_from_ms)
    problems = releases.draft_problems(draft)
    if problems:
        raise Refusal("release-broken", "; ".join(str(problem) for problem in problems))
    return releases.freeze(draft)


def content_digest_of(data: bytes) -> str:
    """What a release says, whatever its number and date: comparable with `drafting.content_digest` of a draft."""
    return drafting.content_digest(canonical.decode(data))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def statuses() -> dict[str, str]:
    """Each release's status now, by digest.

    A protocol's effective release of the highest number is active, those before it are retired, also one that was to
    take effect later: it was published before what is in force. Those after it are active, and wait.
    """
    now_ms = _ms(timezone.now())
    rows = Release.objects.order_by("protocol", "-number")
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
