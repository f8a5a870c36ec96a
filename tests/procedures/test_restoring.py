"""A backup that was put back: the server begins a new chain, and tablets hand in again what it forgot."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from procedures import verification
from procedures.models import Enrolment, Entry, Record, Release, Ward
from tests.api.test_push import case_of
from tests.tablet import Tablet, Writer, Written, answer, open_case

pytestmark = pytest.mark.django_db


class Backup(Exception):
    """Undoes all that came after it."""


@pytest.fixture
def case(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[Written]:
    entries = open_case(writer, str(ward.id), release.digest)
    tablet.send(*entries)
    return entries


@pytest.fixture
def forgotten(tablet: Tablet, writer: Writer, ward: Ward, case: list[Written]) -> Iterator[list[Written]]:
    """Entries that the server acknowledged and, restored from a backup, has never seen."""
    later = [
        writer.write("answer.given", answer("bleed.warfarin", value), ward=str(ward.id), case=case_of(case))
        for value in ("yes", "no")
    ]
    try:
        with transaction.atomic():
            assert len(tablet.send(*later)["receipts"]) == 2
            raise Backup
    except Backup:
        yield later


def restore() -> str:
    out = StringIO()
    call_command("after_restore", stdout=out)
    return out.getvalue()


def test_the_server_says_so_under_a_new_enrolment(ward: Ward, case: list[Written]) -> None:
    assert "3 entries, 0 findings" in restore()
    restore()

    said = Entry.objects.filter(type="log.restored").order_by("position")
    assert [row.seq for row in said] == [1, 1]
    assert len({row.enrolment for row in said}) == 2
    assert Enrolment.objects.filter(ward=ward, ended_at=None).count() == 1
    assert verification.findings() == ([], 5)


def test_a_tablet_sees_what_is_missing_and_hands_it_in_again(
    tablet: Tablet, writer: Writer, forgotten: list[Written], case: list[Written]
) -> None:
    restore()
    _, reply = tablet.push({**tablet.sealed([]), "enrolments": [writer.enrolment]})
    assert (reply["enrolments"][0]["upto"], reply["enrolments"][0]["digest"]) == (3, case[2].digest)

    reply = tablet.send(*forgotten)
    assert reply["enrolments"][0]["upto"] == 5
    assert verification.findings() == ([], 6)


def test_records_are_folded_anew(case: list[Written]) -> None:
    Record.objects.update(name="Somebody else", status="completed")
    restore()
    record = Record.objects.get()
    assert (record.name, record.status) == ("Emma Solberg", "preparation")
