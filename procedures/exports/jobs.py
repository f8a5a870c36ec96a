"""Exports as work for the worker: asked for, claimed, built, handed out; and what happens when a worker dies.

The only writer of ExportJob, and of its AccessRows. No broker is trusted to deliver: the job's row says what is to be
done, a message is a hint to look at it. A message may come twice (the claim lets one through) or never, as from the
file broker when its reader is killed (the sweep sends another).

Where a worker can die, and what is left:
- before the claim: the job waits; the sweep sends it again when it has waited in silence for BEDSIDE_EXPORT_STALE_S;
- while it writes: `<job>-<attempt>.zip.part`, and a heartbeat that stands still; the sweep puts the job back, the
  next attempt removes what the one before left;
- after the rename, before the row is finished: the same; the whole file is removed and written again.
"""

import logging
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from procedures import records
from procedures.models import AccessRow, ApiToken, ExportJob, Person
from procedures.records_query import Selection

from .run import Export, plan, write_zip

MOST_ATTEMPTS: Final = 3
_PULSE: Final = timedelta(seconds=2)
_State = ExportJob.State

logger = logging.getLogger(__name__)


class _Superseded(Exception):
    """The sweep took this worker for dead and another attempt has begun."""


def folder() -> Path:
    """Where the files lie; web and worker must both see it."""
    path = settings.VAR_DIR / "exports"
    path.mkdir(mode=0o700, exist_ok=True)
    return Path(path)


def path_of(job: ExportJob) -> Path | None:
    """A finished job's file; None when it was removed, or is not what was written."""
    path = folder() / job.file_name
    return path if job.file_name and path.is_file() and path.stat().st_size == job.size else None


@transaction.atomic
def ask(
    person: Person, selection: Selection, *, identified: bool, purpose: str, token: ApiToken | None = None
) -> ExportJob:
    """Note a new job and who asked for it; `token`: through the API, with it.

    The caller sends it to the worker once this is committed.
    """
    job = ExportJob.objects.create(
        asked_by=person,
        filter=selection.as_json(),
        identified=identified,
        purpose=purpose,
        total=selection.of(records.current()).count(),
    )
    AccessRow.objects.create(person=person, token=token, kind=AccessRow.Kind.EXPORTED, job=job, cases=job.total)
    return job


def note_download(job: ExportJob, person: Person, *, token: ApiToken | None = None) -> None:
    """Note who is given the file, before its first byte."""
    AccessRow.objects.create(person=person, token=token, kind=AccessRow.Kind.DOWNLOADED, job=job, cases=job.total)


def build(job_id: uuid.UUID) -> None:
    """Build a waiting job's file. Does nothing when another worker has the job.

    What is not expected is raised and leaves the job running: the sweep has it tried again.
    """
    job = _claim(job_id)
    if job is None:
        return
    try:
        export = _write(job)
    except _Superseded:
        logger.warning("export %s: attempt %s was overtaken", job.pk, job.attempt)
    except OSError:
        # Also where a later attempt has removed the file from under this one: then the row is no longer its own.
        if _own(job).update(state=_State.FAILED, failure="export-storage", finished_at=timezone.now()):
            logger.exception("export %s cannot be written", job.pk)
    else:
        _finish(job, export)


def sweep() -> list[uuid.UUID]:
    """Put jobs whose worker died back, give up those that were tried often enough, remove old files.

    Gives the jobs to send to the worker. Of several sweeps at once only one gets a job.
    """
    _remove_old_files()
    silent = Q(heartbeat_at__lt=timezone.now() - timedelta(seconds=settings.BEDSIDE_EXPORT_STALE_S))
    jobs = ExportJob.objects.filter(silent, state__in=[_State.WAITING, _State.RUNNING])
    return [job.pk for job in jobs if _put_back(job)]


def _put_back(job: ExportJob) -> bool:
    """Whether the job is to be sent again."""
    same = ExportJob.objects.filter(pk=job.pk, state=job.state, heartbeat_at=job.heartbeat_at)
    now = timezone.now()
    if job.state == _State.RUNNING and job.attempt >= MOST_ATTEMPTS:
        if same.update(state=_State.FAILED, failure="export-given-up", finished_at=now):
            logger.error("export %s given up after %s attempts", job.pk, job.attempt)
            _remove_files(job)
        return False
    return bool(same.update(state=_State.WAITING, done=0, heartbeat_at=now))


def _claim(job_id: uuid.UUID) -> ExportJob | None:
    """Take a waiting job; None when it is not there to be taken. One statement, so that only one worker gets it."""
    waiting = ExportJob.objects.filter(pk=job_id, state=_State.WAITING)
    taken = waiting.update(state=_State.RUNNING, attempt=F("attempt") + 1, done=0, heartbeat_at=timezone.now())
    if not taken:
        return None
    job = ExportJob.objects.get(pk=job_id)
    _remove_files(job)
    return job


def _own(job: ExportJob) -> QuerySet[ExportJob]:
    """The job's row, as long as this attempt is the one that runs."""
    return ExportJob.objects.filter(pk=job.pk, state=_State.RUNNING, attempt=job.attempt)


def _write(job: ExportJob) -> Export:
    of = plan(Selection.read(job.filter).of(records.current()))
    job.total = len(of.cases)
    _save(job, total=job.total)

    def progress(done: int) -> None:
        if _is_news(job, done):
            job.done = done
            _save(job, done=done)

    return write_zip(folder() / _name(job), of, identified=job.identified, purpose=job.purpose, progress=progress)


def _is_news(job: ExportJob, done: int) -> bool:
    """A whole percent more, or a sign of life is due: a large export is not slowed by one save a case."""
    return done * 100 // (job.total or 1) > job.done * 100 // (job.total or 1) or (
        timezone.now() - job.heartbeat_at > _PULSE
    )


def _save(job: ExportJob, **counts: int) -> None:
    job.heartbeat_at = timezone.now()
    if not _own(job).update(heartbeat_at=job.heartbeat_at, **counts):
        raise _Superseded


def _finish(job: ExportJob, export: Export) -> None:
    finished = _own(job).update(
        state=_State.FINISHED,
        done=job.total,
        file_name=_name(job),
        size=export.size,
        sha256=export.sha256,
        finished_at=timezone.now(),
    )
    if not finished:
        (folder() / _name(job)).unlink(missing_ok=True)


def _name(job: ExportJob) -> str:
    """Each attempt has a file of its own: one that was taken for dead cannot replace its successor's."""
    return f"{job.pk}-{job.attempt}.zip"


def _remove_files(job: ExportJob) -> None:
    """What earlier attempts left."""
    for path in folder().glob(f"{job.pk}-*"):
        path.unlink(missing_ok=True)


def _remove_old_files() -> None:
    """The rows stay, with size and SHA-256: what was handed out can still be recognised."""
    before = timezone.now() - timedelta(days=settings.BEDSIDE_EXPORT_KEEP_DAYS)
    for job in ExportJob.objects.filter(finished_at__lt=before).exclude(file_name=""):
        _remove_files(job)
        ExportJob.objects.filter(pk=job.pk).update(file_name="")
