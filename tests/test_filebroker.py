"""The folder that carries tasks beside SQLite: two who come to it at once."""

import sys
from pathlib import Path
from queue import Empty
from types import FrameType
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


def test_a_message_is_read_whole_or_not_yet(tmp_path: Path) -> None:
    """A worker looks for a message after every line of its being put there; it gets it once, and none ends of it."""
    options = filebroker.prepare(tmp_path)
    found: list[Any] = []
    with connection(options) as web, connection(options) as worker:
        put, taken = web.SimpleQueue("tasks"), worker.SimpleQueue("tasks")

        def look(frame: FrameType, event: str, _: object) -> Any:
            if frame.f_code.co_filename not in (filesystem.__file__, filebroker.__file__):
                return None
            if event == "line":
                take()
            return look

        def take() -> None:
            try:
                found.append(taken.get_nowait().payload)
            except Empty:
                return

        before = sys.gettrace()
        sys.settrace(look)
        try:
            put.put({"task": "verify"})
        finally:
            sys.settrace(before)
        take()
    assert found == [{"task": "verify"}]


def connection(options: dict[str, str]) -> Connection:
    """As web and worker connect: by the settings, but to a folder of the test's own."""
    made: Connection = verify_journal.app.connection_for_write(transport_options=options)
    return made


def bind(options: dict[str, str], queue: str) -> None:
    with connection(options) as linked:
        Queue(queue, CELERY)(linked.channel()).declare()


def bound(options: dict[str, str]) -> set[str]:
    with connection(options) as linked:
        channel: Any = linked.channel()
        return {row.queue for row in channel.get_table(CELERY.name)}
