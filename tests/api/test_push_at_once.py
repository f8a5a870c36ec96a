"""Pushing at once: threads with connections of their own, on a database that has row locks."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from procedures import verification
from procedures.models import Entry, Person, Release, Ward
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
        try:
            results[number] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def push(tablet: Tablet, batch: Json) -> Callable[[], tuple[int, Json]]:
    def act() -> tuple[int, Json]:
        client: Client = SecureClient()
        headers = {"Authorization": f"Bearer {tablet.token}"}
        response = client.post("/api/v1/push", batch, content_type="application/json", headers=headers)
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
