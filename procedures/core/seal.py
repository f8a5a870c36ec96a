"""Certificates, signatures, envelopes and sealed entries: what proves who wrote what, opened and verified.

Only the opening half stands here, since sealing needs randomness. Formats: docs/wire-format.md.
Sources: HPKE RFC 9180; ECDSA FIPS 186-5; AES-GCM NIST SP 800-38D.
"""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Meta

from . import canonical
from .entry import MAX_ENTRY_BYTES, PATTERNS, VERSION, Key, Strict, Uuid, matching, shaped
from .errors import Refusal

SIGNATURE_BYTES: Final = 64
POINT_BYTES: Final = 65
NONCE_BYTES: Final = 12
_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_ECDSA: Final = ec.ECDSA(hashes.SHA256())

Base64Url = Annotated[str, matching("base64url")]
PublicKey = ec.EllipticCurvePublicKey


class Certificate(Strict, frozen=True):
    """The server's statement about one writer; `issued_ms` by the server's clock.

    `type` is "person" for someone on a device, or "server" for the server's own enrolment on a ward, whose id then
    stands for the device, and the enrolment's for the person.
    """

    v: int
    type: str
    key: int
    enrolment: Uuid
    device: Uuid
    wards: list[Uuid]
    person: Uuid
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    roles: list[Key]
    public_key: Base64Url
    issued_ms: int


@dataclass(frozen=True)
class Opened:
    """What a sealed entry holds: raw signature, the entry's bytes, and its private part or None."""

    signature: bytes
    data: bytes
    private: bytes | None


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Read base64url without padding, strictly. Raises Refusal("shape-wrong")."""
    if not re.fullmatch(PATTERNS["base64url"], text):
        raise Refusal("shape-wrong", "base64url")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise Refusal("shape-wrong", "base64url") from wrong
    if to_text(data) != text:
        raise Refusal("shape-wrong", "base64url with stray bits")
    return data


def purpose_bytes(purpose: str, data: bytes) -> bytes:
    """What is signed for anything but an entry, so that nothing else can pass for one."""
    return b"bedside/1 " + purpose.encode("ascii") + data


def read_public_key(text: str) -> PublicKey:
    """A P-256 point of 65 bytes in base64url. Raises Refusal("shape-wrong") for a point not on the curve."""
    point = from_text(text)
    if len(point) != POINT_BYTES:
        raise Refusal("shape-wrong", "public key")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as wrong:
        raise Refusal("shape-wrong", "public key") from wrong


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """A raw r‖s signature of 64 bytes."""
    r, s = decode_dss_signature(key.sign(data, _ECDSA))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verifies(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a raw r‖s signature stands over the data."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, _ECDSA)
    except InvalidSignature:
        return False
    return True


def read_certificate(text: str, signature: str, server_keys: Mapping[int, PublicKey]) -> Certificate:
    """Check a certificate under the server's signing keys, given by number.

    Raises Refusal: "certificate-forged", "key-unknown", or a shape's.
    """
    data = text.encode()
    certificate = shaped(canonical.decode(data), Certificate)
    if certificate.v != VERSION or certificate.type not in {"person", "server"}:
        raise Refusal("version-unknown", "certificate")
    server_key = server_keys.get(certificate.key)
    if server_key is None:
        raise Refusal("key-unknown", f"key {certificate.key}")
    if not verifies(server_key, from_text(signature), purpose_bytes("certificate", data)):
        raise Refusal("certificate-forged", certificate.enrolment)
    return certificate


def envelope_info(device: uuid.UUID, key_number: int) -> bytes:
    """The HPKE `info` that ties an envelope to its tablet and to the server's key number."""
    return b"bedside/1 envelope" + device.bytes + key_number.to_bytes(8, "big")


def open_envelope(key: ec.EllipticCurvePrivateKey, device: uuid.UUID, number: int, name: str, sealed: bytes) -> bytes:
    """The AES key of a run of entries. Raises Refusal("envelope-broken")."""
    if hashlib.sha256(sealed).hexdigest() != name:
        raise Refusal("envelope-broken", "the id is not the digest")
    try:
        aes_key = _SUITE.decrypt(sealed, key, info=envelope_info(device, number))
    except (InvalidTag, ValueError) as broken:
        raise Refusal("envelope-broken", name) from broken
    if len(aes_key) != 32:
        raise Refusal("envelope-broken", "key length")
    return aes_key


def entry_aad(envelope: str, enrolment: uuid.UUID, seq: int) -> bytes:
    """What ties a sealed entry to its envelope and place."""
    return bytes.fromhex(envelope) + enrolment.bytes + seq.to_bytes(8, "big")


def blob_aad(envelope: str, digest: str) -> bytes:
    """What ties a sealed blob to its envelope and name; never as long as an entry's."""
    return bytes.fromhex(envelope) + bytes.fromhex(digest)


def open_entry(aes_key: bytes, aad: bytes, sealed: bytes) -> Opened:
    """Open one sealed entry. Raises Refusal: "seal-broken", "entry-too-large"."""
    plain = unsealed(aes_key, aad, sealed)
    start = SIGNATURE_BYTES + 4
    if len(plain) < start:
        raise Refusal("seal-broken", "too short")
    end = start + int.from_bytes(plain[SIGNATURE_BYTES:start], "big")
    if end > len(plain):
        raise Refusal("seal-broken", "length beyond the end")
    if end - start > MAX_ENTRY_BYTES or len(plain) - end > MAX_ENTRY_BYTES:
        raise Refusal("entry-too-large")
    return Opened(plain[:SIGNATURE_BYTES], plain[start:end], plain[end:] or None)


def unsealed(aes_key: bytes, aad: bytes, sealed: bytes) -> bytes:
    """What was sealed under an envelope's key. Raises Refusal("seal-broken")."""
    try:
        return AESGCM(aes_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as broken:
        raise Refusal("seal-broken") from broken
