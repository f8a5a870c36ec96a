"""The ward log's rolling hash: one order of a ward's entries that no one can rearrange unseen."""

import hashlib
import uuid

_NO_CASE = bytes(16)


def start_hash(ward: uuid.UUID) -> bytes:
    """h0, before the first position."""
    return hashlib.sha256(b"bedside log 1" + ward.bytes).digest()


def next_hash(last: bytes, position: int, received_ms: int, case: uuid.UUID | None, digest: str) -> bytes:
    """h(n) from h(n−1). `position` counts from 1; `received_ms` is the server's clock, ms since 1970 UTC."""
    row = position.to_bytes(8, "big") + received_ms.to_bytes(8, "big")
    return hashlib.sha256(last + row + (case.bytes if case else _NO_CASE) + bytes.fromhex(digest)).digest()
