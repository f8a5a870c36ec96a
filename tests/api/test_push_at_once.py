"""Pushing at once: threads with connections of their own, on a database that has row locks."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from procedures import verification
from procedures.core import canonical
from procedures.models import Blob, Entry, Person, Record, Release, Ward
from tests.api.test_blobs import jpeg
from tests.chart import Chart
from tests.conftest import PASSWORD, SecureClient
from tests.tablet import Json, Tablet, Writer, open_case

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.skipif(
        "connections['default'].vendor != 'postgresql'", reason="SQLite's test database lives in one connection"
    ),
]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all in threads that start together; their results in order."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        results[number] = closing(act)

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def push(tablet: Tablet, batch: Json, path: str = "push") -> Callable[[], tuple[int, Json]]:
    def act() -> tuple[int, Json]:
        client: Client = SecureClient()
        headers = {"Authorization": f"Bearer {tablet.token}"}
        response = client.post(f"/api/v1/{path}", batch, content_type="application/json", headers=headers)
        return response.status_code, response.json()

    return act


def test_the_same_batch_twice_at_once(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> None:
    batch = tablet.sealed(open_case(writer, str(ward.id), release.digest))
    answers = at_once(*[push(tablet, batch)] * 4)

    assert {status for status, _ in answers} == {200}
    assert all(reply["receipts"] == answers[0][1]["receipts"] for _, reply in answers)
    assert Entry.objects.count() == 3
    assert verification.findings() == ([], 3)


def test_many_writers_at_once_get_one_order_without_gaps(
    tablet: Tablet, writer: Writer, second_nurse: Person, ward: Ward, release: Release
) -> None:
    other = tablet.enrol("second_nurse", PASSWORD)
    batches = [tablet.sealed(open_case(each, str(ward.id), release.digest)) for each in (writer, other) * 4]
    answers = at_once(*[push(tablet, batch) for batch in batches])

    assert {status for status, _ in answers} == {200}
    positions = sorted(receipt["position"] for _, reply in answers for receipt in reply["receipts"])
    assert positions == list(range(1, 25))
    assert verification.findings() == ([], 24)


def test_two_branches_of_a_fork_at_once(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> None:
    head = (writer.seq, writer.head)
    left = tablet.sealed(open_case(writer, str(ward.id), release.digest))
    writer.seq, writer.head = head
    right = tablet.sealed(open_case(writer, str(ward.id), release.digest))
    answers = at_once(push(tablet, left), push(tablet, right))

    assert {status for status, _ in answers} == {200}
    assert Entry.objects.filter(type="entry.quarantined").count() == 6
    assert verification.findings() == ([], 12)


def test_the_same_photograph_twice_at_once(tablet: Tablet) -> None:
    blobs = [tablet.sealed_blob(data) for data in [jpeg()] * 4]
    answers = at_once(*[push(tablet, blob, "blobs") for blob in blobs])

    assert {status for status, _ in answers} == {200}
    assert len({(reply["digest"], reply["received_ms"]) for _, reply in answers}) == 1
    assert Blob.objects.count() == 1


def test_a_photograph_that_comes_while_its_entry_is_being_stored(
    tablet: Tablet, writer: Writer, release: Release
) -> None:
    """The push has looked for it already, and is held up before its end: nothing is left flagged."""
    chart, data = Chart.begun(tablet, writer, release).send(), jpeg()
    chart.decide("granted", blobs=[canonical.digest_of(data)])
    entries = push(tablet, tablet.sealed(chart.entries[chart.sent :]))
    blob = push(tablet, tablet.sealed_blob(data), "blobs")
    with ThreadPoolExecutor() as threads, transaction.atomic():
        Record.objects.select_for_update().get()
        pushed = threads.submit(closing, entries)
        until(lambda: waiting_for_locks() == 1)
        kept = threads.submit(closing, blob)
        until(lambda: kept.done() or waiting_for_locks() == 2)
    assert (pushed.result()[0], kept.result()[0]) == (200, 200)
    assert Record.objects.get().flag_codes == []


def closing(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connections.close_all()


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def until(so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not so():
        assert time.monotonic() < give_up
        time.sleep(0.01)
