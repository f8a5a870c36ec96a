"""The server's keys, derived from the root keys in the settings. The database holds no secret."""

import hashlib
import hmac
import os
import uuid
from base64 import urlsafe_b64encode
from functools import cache
from itertools import pairwise

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from .core import canonical, derivation
from .core.entry import VERSION
from .core.errors import Refusal
from .core.seal import PublicKey, from_text, purpose_bytes, sign, to_text

_DEVICE_TOKEN = "bd1.device"  # noqa: S105 - how tokens of that kind begin
_PULL_TOKEN = "bd1.pull"  # noqa: S105
CHALLENGE_VALID_MS = 5 * 60 * 1000
PULL_VALID_MS = 12 * 60 * 60 * 1000


def root_keys() -> dict[int, bytes]:
    """All root secrets by number. Raises Refusal("root-keys-missing" or "root-keys-broken")."""
    return _parsed(settings.BEDSIDE_ROOT_KEYS)


def current_number() -> int:
    """The number that new things are made with: the highest."""
    return max(root_keys())


def signing_key(number: int) -> ec.EllipticCurvePrivateKey:
    return _private_key(_root(number), b"bedside/1 signing")


def hpke_key(number: int) -> ec.EllipticCurvePrivateKey:
    return _private_key(_root(number), b"bedside/1 hpke")


def signing_public_keys() -> dict[int, PublicKey]:
    """Every signing public key by number; certificates of old keys stay valid."""
    return {number: signing_key(number).public_key() for number in root_keys()}


def new_keys() -> list[dict[str, str]]:
    """The public keys of every root key but the first, each signed by the one before: how a tablet learns of them."""
    return _succession(settings.BEDSIDE_ROOT_KEYS)


def public_keys(number: int) -> dict[str, int | str]:
    """One root key's public halves as they travel: what to seal to, and what our signatures verify under."""
    pairs = {"hpke": hpke_key(number), "signing": signing_key(number)}
    return {"key": number} | {name: to_text(point(pair.public_key())) for name, pair in pairs.items()}


def sign_for(purpose: str, data: bytes) -> bytes:
    """Sign bytes for a purpose with the current signing key; raw, 64 bytes."""
    return sign(signing_key(current_number()), purpose_bytes(purpose, data))


def point(key: PublicKey) -> bytes:
    """The uncompressed point, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def fingerprint(number: int) -> str:
    """SHA-256 of a signing public key: what an auditor writes down and gives to verify_export.py."""
    return hashlib.sha256(point(signing_key(number).public_key())).hexdigest()


def device_token(device: uuid.UUID) -> str:
    """A tablet's token, made with the current root key; it does not end, since what was written is always wanted."""
    number = current_number()
    secret = derivation.device_token(_root(number), device)
    return f"{_DEVICE_TOKEN}.{number}.{device}.{to_text(secret)}"


def read_device_token(token: str) -> tuple[uuid.UUID, int]:
    """The device that a token stands for, and the number of its root key.

    Raises Refusal: "token-wrong"; "root-keys-missing" or "root-keys-broken", for which no tablet is to blame.
    """
    roots = root_keys()
    try:
        prefix, kind, number, device_text, secret = token.split(".")
        device, given = uuid.UUID(device_text), from_text(secret)
        expected = derivation.device_token(roots[int(number)], device)
    except (ValueError, KeyError, Refusal) as wrong:
        raise Refusal("token-wrong") from wrong
    if f"{prefix}.{kind}" != _DEVICE_TOKEN or not hmac.compare_digest(given, expected):
        raise Refusal("token-wrong")
    return device, int(number)


def challenge(device: uuid.UUID, now_ms: int) -> bytes:
    """What a person's key must sign to get a pull token; the server keeps none of it."""
    stated = device.bytes + (now_ms + CHALLENGE_VALID_MS).to_bytes(8, "big") + os.urandom(16)
    return stated + _mac(current_number(), b"bedside/1 challenge", stated)


def challenge_stands(data: bytes, device: uuid.UUID, now_ms: int) -> bool:
    """Whether a challenge was made here, for this tablet, within the last five minutes."""
    stated, mac = data[:-32], data[-32:]
    made_here = any(hmac.compare_digest(mac, _mac(number, b"bedside/1 challenge", stated)) for number in root_keys())
    return made_here and stated[:16] == device.bytes and int.from_bytes(stated[16:24], "big") >= now_ms


def pull_token(enrolment: uuid.UUID, now_ms: int) -> tuple[str, int]:
    """A token to pull with, and when it ends: 12 hours from now."""
    number, expires_ms = current_number(), now_ms + PULL_VALID_MS
    stated = f"{_PULL_TOKEN}.{number}.{enrolment}.{expires_ms}"
    return f"{stated}.{to_text(_mac(number, b'bedside/1 pull token', stated.encode()))}", expires_ms


def read_pull_token(token: str, now_ms: int) -> uuid.UUID:
    """The enrolment that a pull token stands for. Raises Refusal: "token-wrong", "token-expired"; as above."""
    root_keys()
    stated, _, mac = token.rpartition(".")
    try:
        prefix, kind, number, enrolment, expires_ms = stated.split(".")
        expected = _mac(int(number), b"bedside/1 pull token", stated.encode())
        stands = f"{prefix}.{kind}" == _PULL_TOKEN and hmac.compare_digest(from_text(mac), expected)
    except (ValueError, Refusal) as wrong:
        raise Refusal("token-wrong") from wrong
    if not stands:
        raise Refusal("token-wrong")
    if int(expires_ms) < now_ms:
        raise Refusal("token-expired")
    return uuid.UUID(enrolment)


def _mac(number: int, info: bytes, data: bytes) -> bytes:
    return hmac.digest(derivation.derive(_root(number), info), data, "sha256")


def device_data_key(device: uuid.UUID, number: int) -> bytes:
    """The data key of a tablet that registered under root key `number`."""
    return derivation.device_data_key(_root(number), device)


def server_writer_key(enrolment: uuid.UUID, number: int) -> ec.EllipticCurvePrivateKey:
    """The key of one of the server's own enrolments."""
    return _private_key(_root(number), b"bedside/1 server enrolment" + enrolment.bytes)


def for_addresses() -> MultiFernet:
    """Seals what a page's address has to carry and must not show: addresses stand in logs. Opens older keys' too."""
    secrets = reversed(root_keys().values())
    return MultiFernet([Fernet(urlsafe_b64encode(derivation.derive(each, b"bedside/1 addresses"))) for each in secrets])


def _root(number: int) -> bytes:
    try:
        return root_keys()[number]
    except KeyError as unknown:
        raise Refusal("key-unknown", f"key {number}") from unknown


@cache
def _parsed(text: str) -> dict[int, bytes]:
    return derivation.parse_root_keys(text)


@cache
def _succession(text: str) -> list[dict[str, str]]:
    numbers = list(_parsed(text))
    return [_vouched(number, by=by) for by, number in pairwise(numbers)]


def _vouched(number: int, *, by: int) -> dict[str, str]:
    statement = canonical.encode({"v": VERSION, "by": by, **public_keys(number)})
    signature = sign(signing_key(by), purpose_bytes("server-key", statement))
    return {"statement": statement.decode(), "signature": to_text(signature)}


@cache
def _private_key(secret: bytes, info: bytes) -> ec.EllipticCurvePrivateKey:
    return derivation.private_key(secret, info)
