"""Entries, releases, accesses: no one can change or delete them, whatever way they try."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from procedures import append_only, publishing
from procedures.exports import jobs
from procedures.models import AccessRow, Blob, Decision, Entry, EntryContent, Person, Proposal, Recall, Release, Ward
from procedures.records_query import Selection
from tests.api.test_blobs import jpeg
from tests.tablet import Tablet, Writer, open_case

pytestmark = pytest.mark.django_db

# A field of each table, and something that would be another value.
VALUES: dict[type[Any], tuple[str, Any]] = {
    Entry: ("seq", 9),
    EntryContent: ("data", b"x"),
    Blob: ("data", b"x"),
    Release: ("number", 9),
    Proposal: ("reason", "x"),
    Decision: ("reason", "x"),
    Recall: ("reason", "x"),
    AccessRow: ("cases", 9),
}


@pytest.fixture(autouse=True)
def _a_row_of_each(
    tablet: Tablet, writer: Writer, ward: Ward, release: Release, auditor: Person, approver: Person
) -> None:
    tablet.send(*open_case(writer, str(ward.id), release.digest))
    tablet.send_blob(jpeg())
    jobs.ask(auditor, Selection(), identified=False, purpose="")
    publishing.recall(release, by=approver, reason="A slip")


def test_every_table_is_there() -> None:
    """A name that is written wrong would be left out in silence."""
    assert set(append_only.TABLES) <= set(connection.introspection.table_names())
    assert {model._meta.db_table for model in VALUES} == set(append_only.TABLES)


@pytest.mark.parametrize("model", VALUES)
def test_nothing_is_updated_or_deleted(model: type[Any]) -> None:
    field, value = VALUES[model]
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**{field: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="there the role may not lift triggers: see below")
def test_it_is_the_trigger_that_refuses() -> None:
    """Taken away, the same statement goes through: the test above would notice."""
    with append_only.lifted(connection):
        assert Entry.objects.update(seq=models.F("seq") + 10) == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(seq=10)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles")
def test_the_web_process_has_no_right_to_try() -> None:
    """Its role can neither truncate nor drop the triggers, nor change the rows if it could."""
    statements = [
        "TRUNCATE procedures_entry",
        "DROP TRIGGER bedside_rows ON procedures_entry",
        "ALTER TABLE procedures_entry DISABLE TRIGGER ALL",
        "UPDATE procedures_entry SET seq = 9",
    ]
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
