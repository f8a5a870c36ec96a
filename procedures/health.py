"""How the server is: the database answers, the worker is at work, the journal verifies. No secret is in it.

Nothing new is measured. The worker checks the journal again and again, so that a check is also its sign of life.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone

from .models import ExportJob, JournalCheck

# So many checks may be missed before the worker counts as silent: one may take as long as the pause between two.
_MISSED: Final = 2


@dataclass(frozen=True)
class Health:
    """`worker`: alive, silent or never-seen; `journal`: verified, broken or unchecked, by the last check that ended."""

    database: str
    worker: str
    worker_seen_at: datetime | None
    journal: str
    journal_checked_at: datetime | None
    journal_entries: int
    journal_findings: int
    exports_waiting: int

    @property
    def status(self) -> str:
        return "ok" if (self.worker, self.journal) == ("alive", "verified") else "degraded"


def health(checks: QuerySet[JournalCheck]) -> Health:
    """The state now, by these journal checks."""
    last = checks.exclude(finished_at=None).order_by("-finished_at").first()
    seen = _worker_seen(checks)
    return Health(
        database=connection.vendor,
        worker=_worker(seen),
        worker_seen_at=seen,
        journal="unchecked" if last is None else "broken" if last.findings else "verified",
        journal_checked_at=last.finished_at if last else None,
        journal_entries=last.entries if last else 0,
        journal_findings=len(last.findings) if last else 0,
        exports_waiting=ExportJob.objects.filter(state=ExportJob.State.WAITING).count(),
    )


def _worker_seen(checks: QuerySet[JournalCheck]) -> datetime | None:
    """When the worker began or ended a check, or was seen building an export."""
    checked = checks.aggregate(started=Max("started_at"), finished=Max("finished_at"))
    begun = ExportJob.objects.exclude(attempt=0).exclude(state=ExportJob.State.WAITING)
    built = begun.aggregate(at=Max("heartbeat_at"))
    return max((at for at in (checked["started"], checked["finished"], built["at"]) if at), default=None)


def _worker(seen: datetime | None) -> str:
    if seen is None:
        return "never-seen"
    pause_s = settings.CELERY_BEAT_SCHEDULE["verify-journal"]["schedule"]
    return "alive" if (timezone.now() - seen).total_seconds() < _MISSED * pause_s else "silent"
