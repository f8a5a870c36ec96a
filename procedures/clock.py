"""The server's clock, and instants as a calendar has them."""

import time
from bisect import bisect_left
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from django.utils.timezone import get_default_timezone

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A day inside the calendar's ends, for the sake of zones.
_FIRST_MS: Final = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST_MS: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_MOST_ZONE_MIN: Final = 24 * 60 - 1
_WEEK_MS: Final = 7 * 86_400_000


def now_ms() -> int:
    """Now, in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


def moment(at_ms: int, zone_min: int = 0) -> datetime:
    """An instant (ms since 1970 UTC) on a wall clock so many minutes east of UTC.

    A tablet can write any number. What lies beyond the calendar is shown at its end, so that one such entry does not
    take away the page, the reply or the export that it stands in.
    """
    zone = timezone(timedelta(minutes=max(-_MOST_ZONE_MIN, min(zone_min, _MOST_ZONE_MIN))))
    return (_EPOCH + timedelta(milliseconds=max(_FIRST_MS, min(at_ms, _LAST_MS)))).astimezone(zone)


def zone_min(at_ms: int) -> int:
    """How many minutes east of UTC the server's own zone is at an instant."""
    offset = moment(at_ms).astimezone(get_default_timezone()).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


def next_zone_ms(after_ms: int) -> int:
    """When the server's own zone is next another; if it is not within a year, when to look again."""
    before = zone_min(after_ms)
    for week in range(after_ms, after_ms + 52 * _WEEK_MS, _WEEK_MS):
        if zone_min(week + _WEEK_MS) != before:
            return week + bisect_left(range(week, week + _WEEK_MS), True, key=lambda at_ms: zone_min(at_ms) != before)
    return after_ms + 52 * _WEEK_MS
