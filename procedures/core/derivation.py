"""Everything that is derived from a root secret: HKDF-SHA256 (RFC 5869) with one `info` per use.

Root keys are written `number:secret`, comma-separated; a secret is 32 random bytes in base64url.
"""

import uuid
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import Refusal
from .seal import from_text

# The order n of the group of P-256 (SP 800-186, 3.2.1.3).
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECRET_BYTES: Final = 32


def parse_root_keys(text: str) -> dict[int, bytes]:
    """Read root keys in order of their numbers. Raises Refusal: "root-keys-missing", "root-keys-broken"."""
    if not text.strip():
        raise Refusal("root-keys-missing")
    keys: dict[int, bytes] = {}
    for pair in text.strip().split(","):
        number, _, secret = pair.strip().partition(":")
        if not number.isascii() or not number.isdigit() or int(number) in keys:
            raise Refusal("root-keys-broken", "a number that is missing or used twice")
        keys[int(number)] = _secret(secret)
    return dict(sorted(keys.items()))


def _secret(text: str) -> bytes:
    try:
        secret = from_text(text)
    except Refusal as wrong:
        raise Refusal("root-keys-broken", "a secret that is not base64url") from wrong
    if len(secret) != SECRET_BYTES:
        raise Refusal("root-keys-broken", "a secret that is not 32 bytes")
    return secret


def derive(secret: bytes, info: bytes, length: int = 32) -> bytes:
    """HKDF-SHA256 without salt."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def private_key(secret: bytes, info: bytes) -> ec.EllipticCurvePrivateKey:
    """A P-256 key from 48 derived bytes, by extra random bits (FIPS 186-5, A.2.1)."""
    scalar = int.from_bytes(derive(secret, info, 48), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def device_token(secret: bytes, device: uuid.UUID) -> bytes:
    """What a tablet shows to append; the database need not hold it."""
    return derive(secret, b"bedside/1 device token" + device.bytes)


def device_data_key(secret: bytes, device: uuid.UUID) -> bytes:
    """The AES-256 key of what a tablet keeps at rest."""
    return derive(secret, b"bedside/1 device data" + device.bytes)
