"""Canonical JSON: the one way in which a value is written as bytes.

UTF-8 without BOM or spaces, ASCII keys sorted, escapes as in RFC 8785 section 3.2.2.2, integers only, with
|n| < 2^53. What was once written is never written again: `decode` encodes only to check.
"""

import hashlib
from typing import Any, Final

import orjson

from .errors import Refusal

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 32


def encode(value: Any) -> bytes:
    """Write a value canonically.

    Raises Refusal("shape-wrong") for floats, large integers, non-ASCII keys and lone surrogates.
    """
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as wrong:
        raise Refusal("shape-wrong", str(wrong)) from wrong


def decode(data: bytes) -> Any:
    """Read bytes that must be canonical.

    Duplicate keys, spaces, other escapes and unsorted keys are all found by writing the value again and comparing.
    Raises Refusal: "json-broken", "shape-wrong" or "json-not-canonical".
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as broken:
        raise Refusal("json-broken", str(broken)) from broken
    if encode(value) != data:
        raise Refusal("json-not-canonical")
    return value


def digest_of(data: bytes) -> str:
    """SHA-256 in 64 lower-case hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def _check(value: Any, depth: int = 0) -> None:
    """Refuse what orjson would let through. Texts and small integers, most of what is written, cost no call."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise Refusal("shape-wrong", "a key that is not ASCII")
        inside = list(value.values())
    elif isinstance(value, list):
        inside = value
    elif isinstance(value, float):
        raise Refusal("shape-wrong", "a number that is not an integer")
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise Refusal("shape-wrong", "an integer beyond 2^53")
    else:
        return
    if inside and depth == MAX_DEPTH:
        raise Refusal("shape-wrong", "nested too deeply")
    for inner in inside:
        kind = type(inner)
        if kind is not str and not (kind is int and -MAX_INTEGER <= inner <= MAX_INTEGER):
            _check(inner, depth + 1)
