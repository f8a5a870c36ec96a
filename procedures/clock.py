"""The server's clock, and instants as a calendar has them."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A day inside the calendar's ends, for the sake of zones.
_FIRST_MS: Final = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST_MS: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_MOST_ZONE_MIN: Final = 24 * 60 - 1


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
