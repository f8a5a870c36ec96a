"""The entry: one act, written once as canonical bytes and named by their SHA-256.

Shapes, patterns and limits stand in docs/wire-format.md and are the same in frontend/src/core/entry.ts.
"""

import re
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from . import canonical
from .errors import Refusal

Shape = TypeVar("Shape")

VERSION: Final = 1
MAX_ENTRY_BYTES: Final = 64 * 1024
MAX_BATCH_ENTRIES: Final = 200
MAX_BATCH_BYTES: Final = 1024 * 1024
# Sealed, in base64url and with its envelope a blob still fits into one request of MAX_BATCH_BYTES.
MAX_BLOB_BYTES: Final = 700 * 1024

# The patterns of docs/wire-format.md, verbatim on both sides; the whole string must match.
PATTERNS: Final = {
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "digest": r"[0-9a-f]{64}",
    "salt": r"[A-Za-z0-9_-]{22}",
    "key": r"[a-z][a-z0-9_.-]{0,63}",
    "type": r"[a-z]{1,20}\.[a-z]{1,20}",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "base64url": r"[A-Za-z0-9_-]*",
}


def matching(name: str) -> Meta:
    """A msgspec constraint for one of PATTERNS. (`$` alone would let a trailing line break through.)"""
    return Meta(pattern=rf"^(?:{PATTERNS[name]})(?![\s\S])")


