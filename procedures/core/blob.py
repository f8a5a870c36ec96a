"""A photographed paper: named by the SHA-256 of its bytes, sealed as entries are, and a JPEG or nothing."""

import uuid
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from . import canonical, seal
from .batch import Envelope
from .entry import MAX_BLOB_BYTES, Digest, Strict
from .errors import Refusal
from .seal import Base64Url

# How every JPEG begins: its start, and the first byte of whatever comes next.
_JPEG: Final = b"\xff\xd8\xff"


class SealedBlob(Strict, frozen=True):
    """What a tablet sends for one photograph."""

    v: int
    envelope: Envelope
    digest: Digest
    sealed: Base64Url


def open_blob(blob: SealedBlob, device: uuid.UUID, hpke: Callable[[int], ec.EllipticCurvePrivateKey]) -> bytes:
    """The photograph's bytes; `hpke` gives the server's private keys by number.

    Raises Refusal: "key-unknown", "envelope-broken", "seal-broken", "shape-wrong"; "blob-too-large",
    "blob-digest-wrong", "blob-not-jpeg".
    """
    envelope = blob.envelope
    sealed_key = seal.from_text(envelope.sealed)
    aes_key = seal.open_envelope(hpke(envelope.key), device, envelope.key, envelope.id, sealed_key)
    data = seal.unsealed(aes_key, seal.blob_aad(envelope.id, blob.digest), seal.from_text(blob.sealed))
    if len(data) > MAX_BLOB_BYTES:
        raise Refusal("blob-too-large", f"{len(data)} bytes")
    if canonical.digest_of(data) != blob.digest:
        raise Refusal("blob-digest-wrong")
    if not data.startswith(_JPEG):
        raise Refusal("blob-not-jpeg")
    return data
