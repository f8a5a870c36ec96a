"""The journal's check: it passes on what was pushed, and names what someone with the database's password changed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from procedures import append_only, verification
from procedures.models import JournalCheck, Release, Ward
from tests.tablet import Tablet, Writer, Written, open_case

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def entries(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[Written]:
    case = open_case(writer, str(ward.id), release.digest)
    tablet.send(*case)
    return case


def owner_sql(statement: str, *values: bytes | str) -> None:
    """Tamper as the tables' owner could, with the triggers lifted."""
    owner = connections[append_only.owner_alias("default")]
    with append_only.lifted(owner), owner.cursor() as cursor:
        cursor.execute(statement, values)


def problems() -> list[str]:
    found, _ = verification.findings()
    return [str(finding["problem"]) for finding in found]


def test_what_was_pushed_verifies() -> None:
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert "3 entries verify." in out.getvalue()
    check = JournalCheck.objects.get()
    assert (check.entries, check.findings) == (3, [])
    assert check.finished_at


@pytest.mark.parametrize(
    ("statement", "values", "expected"),
    [
        (
            "UPDATE procedures_entrycontent SET data = %s WHERE position = 2",
            [b"{}"],
            "the bytes are not those of the digest",
        ),
        ("UPDATE procedures_entrycontent SET private = %s WHERE position = 2", [b"{}"], "private-wrong"),
        ("UPDATE procedures_entrycontent SET signature = %s WHERE position = 2", [b"\1" * 64], "entry-signature-wrong"),
        (
            "UPDATE procedures_entry SET received_ms = received_ms + 1 WHERE position = 2",
            [],
            "the rolling hash does not follow",
        ),
        (
            "UPDATE procedures_entry SET type = 'note.added' WHERE position = 2",
            [],
            "the row's columns are not those of the entry",
        ),
        ("DELETE FROM procedures_entry WHERE position = 2", [], "positions 2 to 2 are missing"),
        ("DELETE FROM procedures_entry WHERE position = 3", [], "the log's head is not its last entry"),
        ("UPDATE procedures_wardlog SET position = 2", [], "entries stand beyond the log's head"),
        ("UPDATE procedures_enrolment SET signature = %s", ["A" * 86], "certificate-forged"),
    ],
)
def test_tampering_is_named(statement: str, values: list[bytes | str], expected: str) -> None:
    owner_sql(statement, *values)
    assert expected in problems()
    with pytest.raises(CommandError):
        call_command("verify_journal", stdout=StringIO())