Uuid = Annotated[str, matching("uuid")]
Digest = Annotated[str, matching("digest")]
Salt = Annotated[str, matching("salt")]
Key = Annotated[str, matching("key")]
Count = Annotated[int, Meta(ge=0, le=canonical.MAX_INTEGER)]
Seq = Annotated[int, Meta(ge=1, le=canonical.MAX_INTEGER)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shape in which nothing is optional and nothing is unknown."""


class Clock(Strict, frozen=True):
    """What the tablet's clock said. All in ms; `zone_min` is minutes east of UTC, `offset_ms` server − tablet."""

    at_ms: Count
    zone_min: Annotated[int, Meta(ge=-1440, le=1440)]
    offset_ms: int | None
    boot: Uuid
    mono_ms: Count

    @property
    def corrected_ms(self) -> int:
        """The instant by the server's clock, ms since 1970 UTC, as well as the tablet knew it."""
        return self.at_ms + (self.offset_ms or 0)


class Entry(Strict, frozen=True):
    """The header of an entry and its body, still untyped: `body_problem` says whether it can be read."""

    v: int
    enrolment: Uuid
    seq: Seq
    prev: Digest
    ward: Uuid
    case: Uuid | None
    type: Annotated[str, matching("type")]
    salt: Salt
    clock: Clock
    body: dict[str, Any]
    private: Digest | None


class Seen(Strict, frozen=True):
    """The head of a ward log as the writer last pulled it: co-signed with the act."""

    ward: Uuid
    position: Count
    hash: Digest


class CaseOpened(Strict, frozen=True):
    protocol: Key
    release: Digest
    session: Uuid | None
    previous: Uuid | None


class CasePlanned(Strict, frozen=True):
    start_ms: Count
    replaces: list[Digest]


class CasePostponed(Strict, frozen=True):
    reopens: list[Digest]


class CaseClosed(Strict, frozen=True):
    outcome: Key
    release: Digest
    covers: list[Digest]
    seen: Seen | None
    replaces: list[Digest]


class CaseTaken(Strict, frozen=True):
    """The writer answers for the case from now on; `replaces` names who did, `covers` what there was to take over."""

    covers: list[Digest]
    seen: Seen | None
    replaces: list[Digest]


class SubjectGiven(Strict, frozen=True):
    sex: Key
    birth_year: Annotated[int, Meta(ge=1800, le=9999)] | None
    replaces: list[Digest]


class AnswerGiven(Strict, frozen=True):
    """`covers`: of a confirmation, what the item shows beside it; None: that is not said."""

    item: Key
    part: Annotated[str, Meta(max_length=130)]
    value: Any
    replaces: list[Digest]
    occurred_ms: Count | None
    late: bool
    covers: list[Digest] | None = None


class HoldAcknowledged(Strict, frozen=True):
    item: Key
    part: Annotated[str, Meta(max_length=130)]
    hold: Key
    covers: list[Digest]


class HoldOverridden(Strict, frozen=True):
    item: Key
    part: Annotated[str, Meta(max_length=130)]
    hold: Key
    basis: Key | None
    covers: list[Digest]


class Guest(Strict, frozen=True):
    """Someone without an enrolment on this tablet; the name and the drawn signature are private."""

    role: Key


class PhaseSigned(Strict, frozen=True):
    phase: Key
    meaning: Key
    release: Digest
    covers: list[Digest]
    seen: Seen | None
    guest: Guest | None


class ConsentInformed(Strict, frozen=True):
    """Information given at `given_ms`, which may lie back; `risks`: those talked about; `copy`: taken or declined."""

    consent: Key
    release: Digest
    language: Key
    text: Digest
    given_ms: Count
    risks: list[Key]
    copy: Key
    interpreter: Key | None
    covers: list[Digest]
    seen: Seen | None


class ConsentDecided(Strict, frozen=True):
    """One person's decision. `decided_ms` where it was made before it was recorded; `blobs`: photographs of the paper.

    `drawn`, `witnessed`: whether the private part holds a drawing, a witness.
    """

    consent: Key
    release: Digest
    language: Key
    text: Digest
    decision: Key
    relation: Key
    basis: Key
    method: Key
    decided_ms: Count | None
    checked: Key
    interpreter: Key | None
    drawn: bool
    witnessed: bool
    blobs: list[Digest]
    after: list[Digest]
    covers: list[Digest]
    seen: Seen | None


class ConsentHeard(Strict, frozen=True):
    """The view of somebody who need not grant; `who` is a hearing of the release."""

    consent: Key
    release: Digest
    who: Key
    view: Key
    informed: bool
    drawn: bool
    after: list[Digest]
    covers: list[Digest]
    seen: Seen | None


class ConsentConfirmed(Strict, frozen=True):
    """Confirmed on the day by the person in this relation."""

    consent: Key
    release: Digest
    relation: Key
    after: list[Digest]
    covers: list[Digest]
    seen: Seen | None


class ConsentWithdrawn(Strict, frozen=True):
    """Withdrawn by whom, how (spoken counts), and what is to become of what was taken."""

    consent: Key
    release: Digest
    relation: Key
    method: Key
    tissue: Key | None
    covers: list[Digest]
    seen: Seen | None


class EntryVoided(Strict, frozen=True):
    target: Digest


class NoteAdded(Strict, frozen=True):
    item: Key | None
    part: Annotated[str, Meta(max_length=130)]


class CaseMoved(Strict, frozen=True):
    """Body of case.left (the ward it went to) and case.joined (the ward it came from)."""

    ward: Uuid


class EntryQuarantined(Strict, frozen=True):
    target: Digest
    code: Key


class CaseErased(Strict, frozen=True):
    basis: Key


class LogRestored(Strict, frozen=True):
    position: Count
    hash: Digest


BODIES: Final[dict[str, type[Strict]]] = {
    "case.opened": CaseOpened,
    "case.planned": CasePlanned,
    "case.postponed": CasePostponed,
    "case.taken": CaseTaken,
    "case.closed": CaseClosed,
    "subject.given": SubjectGiven,
    "answer.given": AnswerGiven,
    "hold.acknowledged": HoldAcknowledged,
    "hold.overridden": HoldOverridden,
    "phase.signed": PhaseSigned,
    "consent.informed": ConsentInformed,
    "consent.decided": ConsentDecided,
    "consent.heard": ConsentHeard,
    "consent.confirmed": ConsentConfirmed,
    "consent.withdrawn": ConsentWithdrawn,
    "entry.voided": EntryVoided,
    "note.added": NoteAdded,
    # Written by the server's own enrolment only.
    "case.left": CaseMoved,
    "case.joined": CaseMoved,
    "entry.quarantined": EntryQuarantined,
    "entry.released": EntryVoided,
    "case.erased": CaseErased,
    "log.restored": LogRestored,
}

SERVER_TYPES: Final = frozenset(
    {"case.left", "case.joined", "entry.quarantined", "entry.released", "case.erased", "log.restored"}
)


def parse(data: bytes) -> Entry:
    """Read an entry's bytes.

    The body is checked to be canonical JSON but not to be known: an unknown body is stored and quarantined.
    Raises Refusal: "entry-too-large", "json-broken", "json-not-canonical", "version-unknown", "shape-wrong".
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise Refusal("entry-too-large", f"{len(data)} bytes")
    value = canonical.decode(data)
    if isinstance(value, dict) and value.get("v") != VERSION:
        raise Refusal("version-unknown", f"v={value.get('v')!r:.20}")
    return shaped(value, Entry)


def body_problem(entry: Entry) -> str | None:
    """Why the body cannot be read, or None when it can: an unknown type, or another shape than the type's."""
    body_type = BODIES.get(entry.type)
    if body_type is None:
        return f"unknown type {entry.type}"
    try:
        msgspec.convert(entry.body, body_type, strict=True)
    except msgspec.ValidationError as wrong:
        return str(wrong)
    return None


def blobs_named(entry: Entry) -> list[str]:
    """The photographs that an entry names, also one that does not count or cannot be read otherwise."""
    named = entry.body.get("blobs") if entry.type == "consent.decided" else None
    texts = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    return [each for each in texts if re.fullmatch(PATTERNS["digest"], each)]


def parse_private(entry: Entry, data: bytes | None) -> dict[str, Any] | None:
    """Read the private part that belongs to an entry.

    None where the entry names none. A part that was left out on purpose (pseudonymised) is for the caller to
    allow. Raises Refusal: "private-missing", "private-wrong", or canonical.decode's.
    """
    if entry.private is None:
        if data:
            raise Refusal("private-wrong", "a private part that the entry does not name")
        return None
    if not data:
        raise Refusal("private-missing")
    if canonical.digest_of(data) != entry.private:
        raise Refusal("private-wrong")
    value = canonical.decode(data)
    if not isinstance(value, dict) or not re.fullmatch(PATTERNS["salt"], str(value.get("salt"))):
        raise Refusal("private-wrong", "no salt")
    return value


def shaped(value: Any, shape: type[Shape]) -> Shape:
    """Convert a decoded value strictly. Raises Refusal("shape-wrong") naming the place, never the value."""
    try:
        return msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as wrong:
        raise Refusal("shape-wrong", str(wrong)) from wrong
