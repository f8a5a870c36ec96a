"""From a protocol's draft to a release: proposed by one person, approved or sent back by another, perhaps recalled.

The only writer of Proposal, Decision, Release and Recall. Each act takes the protocol's row lock: of two at once one
comes second and finds what the first has done. When a release takes effect stands in its document and is compared with
the clock by whoever asks: nothing has to run at that moment.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import access, drafting
from .core import canonical
from .core import release as releases
from .core.errors import Refusal
from .models import Decision, Person, Proposal, Protocol, Recall, Release


def check_draft(protocol: Protocol) -> list[releases.Problem]:
    """All that keeps a protocol's draft from being published, each with the path of its place."""
    return problems_of(drafting.draft_of(protocol))


def problems_of(draft: dict[str, Any]) -> list[releases.Problem]:
    return releases.draft_problems(draft)


@transaction.atomic
def propose(protocol: Protocol, *, by: Person, reason: str, seen: str | None = None) -> Proposal:
    """Propose a protocol's draft as its next release, in place of a proposal that is open.

    The proposal names the draft by its content digest: what is changed afterwards is not what was proposed. `seen` is
    the content digest of the draft that the proposer looked at.

    Raises Refusal: "not-allowed", "reason-missing", "release-broken" with all that does not hold and where,
    "draft-changed", "draft-unchanged" when it says what is in force already.
    """
    if not access.may_edit_drafts(by):
        raise Refusal("not-allowed")
    words = _reason(reason)
    locked = _locked(protocol.key)
    draft = drafting.draft_of(locked)
    _refuse_problems(draft)
    said = drafting.content_digest(draft)
    if seen is not None and said != seen:
        raise Refusal("draft-changed")
    _refuse_unchanged(last_release(locked), said, None)
    now = timezone.now()
    open_one = open_proposal(locked)
    if open_one:
        Decision.objects.create(proposal=open_one, kind=Decision.Kind.REPLACED, decided_by=by, decided_at=now)
    return Proposal.objects.create(protocol=locked, digest=said, proposed_by=by, proposed_at=now, reason=words)


@transaction.atomic
def approve(proposal: Proposal, *, by: Person, effective_from: datetime | None = None) -> Release:
    """Freeze what was proposed as the protocol's next release, in effect from a given time, or at once.

    Raises Refusal: "not-allowed", "own-proposal", "proposal-decided", "effective-past", "proposal-stale" when the draft
    was changed since, "release-broken", "draft-unchanged" when the last release says the same and is no later.
    """
    locked = _deciding(proposal, by)
    now = timezone.now()
    if effective_from is not None and effective_from < now:
        raise Refusal("effective-past")
    last = last_release(locked)
    effective_from_ms = _ms(effective_from or now)
    draft = drafting.draft_of(locked, number=last.number + 1 if last else 1, effective_from_ms=effective_from_ms)
    if not drafting.is_named(draft, proposal.digest):
        raise Refusal("proposal-stale")
    _refuse_problems(draft)
    _refuse_unchanged(last, proposal.digest, effective_from)
    data = releases.freeze(draft)
    Decision.objects.create(proposal=proposal, kind=Decision.Kind.APPROVED, decided_by=by, decided_at=now)
    return Release.objects.create(
        digest=canonical.digest_of(data),
        protocol=locked,
        number=draft["number"],
        document=data,
        effective_from_ms=effective_from_ms,
        published_at=now,
        published_by=by,
        proposal=proposal,
        reason=proposal.reason,
    )


@transaction.atomic
def send_back(proposal: Proposal, *, by: Person, reason: str) -> Decision:
    """Decline a proposal, whatever the draft says by now.

    Raises Refusal: "not-allowed", "own-proposal", "proposal-decided", "reason-missing".
    """
    words = _reason(reason)
    _deciding(proposal, by)
    return Decision.objects.create(
        proposal=proposal, kind=Decision.Kind.SENT_BACK, decided_by=by, decided_at=timezone.now(), reason=words
    )


@transaction.atomic
def recall(release: Release, *, by: Person, reason: str) -> Recall:
    """Take a release back: new cases begin on the newest before it that is in force. Cases that began on it keep it.

    One person may: it must be quick, and it puts in force only what was approved before.

    Raises Refusal: "not-allowed", "reason-missing", "release-recalled".
    """
    if not access.may_publish(by):
        raise Refusal("not-allowed")
    words = _reason(reason)
    _locked(release.protocol_id)
    if Recall.objects.filter(release=release).exists():
        raise Refusal("release-recalled")
    return Recall.objects.create(release=release, recalled_by=by, recalled_at=timezone.now(), reason=words)


def open_proposal(protocol: Protocol) -> Proposal | None:
    """The proposal that waits for a decision."""
    return protocol.proposals.filter(decision=None).select_related("proposed_by").first()


def _deciding(proposal: Proposal, by: Person) -> Protocol:
    """The protocol, locked, of a proposal on which a person may decide."""
    if not access.may_publish(by):
        raise Refusal("not-allowed")
    if proposal.proposed_by_id == by.pk:
        raise Refusal("own-proposal")
    locked = _locked(proposal.protocol_id)
    if Decision.objects.filter(proposal=proposal).exists():
        raise Refusal("proposal-decided")
    return locked


def _locked(key: str) -> Protocol:
    return Protocol.objects.select_for_update().get(key=key)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal("reason-missing")
    return text.strip()


def _refuse_problems(draft: dict[str, Any]) -> None:
    problems = problems_of(draft)
    if problems:
        raise Refusal("release-broken", "; ".join(str(problem) for problem in problems))


def _refuse_unchanged(last: Release | None, said: str, effective_from: datetime | None) -> None:
    if is_unchanged(last, said, effective_from):
        raise Refusal("draft-unchanged", str(last))


def is_unchanged(last: Release | None, said: str, effective_from: datetime | None = None) -> bool:
    """Whether a release that says this would change nothing after the last one, not even when it takes effect.

    What waits may be brought forward, what was recalled may be published again.
    """
    if last is None or said != content_digest_of(bytes(last.document)) or hasattr(last, "recall"):
        return False
    if effective_from is None:
        return last.effective_from_ms <= _ms(timezone.now())
    return _ms(effective_from) == last.effective_from_ms


def last_release(protocol: Protocol) -> Release | None:
    """The release of the highest number, in force or not."""
    return protocol.releases.select_related("recall").order_by("-number").first()


def content_digest_of(data: bytes) -> str:
    """What a release says, whatever its number and date: comparable with `drafting.content_digest` of a draft."""
    return drafting.content_digest(canonical.decode(data))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def statuses() -> dict[str, str]:
    """Each release's status now, by digest.

    Of what is not recalled, a protocol's effective release of the highest number is active, those before it are
    retired, also one that was to take effect later: it was published before what is in force. Those after it are
    active, and wait.
    """
    now_ms = _ms(timezone.now())
    rows = Release.objects.order_by("protocol", "-number").values_list(
        "digest", "protocol_id", "effective_from_ms", "recall"
    )
    found: dict[str, str] = {}
    current: set[str] = set()
    for digest, protocol, effective_from_ms, recalled in rows:
        found[digest] = "recalled" if recalled else "retired" if protocol in current else "active"
        if effective_from_ms <= now_ms and not recalled:
            current.add(protocol)
    return found


def in_force() -> dict[str, str]:
    """By protocol the digest of the release that new cases begin on now."""
    active = [digest for digest, status in statuses().items() if status == "active"]
    rows = Release.objects.filter(digest__in=active, effective_from_ms__lte=_ms(timezone.now()))
    return dict(rows.values_list("protocol_id", "digest"))
