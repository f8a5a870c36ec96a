"""The folder that carries tasks beside SQLite: two who come to it at once, the first time."""

from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.transport import filesystem

from bmproject import filebroker
from procedures.tasks import verify_journal

CELERY = Exchange(verify_journal.app.conf.task_default_queue)


def test_a_worker_and_its_scheduler_may_begin_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes whole between the first one's opening of the table and its lock."""
    options = filebroker.prepare(tmp_path)
    real, second = filesystem.lock, [options]

    def lock(file: Any, flags: int) -> None:
        if second:
            bind(second.pop(), "second")
        real(file, flags)

    monkeypatch.setattr(filesystem, "lock", lock)
    bind(options, "first")
    assert bound(options) == {"first", "second"}


def test_what_is_bound_outlives_a_new_start(tmp_path: Path) -> None:
    bind(filebroker.prepare(tmp_path), "queue")
    assert bound(filebroker.prepare(tmp_path)) == {"queue"}


def bind(options: dict[str, str], queue: str) -> None:
    with Connection("filesystem://", transport_options=options) as connection:
        Queue(queue, CELERY)(connection.channel()).declare()


def bound(options: dict[str, str]) -> set[str]:
    with Connection("filesystem://", transport_options=options) as connection:
        channel: Any = connection.channel()
        return {row.queue for row in channel.get_table(CELERY.name)}
