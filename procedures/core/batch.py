"""A pushed batch: its shape, and the way from sealed to proved entries.

Untrusted input, one refusal per step, per entry: a bad entry never stops the next one.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Meta

from . import canonical, seal
from .entry import MAX_BATCH_ENTRIES, Digest, Entry, Seq, Strict, Uuid, parse, parse_private
from .errors import Refusal
from .seal import Base64Url, Certificate, PublicKey

Found = TypeVar("Found")


class SignedCertificate(Strict, frozen=True):
    certificate: str
    signature: Base64Url


class Envelope(Strict, frozen=True):
    id: Digest
    key: int
    sealed: Base64Url


class SealedEntry(Strict, frozen=True):
    enrolment: Uuid
    seq: Seq
    digest: Digest
    envelope: Digest
    sealed: Base64Url


class Batch(Strict, frozen=True):
    """What a tablet pushes. `enrolments` names those whose holdings it wants to hear of."""

    v: int
    certificates: Annotated[list[SignedCertificate], Meta(max_length=MAX_BATCH_ENTRIES)]
    envelopes: Annotated[list[Envelope], Meta(max_length=MAX_BATCH_ENTRIES)]
    entries: Annotated[list[SealedEntry], Meta(max_length=MAX_BATCH_ENTRIES)]
    enrolments: Annotated[list[Uuid], Meta(max_length=MAX_BATCH_ENTRIES)]


@dataclass(frozen=True)
class Proved:
    """An entry that is opened, well formed, and signed by the holder of `certificate`. `part` is `private` as read."""

    digest: str
    data: bytes
    signature: bytes
    private: bytes | None
    entry: Entry
    certificate: Certificate
    part: dict[str, Any] | None

    @property
    def by_server(self) -> bool:
        """Whether the server itself wrote it, under its own enrolment on a ward."""
        return self.certificate.type == "server"


@dataclass(frozen=True)
class Refused:
    """An entry that cannot be stored, by the digest that the tablet gave it."""

    digest: str
    refusal: Refusal


@dataclass(frozen=True)
class ServerKeys:
    """The keys that opening needs: signing public keys by number; HPKE private keys by number."""

    signing: Mapping[int, PublicKey]
    hpke: Callable[[int], ec.EllipticCurvePrivateKey]


def open_batch(batch: Batch, device: uuid.UUID, keys: ServerKeys, held: Set[str]) -> tuple[list[Proved], list[Refused]]:
    """Open, parse and verify all entries but those in `held` (digests that the server has already).

    What is proved keeps the order of the batch, which is that of the tablet across its people.
    The envelope must be the pushing device's own; the writers need not be. After a restore a tablet hands in what
    it holds, whoever wrote it: certificate and signature say whose it is, and carrying it adds nothing to it.
    """
    certificates = _certificates(batch, keys)
    envelopes = _envelopes(batch, device, keys)
    proved: list[Proved] = []
    refused: list[Refused] = []
    for sealed in {item.digest: item for item in batch.entries if item.digest not in held}.values():
        try:
            proved.append(_open(sealed, device, certificates, envelopes))
        except Refusal as refusal:
            refused.append(Refused(sealed.digest, refusal))
    unsigned = list(_badly_signed(proved))
    refused.extend(Refused(item.digest, Refusal("entry-signature-wrong")) for item in unsigned)
    return [item for item in proved if item not in unsigned], refused


def _certificates(batch: Batch, keys: ServerKeys) -> dict[str, Certificate | Refusal]:
    """Certificates by enrolment; a bad one is kept as its refusal, for the entries that lean on it."""
    found: dict[str, Certificate | Refusal] = {}
    for item in batch.certificates:
        try:
            certificate = seal.read_certificate(item.certificate, item.signature, keys.signing)
        except Refusal as refusal:
            found.setdefault(_claimed_enrolment(item.certificate), refusal)
            continue
        found[certificate.enrolment] = certificate
    return found


def _claimed_enrolment(text: str) -> str:
    try:
        value: Any = canonical.decode(text.encode())
    except (Refusal, UnicodeEncodeError):
        return ""
    return str(value.get("enrolment")) if isinstance(value, dict) else ""


def _envelopes(batch: Batch, device: uuid.UUID, keys: ServerKeys) -> dict[str, bytes | Refusal]:
    found: dict[str, bytes | Refusal] = {}
    for item in batch.envelopes:
        try:
            sealed = seal.from_text(item.sealed)
            found[item.id] = seal.open_envelope(keys.hpke(item.key), device, item.key, item.id, sealed)
        except Refusal as refusal:
            found.setdefault(item.id, refusal)
    return found


def _open(
    sealed: SealedEntry,
    device: uuid.UUID,
    certificates: Mapping[str, Certificate | Refusal],
    envelopes: Mapping[str, bytes | Refusal],
) -> Proved:
    certificate = _found(certificates, sealed.enrolment, "certificate-missing")
    aes_key = _found(envelopes, sealed.envelope, "envelope-missing")
    aad = seal.entry_aad(sealed.envelope, uuid.UUID(sealed.enrolment), sealed.seq)
    opened = seal.open_entry(aes_key, aad, seal.from_text(sealed.sealed))
    if canonical.digest_of(opened.data) != sealed.digest:
        raise Refusal("entry-digest-wrong")
    entry = parse(opened.data)
    if (entry.enrolment, entry.seq) != (sealed.enrolment, sealed.seq):
        raise Refusal("entry-place-wrong")
    part = parse_private(entry, opened.private)
    return Proved(sealed.digest, opened.data, opened.signature, opened.private, entry, certificate, part)


def _found(table: Mapping[str, Found | Refusal], name: str, missing: str) -> Found:
    value = table.get(name)
    if value is None:
        raise Refusal(missing, name)
    if isinstance(value, Refusal):
        raise value
    return value


def _badly_signed(entries: Iterable[Proved]) -> Iterator[Proved]:
    """The entries whose signature does not hold.

    A run of linked entries is proved by its last signature, since that signs all digests before it; only when that
    fails is each looked at by itself. The signatures inside a proved run are checked later, by the journal's sweep.
    """
    for run in _runs(entries):
        key = seal.read_public_key(run[0].certificate.public_key)
        if not seal.verifies(key, run[-1].signature, run[-1].data):
            yield from (item for item in run if not seal.verifies(key, item.signature, item.data))


def _runs(entries: Iterable[Proved]) -> Iterator[list[Proved]]:
    """Cut each writer's entries, in the order given, where one does not follow from the one before."""
    by_writer: dict[str, list[Proved]] = {}
    for item in entries:
        by_writer.setdefault(item.entry.enrolment, []).append(item)
    for written in by_writer.values():
        run: list[Proved] = []
        for item in written:
            if run and item.entry.prev != run[-1].digest:
                yield run
                run = []
            run.append(item)
        yield run
