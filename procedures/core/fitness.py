"""Whether a value fits its item. An unfit value is kept, flagged, and unknown to every condition. No coercion.

Twin of frontend/src/core/fitness.ts.
"""

import re
import unicodedata
from typing import Any, Final

from .condition import millionths
from .document import Item

# The last instant that a datetime may name: the end of the year 9999, in ms since 1970 UTC.
MAX_INSTANT_MS: Final = 253_402_300_799_999
MAX_TEXT_BYTES: Final = 2000  # of a text whose item sets no limit, in UTF-8
_PLAIN: Final = {
    "confirm": ("yes", "not-so"),
    "yes-no": ("yes", "no"),
    "yes-no-unknown": ("yes", "no", "dont-know"),
}
# Written out, since what counts as a space differs between languages.
_SPACE: Final = "[ \\n\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]"
_UNTRIMMED: Final = re.compile(rf"^{_SPACE}|{_SPACE}\Z")
_CONTROL: Final = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]")


def absent_key(value: Any) -> str | None:
    """The reason key of a value that says that nothing was obtained; None for any other value."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    key = value.get("absent")
    return key if isinstance(key, str) else None


def fits(item: Item, value: Any, private: dict[str, Any] | None) -> bool:
    """Whether a register's settled value, with its private part, is one that the item can have."""
    absent = absent_key(value)
    if absent is not None:
        return any(choice.key == absent for choice in item.absent)
    if item.type in _PLAIN:
        return isinstance(value, str) and value in _PLAIN[item.type]
    if item.type == "choice":
        return any(choice.key == value for choice in item.choices)
    if item.type == "choices":
        return _fits_choices(item, value)
    if item.type == "number":
        return isinstance(value, str) and _fits_number(item, value)
    if item.type == "datetime":
        return (value == "none" and item.none) or _is_instant(value)
    return item.type in ("text", "scan") and value is None and _fits_text(item, private)


def _fits_choices(item: Item, value: Any) -> bool:
    """Sorted and unique; "none" only alone."""
    if not isinstance(value, list) or not value:
        return False
    keys = {choice.key for choice in item.choices}
    if not all(isinstance(key, str) and key in keys for key in value):
        return False
    return value == sorted(set(value)) and (len(value) == 1 or "none" not in value)


def _fits_number(item: Item, value: str) -> bool:
    """Exactly the item's decimals, no "+", exponent, leading zero or "-0", within the item's limits."""
    if not is_number(value, item.decimals or 0):
        return False
    size = millionths(value)
    if item.min is not None and size < millionths(item.min):
        return False
    return item.max is None or size <= millionths(item.max)


def is_number(value: str, decimals: int) -> bool:
    """Whether a string is a number written with exactly so many decimals."""
    point = rf"\.[0-9]{{{decimals}}}" if decimals else ""
    if not re.fullmatch(rf"-?(?:0|[1-9][0-9]{{0,8}}){point}", value):
        return False
    return not (value.startswith("-") and millionths(value) == 0)


def _is_instant(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INSTANT_MS


def _fits_text(item: Item, private: dict[str, Any] | None) -> bool:
    """A text that was left out (pseudonymised) is taken as fit: its digest is there."""
    if private is None:
        return False
    if private["part"] is None:
        return True
    text = private["part"].get("text")
    return isinstance(text, str) and _is_clean(text) and len(text.encode()) <= (item.max_bytes or MAX_TEXT_BYTES)


def _is_clean(text: str) -> bool:
    """Not empty, NFC, trimmed, "\\n" its only control."""
    if not text or _UNTRIMMED.search(text) or _CONTROL.search(text):
        return False
    return unicodedata.is_normalized("NFC", text)
