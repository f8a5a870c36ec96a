"""Clients that hand in their backlogs at once, each a process of its own; how long that takes all of them."""

import contextlib
import http.client
import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any, Final, Self, TypeVar

import psycopg

from tests.journeys.services import wait_until

from .servers import HEADERS

ROWS_A_COMMIT: Final = 100
_ROW: Final = b"(enrolment, seq, digest, sealed) VALUES (%s, %s, %s, %s)"
_RAW: Final = b"INSERT INTO raw_answer " + _ROW
INTO_PLAIN: Final = b"INSERT INTO plain_answer " + _ROW
PROCESSES: Final = multiprocessing.get_context("fork")

Backlog = Sequence[bytes]
# A client waits at the barrier when it is connected, when it has its last reply, and before it leaves.
Client = Callable[[int, Backlog, Barrier], None]
Probed = TypeVar("Probed")


@dataclass(frozen=True)
class Post:
    """Sends request bodies over one connection. `check` says whether a reply is the good one."""

    port: int
    path: str
    check: Callable[[dict[str, Any], bytes], bool]
    tokens: Sequence[str] = ()

    def __call__(self, number: int, backlog: Backlog, barrier: Barrier) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.connect()
        headers = HEADERS | ({"Authorization": f"Bearer {self.tokens[number]}"} if self.tokens else {})
        barrier.wait()
        replies = []
        for body in backlog:
            connection.request("POST", self.path, body, headers)
            reply = connection.getresponse()
            replies.append((reply.status, reply.read()))
        barrier.wait()
        barrier.wait()
        for body, (status, content) in zip(backlog, replies, strict=True):
            if status != 200 or not self.check(json.loads(content), body):
                raise RuntimeError(f"{self.path} answered {status}: {content[:500]!r}")


@dataclass(frozen=True)
class Insert:
    """Inserts what the batches hold straight into a table like the plain baseline's, 100 rows a commit."""

    address: str

    @classmethod
    def into_new_table(cls, address: str) -> Self:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE raw_answer (LIKE plain_answer INCLUDING ALL)")
        return cls(address)

    def __call__(self, number: int, backlog: Backlog, barrier: Barrier) -> None:
        entries = [entry for body in backlog for entry in json.loads(body)["entries"]]
        rows = [(entry["enrolment"], entry["seq"], entry["digest"], entry["sealed"]) for entry in entries]
        with psycopg.connect(self.address) as connection:
            barrier.wait()
            for start in range(0, len(rows), ROWS_A_COMMIT):
                connection.cursor().executemany(_RAW, rows[start : start + ROWS_A_COMMIT])
                connection.commit()
            barrier.wait()
            barrier.wait()


def all_at_once(
    client: Client, backlogs: Sequence[Backlog], probe: Callable[[], Probed]
) -> tuple[float, Probed, Probed]:
    """Seconds from the first request to the last reply, and what `probe` gives before and after.

    All connections are open at both probes: of a process that just ended, nobody may have counted the time yet.
    Raises RuntimeError when a client did not succeed.
    """
    barrier = PROCESSES.Barrier(len(backlogs) + 1)
    processes = [
        PROCESSES.Process(target=_run, args=(client, number, backlog, barrier))
        for number, backlog in enumerate(backlogs)
    ]
    for process in processes:
        process.start()
    before = after = probe()
    took_s = 0.0
    with contextlib.suppress(threading.BrokenBarrierError):
        wait_until(lambda: barrier.n_waiting == len(backlogs) or barrier.broken, "all clients are connected")
        before = probe()
        barrier.wait(timeout=60)
        began = time.perf_counter()
        barrier.wait(timeout=600)
        took_s = time.perf_counter() - began
        after = probe()
        barrier.wait(timeout=60)
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise RuntimeError("a client failed; what it said stands above")
    return took_s, before, after


def _run(client: Client, number: int, backlog: Backlog, barrier: Barrier) -> None:
    try:
        client(number, backlog, barrier)
    except BaseException:
        barrier.abort()
        raise
