"""Which records are meant: one set of filters for the admin's list, for exports and for the API."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Self

from django.db.models import QuerySet
from django.utils import timezone

from .models import Record

# Days beyond these are slips of the hand, and what is after them could not be counted in.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)
_TRUTHS: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class Selection:
    """Cases to which all of this applies; None, and no flags: any will do.

    A protocol or an outcome may be "", as of a case whose opening is not here, or that is not closed. The days are
    those of the planned start and of the closing, both included, in the server's own time zone; with a day given, cases
    without a planned start, or without a closing, are left out. Of several flags a case must have each.
    """

    ward: uuid.UUID | None = None
    protocol: str | None = None
    release: str | None = None
    status: str | None = None
    outcome: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    closed_first_day: date | None = None
    closed_last_day: date | None = None
    overridden: bool | None = None
    flags: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """From what `as_json` gives, or an address with the same names. Raises ValueError."""
        ward, overridden = given.get("ward"), given.get("overridden")
        if overridden not in {None, "", *_TRUTHS}:
            raise ValueError("overridden is true or false")
        return cls(
            ward=uuid.UUID(ward) if ward else None,
            protocol=given.get("protocol"),
            release=given.get("release"),
            status=given.get("status"),
            outcome=given.get("outcome"),
            first_day=_day(given.get("from")),
            last_day=_day(given.get("to")),
            closed_first_day=_day(given.get("closed_from")),
            closed_last_day=_day(given.get("closed_to")),
            overridden=_TRUTHS[overridden] if overridden else None,
            flags=frozenset((given.get("flags") or "").split(",")) - {""},
        )

    def as_json(self) -> dict[str, str]:
        """What is chosen by, all of it text, so that it can stand in a row or in an address."""
        chosen = {
            "ward": self.ward,
            "protocol": self.protocol,
            "release": self.release,
            "status": self.status,
            "outcome": self.outcome,
            "from": self.first_day,
            "to": self.last_day,
            "closed_from": self.closed_first_day,
            "closed_to": self.closed_last_day,
            "overridden": None if self.overridden is None else str(self.overridden).lower(),
            "flags": ",".join(sorted(self.flags)) or None,
        }
        return {name: str(value) for name, value in chosen.items() if value is not None}

    def of(self, records: QuerySet[Record]) -> QuerySet[Record]:
        """Those of these records that are meant."""
        names = ("ward", "protocol", "release", "status", "outcome", "overridden")
        exact = {name: getattr(self, name) for name in names}
        records = records.filter(**{name: value for name, value in exact.items() if value is not None})
        for flag in sorted(self.flags):
            records = records.filter(flags__contains=f" {flag} ")
        planned = _between("start_ms", self.first_day, self.last_day)
        closed = _between("closed_ms", self.closed_first_day, self.closed_last_day)
        return records.filter(**planned, **closed)


def _between(column: str, first: date | None, last: date | None) -> dict[str, int]:
    after = {f"{column}__gte": _midnight_ms(first)} if first else {}
    before = {f"{column}__lt": _midnight_ms(last + timedelta(days=1))} if last else {}
    return after | before


def _day(text: str | None) -> date | None:
    day = date.fromisoformat(text) if text else None
    if day and not EARLIEST <= day <= LATEST:
        raise ValueError("no such day in any record")
    return day


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time.min, timezone.get_default_timezone()).timestamp() * 1000)
