"""A demo tablet: it enrols the demo's people and sends what they write, by the same doors as any tablet.

The keys are in memory only and are gone with it; what they signed goes on verifying under its certificates.
"""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from procedures import enrolment, journal, keys
from procedures.core import canonical, entry, fold, seal
from procedures.core.batch import Batch, Envelope, SealedEntry, SignedCertificate
from procedures.models import Device, Enrolment, Ward

from .people import PASSWORDS

BOOT: Final = str(uuid.uuid4())


@dataclass(frozen=True)
class Act:
    """What somebody does: the type of an entry, its body, and what belongs into its private part."""

    kind: str
    body: dict[str, Any]
    private: dict[str, Any] | None = None


@dataclass(frozen=True)
class Signed:
    """An entry as a tablet keeps it, and as the fold takes it."""

    data: bytes
    signature: bytes
    private: bytes | None
    written: fold.Written


class Writer:
    """One person enrolled on a demo tablet: the key, and the head of the chain."""

    def __init__(self, granted: Enrolment, key: ec.EllipticCurvePrivateKey) -> None:
        self.enrolment = str(granted.id)
        self.signed = SignedCertificate(certificate=granted.certificate, signature=granted.signature)
        self.certificate = entry.shaped(canonical.decode(granted.certificate.encode()), seal.Certificate)
        self._key = key
        self._seq = 0
        self._head = canonical.digest_of(granted.certificate.encode())

    def write(self, act: Act, *, ward: uuid.UUID, case: uuid.UUID, at_ms: int, zone_min: int) -> Signed:
        """The next entry of this chain, by a tablet's clock that showed `at_ms`, `zone_min` minutes east of UTC."""
        private = canonical.encode({"salt": _salt(), **act.private}) if act.private is not None else None
        data = canonical.encode(
            {
                "v": entry.VERSION,
                "enrolment": self.enrolment,
                "seq": self._seq + 1,
                "prev": self._head,
                "ward": str(ward),
                "case": str(case),
                "type": act.kind,
                "salt": _salt(),
                "clock": {"at_ms": at_ms, "zone_min": zone_min, "offset_ms": 0, "boot": BOOT, "mono_ms": 0},
                "body": act.body,
                "private": canonical.digest_of(private) if private else None,
            }
        )
        self._seq, self._head = self._seq + 1, canonical.digest_of(data)
        told = canonical.decode(private) if private else None
        written = fold.Written(self._head, entry.parse(data), told)
        return Signed(data, seal.sign(self._key, data), private, written)


class Tablet:
    """A registered tablet of a ward, with the people who have written on it since this object was made."""

    def __init__(self, name: str, ward: Ward) -> None:
        self.device = _registered(name, ward)
        self._writers: dict[str, Writer] = {}

    @property
    def writers(self) -> list[Writer]:
        return list(self._writers.values())

    def writer(self, username: str) -> Writer:
        """A demo person on this tablet, enrolled when first asked for. Raises Refusal as `enrolment.enrol` does."""
        if username not in self._writers:
            self._writers[username] = self._enrol(username)
        return self._writers[username]

    def send(self, entries: Sequence[Signed]) -> None:
        """Push entries, 200 at most. Raises Refusal with the first that the journal refuses."""
        aes_key = os.urandom(32)
        envelope = self._envelope(aes_key)
        sealed = [_sealed(each, envelope.id, aes_key) for each in entries]
        certificates = [writer.signed for writer in self.writers]
        batch = Batch(v=entry.VERSION, certificates=certificates, envelopes=[envelope], entries=sealed, enrolments=[])
        for refused in journal.append(self.device, batch).refused:
            raise refused.refusal

    def leave(self) -> None:
        """End all enrolments: nobody has their keys any more. What they wrote still counts."""
        for writer in self.writers:
            enrolment.end(Enrolment.objects.get(id=writer.enrolment), Enrolment.Ending.LEFT)
        self._writers.clear()

    def _enrol(self, username: str) -> Writer:
        key = ec.generate_private_key(ec.SECP256R1())
        asked = enrolment.EnrolmentRequest(
            v=entry.VERSION,
            enrolment=str(uuid.uuid4()),
            username=username,
            password=PASSWORDS[username],
            public_key=seal.to_text(keys.point(key.public_key())),
            proof="",
        )
        proof = seal.to_text(seal.sign(key, enrolment.proof_bytes(self.device.id, asked)))
        return Writer(enrolment.enrol(self.device, msgspec.structs.replace(asked, proof=proof)), key)

    def _envelope(self, aes_key: bytes) -> Envelope:
        number = keys.current_number()
        public = keys.hpke_key(number).public_key()
        info = seal.envelope_info(self.device.id, number)
        sealed = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM).encrypt(aes_key, public, info=info)
        return Envelope(id=canonical.digest_of(sealed), key=number, sealed=seal.to_text(sealed))


def _registered(name: str, ward: Ward) -> Device:
    """The demo tablet of this name; one that was revoked, or that a visitor has renamed, gets a successor."""
    found = Device.objects.filter(name=name, wards=ward, revoked_at=None).exclude(registered_at=None).first()
    if found is not None:
        return found
    device = Device.objects.create(name=name)
    device.wards.add(ward)
    return enrolment.register(enrolment.make_code(device, by=None))


def _sealed(signed: Signed, envelope: str, aes_key: bytes) -> SealedEntry:
    head, digest = signed.written.entry, signed.written.digest
    nonce = os.urandom(12)
    aad = seal.entry_aad(envelope, uuid.UUID(head.enrolment), head.seq)
    plain = signed.signature + len(signed.data).to_bytes(4, "big") + signed.data + (signed.private or b"")
    sealed = seal.to_text(nonce + AESGCM(aes_key).encrypt(nonce, plain, aad))
    return SealedEntry(enrolment=head.enrolment, seq=head.seq, digest=digest, envelope=envelope, sealed=sealed)


def _salt() -> str:
    return seal.to_text(os.urandom(16))
