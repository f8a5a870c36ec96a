"""The demo's times: days and hours of the hospital's zone around one moment, in ms since 1970 UTC."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Times:
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def ago(self, minutes: int) -> int:
        return _ms(self.now) - minutes * _MINUTE_MS

    def on_day(self, days: int, hour: int, minute: int = 0) -> int:
        """An hour of the day so many days from today."""
        zone = timezone.get_default_timezone()
        return _ms(datetime.combine(self.today + timedelta(days=days), time(hour, minute), tzinfo=zone))

    def later_today(self, minutes: int) -> int:
        """In so many minutes, at a full quarter; at the latest just before midnight, so that it is still today."""
        quarter = 15 * _MINUTE_MS
        wished = -(-(_ms(self.now) + minutes * _MINUTE_MS) // quarter) * quarter
        return min(wished, self.on_day(0, 23, 59))

    def born(self, years: int, days: int) -> str:
        """The birth date of somebody who is so many years and days old today."""
        return (
            self.today.replace(year=self.today.year - years, day=min(self.today.day, 28)) - timedelta(days)
        ).isoformat()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
