"""Dates of the Gregorian calendar without a clock, a locale or a zone database. Twin of frontend/src/core/dates.ts."""

import re
from datetime import date, timedelta
from typing import Final

_EPOCH: Final = date(1970, 1, 1)
_DAY_MS: Final = 86_400_000
_FIRST_DAY: Final = (date.min - _EPOCH).days
_LAST_DAY: Final = (date.max - _EPOCH).days


def local_date(at_ms: int, zone_min: int) -> date:
    """The date on a wall clock that is `zone_min` minutes east of UTC; the years 1 and 9999 end the calendar."""
    days = (at_ms + zone_min * 60_000) // _DAY_MS
    return _EPOCH + timedelta(days=max(_FIRST_DAY, min(days, _LAST_DAY)))


def read_date(text: str) -> date | None:
    """ "YYYY-MM-DD" as a date, or None when there is no such day."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def full_years(birth: date, today: date) -> int:
    """Full years from a birth to a date; negative for a future birth. 29 February counts on 1 March."""
    before = (today.month, today.day) < (birth.month, birth.day)
    return today.year - birth.year - before
