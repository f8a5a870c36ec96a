"""Exports as the worker's work: what is chosen, what is counted, and what becomes of a job whose worker died."""

import hashlib
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from procedures import tasks
from procedures.exports import jobs, run
from procedures.exports.case import Rows
from procedures.models import AccessRow, ExportJob, Person, Record, Release, Ward
from procedures.records_query import Selection
from tests.api.test_push import case_of
from tests.procedures.test_exports import members, rows, verify
from tests.tablet import Tablet, Writer, answer, open_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def cases(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[str]:
    """Five cases; the answers were given in turns, so that their entries lie between each other."""
    opened = [open_case(writer, str(ward.id), release.digest) for _ in range(5)]
    tablet.send(*[entry for entries in opened for entry in entries])
    named = [case_of(entries) for entries in opened]
    for value in ("no", "yes"):
        body = answer("bleed.warfarin", value)
        tablet.send(*[writer.write("answer.given", body, ward=str(ward.id), case=case) for case in named])
    return named


@pytest.fixture
def ask(auditor: Person, cases: list[str]) -> Callable[..., ExportJob]:
    def asked(selection: Selection = Selection(), *, identified: bool = False, purpose: str = "") -> ExportJob:  # noqa: B008
        return jobs.ask(auditor, selection, identified=identified, purpose=purpose)

    return asked


def built(job: ExportJob) -> ExportJob:
    jobs.build(job.pk)
    job.refresh_from_db()
    return job


def fall_silent(job: ExportJob, **fields: Any) -> None:
    """As a killed worker leaves it."""
    ExportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1), **fields)


def killed(*_: object, **__: object) -> None:
    """In the place of what would go on: to the code around it a kill is an end without any except clause."""
    raise SystemExit


