"""Which cases an export is of: a filter that is kept with it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db.models import QuerySet
from django.utils import timezone

from procedures.models import Record


@dataclass(frozen=True)
class Selection:
    """Cases of a ward, a protocol, a status, planned to start on these days (both included); None: any will do.

    Days are those of the server's own time zone. With a day given, cases without a planned start are left out.
    """

    ward: uuid.UUID | None = None
    protocol: str | None = None
    status: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """From JSON or an address; a protocol may be "", as of a case whose opening is not here. Raises ValueError."""
        ward, first_day, last_day = given.get("ward"), given.get("from"), given.get("to")
        return cls(
            uuid.UUID(ward) if ward else None,
            given.get("protocol"),
            given.get("status"),
            date.fromisoformat(first_day) if first_day else None,
            date.fromisoformat(last_day) if last_day else None,
        )

    def as_json(self) -> dict[str, str | None]:
        return {
            "ward": str(self.ward) if self.ward else None,
            "protocol": self.protocol,
            "status": self.status,
            "from": self.first_day.isoformat() if self.first_day else None,
            "to": self.last_day.isoformat() if self.last_day else None,
        }

    def of(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """Those of these records that are meant."""
        exact = {"ward": self.ward, "protocol": self.protocol, "status": self.status}
        records = records.filter(**{name: value for name, value in exact.items() if value is not None})
        return planned_between(records, self.first_day, self.last_day)


def planned_between(records: QuerySet[Record], first: date | None, last: date | None) -> QuerySet[Record]:
    """Records planned to start from the first day on, and until the last is over."""
    if first:
        records = records.filter(start_ms__gte=_midnight_ms(first))
    if last:
        records = records.filter(start_ms__lt=_midnight_ms(last + timedelta(days=1)))
    return records


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time.min, timezone.get_default_timezone()).timestamp() * 1000)