def test_it_is_built_counted_and_verifies(ask: Callable[..., ExportJob], cases: list[str]) -> None:
    job = ask()
    assert (job.state, job.total, job.done) == ("waiting", 5, 0)

    built(job)
    assert (job.state, job.total, job.done, job.attempt) == ("finished", 5, 5, 1)
    path = jobs.path_of(job)
    assert path
    assert (path.name, path.stat().st_mode & 0o777) == (f"{job.pk}-1.zip", 0o600)
    assert (job.size, job.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    code, said = verify(path)
    assert code == 0, said
    assert "25 entries" in said
    assert sorted(row["case"] for row in rows(path)) == sorted(cases)
    assert b"Emma" not in b"".join(members(path).values())


def test_identified_with_its_purpose(ask: Callable[..., ExportJob]) -> None:
    path = jobs.path_of(built(ask(identified=True, purpose="Complaint 17")))
    assert path
    assert verify(path)[0] == 0
    assert {row["name"] for row in rows(path)} == {"Emma Solberg"}
    assert b'"purpose":"Complaint 17"' in members(path)["manifest.json"]


def test_the_count_grows_case_by_case(ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[dict[str, int]] = []
    save = jobs._save

    def noted(job: ExportJob, **saved: int) -> None:
        save(job, **saved)
        counts.append(saved)

    monkeypatch.setattr(jobs, "_save", noted)
    built(ask())
    assert counts == [{"total": 5}, *({"done": done} for done in range(1, 6))]


def test_only_what_is_new_is_saved() -> None:
    job = ExportJob(total=1000, done=0)
    assert [done for done in range(1, 31) if jobs._is_news(job, done)] == list(range(10, 31))
    job.heartbeat_at = timezone.now() - timedelta(seconds=3)
    assert jobs._is_news(job, 1)


def test_the_memory_is_that_of_a_case(ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are asked of the database for one case at a time."""
    read: list[int] = []
    rows_of = run._rows

    def noted(case: uuid.UUID, of: run.Plan) -> Rows:
        found = rows_of(case, of)
        read.append(len(found))
        return found

    monkeypatch.setattr(run, "_rows", noted)
    built(ask())
    assert read == [5] * 5


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({}, 5),
        ({"ward": "ours"}, 5),
        ({"ward": "other"}, 0),
        ({"protocol": "bone-marrow-iliac-crest-child"}, 5),
        ({"protocol": "another"}, 0),
        ({"protocol": ""}, 0),
        ({"status": "preparation"}, 3),
        ({"status": "completed"}, 2),
        ({"status": "completed", "from": "2024-03-31"}, 1),
        ({"from": "2024-03-31"}, 1),
        ({"to": "2024-03-31"}, 2),
        ({"from": "2024-03-30", "to": "2024-03-30"}, 1),
    ],
)
def test_the_filter(
    ask: Callable[..., ExportJob],
    cases: list[str],
    ward: Ward,
    other_ward: Ward,
    settings: Settings,
    chosen: dict[str, str],
    count: int,
) -> None:
    """The days are those of the ward's clock; on 31 March 2024 that went forward an hour in Oslo."""
    settings.TIME_ZONE = "Europe/Oslo"
    Record.objects.update(start_ms=None)
    zone = timezone.get_default_timezone()
    for case, moment in zip(cases[:2], [(2024, 3, 30, 23, 59), (2024, 3, 31, 23, 59)], strict=True):
        start_ms = int(datetime(*moment, tzinfo=zone).timestamp() * 1000)
        Record.objects.filter(case=case).update(start_ms=start_ms, status="completed")
    given = {**chosen, "ward": {"ours": str(ward.id), "other": str(other_ward.id)}.get(chosen.get("ward", ""))}
    selection = Selection.read(given)

    assert Selection.read(selection.as_json()) == selection
    job = built(ask(selection))
    assert (job.total, job.done) == (count, count)
    path = jobs.path_of(job)
    assert path
    assert len(rows(path)) == count
    assert verify(path)[0] == 0


def test_no_entry_beyond_the_moment(
    ask: Callable[..., ExportJob],
    cases: list[str],
    tablet: Tablet,
    writer: Writer,
    ward: Ward,
    release: Release,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ward goes on while an export runs: what comes meanwhile is in none of its files."""
    plan = run.plan

    def plan_then_push(records: Any) -> run.Plan:
        of = plan(records)
        late = writer.write("answer.given", answer("bleed.inr", "2.4"), ward=str(ward.id), case=cases[0])
        tablet.send(late, *open_case(writer, str(ward.id), release.digest))
        return of

    monkeypatch.setattr(jobs, "plan", plan_then_push)
    path = jobs.path_of(built(ask()))
    assert path
    code, said = verify(path)
    assert code == 0, said
    assert "25 entries" in said
    assert all("bleed.inr" not in row for row in rows(path))


def test_one_worker_gets_a_job(ask: Callable[..., ExportJob]) -> None:
    job = built(ask())
    assert built(job).attempt == 1


def test_a_killed_workers_job_is_sent_again_and_finished(
    ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask()
    write = run._write_proofs
    monkeypatch.setattr(run, "_write_proofs", killed)
    with pytest.raises(SystemExit):
        jobs.build(job.pk)
    monkeypatch.setattr(run, "_write_proofs", write)
    (jobs.folder() / f"{job.pk}-1.zip.part").write_bytes(b"what a real kill leaves")
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 5)
    assert jobs.sweep() == []

    fall_silent(job)
    assert jobs.sweep() == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.done) == ("waiting", 0)
    assert jobs.sweep() == []

    assert (built(job).state, job.attempt) == ("finished", 2)
    assert [path.name for path in jobs.folder().iterdir()] == [f"{job.pk}-2.zip"]


def test_a_message_that_was_lost_is_sent_again(ask: Callable[..., ExportJob]) -> None:
    job = ask()
    assert jobs.sweep() == []
    fall_silent(job)
    assert jobs.sweep() == [job.pk]
    assert built(job).attempt == 1


def test_after_three_attempts_it_is_given_up(ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch) -> None:
    job = ask()
    monkeypatch.setattr(run, "_write_proofs", killed)
    for _ in range(3):
        with pytest.raises(SystemExit):
            jobs.build(job.pk)
        fall_silent(job)
        sent = jobs.sweep()
    assert sent == []
    job.refresh_from_db()
    assert (job.state, job.failure, job.attempt) == ("failed", "export-given-up", 3)
    assert job.finished_at
    assert list(jobs.folder().iterdir()) == []
    fall_silent(job)
    assert jobs.sweep() == []
    assert built(job).state == "failed"


def test_one_that_was_taken_for_dead_harms_nobody(
    ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lives, is slow, and is overtaken: by its next sign of life it knows, and its file is gone."""
    job = ask()
    write = run._write_proofs

    def overtaken(*args: Any, **options: Any) -> None:
        monkeypatch.setattr(run, "_write_proofs", write)
        fall_silent(job)
        assert jobs.sweep() == [job.pk]
        jobs.build(job.pk)
        write(*args, **options)

    monkeypatch.setattr(run, "_write_proofs", overtaken)
    assert (built(job).state, job.attempt, job.file_name) == ("finished", 2, f"{job.pk}-2.zip")
    assert [path.name for path in jobs.folder().iterdir()] == [job.file_name]
    path = jobs.path_of(job)
    assert path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == job.sha256


def test_a_full_disk_is_said(ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "_write_proofs", full)
    job = built(ask())
    assert (job.state, job.failure) == ("failed", "export-storage")
    assert list(jobs.folder().iterdir()) == []


def test_old_files_go_and_their_rows_stay(ask: Callable[..., ExportJob], settings: Settings) -> None:
    old, new = built(ask()), built(ask())
    before = timezone.now() - timedelta(days=settings.BEDSIDE_EXPORT_KEEP_DAYS, minutes=1)
    ExportJob.objects.filter(pk=old.pk).update(finished_at=before)
    jobs.sweep()
    old.refresh_from_db()
    assert (old.state, old.done, bool(old.sha256)) == ("finished", 5, True)
    assert jobs.path_of(old) is None
    assert jobs.path_of(new)
    assert [path.name for path in jobs.folder().iterdir()] == [new.file_name]


def test_a_file_that_is_not_what_was_written_is_not_given(ask: Callable[..., ExportJob]) -> None:
    job = built(ask())
    path = jobs.path_of(job)
    assert path
    path.write_bytes(b"PK")
    assert jobs.path_of(job) is None


def test_asking_is_noted(ask: Callable[..., ExportJob], auditor: Person) -> None:
    job = ask(Selection(first_day=date(2020, 1, 1)))
    row = AccessRow.objects.get()
    assert (row.person, row.kind, row.job, row.cases) == (auditor, "exported", job, 5)


def test_the_tasks_lead_here(
    ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask()
    fall_silent(job)
    sent: list[str] = []
    monkeypatch.setattr(tasks.build_export, "delay", sent.append)
    tasks.sweep_exports()
    assert sent == [str(job.pk)]
    tasks.build_export(sent[0])
    job.refresh_from_db()
    assert job.state == "finished"
    assert zipfile.is_zipfile(jobs.folder() / job.file_name)


def test_a_broker_that_is_not_there_loses_nothing(
    ask: Callable[..., ExportJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu.exceptions import OperationalError

    def refuse(_: str) -> None:
        raise OperationalError("connection refused")

    job = ask()
    monkeypatch.setattr(tasks.build_export, "delay", refuse)
    tasks.send_export(job.pk)
    fall_silent(job)
    assert jobs.sweep() == [job.pk]
