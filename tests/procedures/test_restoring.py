"""A backup that was put back: the server begins a new chain, and tablets hand in again what it forgot."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from procedures import tokens, verification
from procedures.core.errors import Refusal
from procedures.models import (
    Device,
    Enrolment,
    Entry,
    EntryContent,
    Holding,
    Membership,
    Person,
    Record,
    Release,
    Scope,
    Ward,
)
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


class TestForgottenWriters:
    """Enrolled after the backup: known again by the certificate that the server itself signed."""

    @pytest.fixture
    def other(self, new_tablet: Callable[..., Tablet], tablet: Tablet, writer: Writer, ward: Ward) -> Tablet:
        """Another tablet, which pulled what the nurse wrote."""
        other = new_tablet(ward)
        other.writers[writer.enrolment] = writer
        return other

    def forget(self, device: Device, person: Person) -> None:
        Holding.objects.all().delete()
        Enrolment.objects.filter(person=person).delete()
        Membership.objects.filter(person=person).delete()
        person.delete()
        device.codes.all().delete()
        device.delete()

    def test_what_they_wrote_counts_whoever_brings_it(
        self, other: Tablet, tablet: Tablet, writer: Writer, nurse: Person, ward: Ward, release: Release
    ) -> None:
        entries = open_case(writer, str(ward.id), release.digest)
        self.forget(Device.objects.get(id=tablet.device), nurse)

        reply = other.send(*entries)
        assert (len(reply["receipts"]), reply["refused"]) == (3, [])
        assert verification.findings() == ([], 3)
        assert not Entry.objects.filter(type="entry.quarantined").exists()
        enrolment = Enrolment.objects.get(id=writer.enrolment)
        assert (enrolment.to_be_confirmed, str(enrolment.device_id)) == (True, tablet.device)
        assert enrolment.person is not None
        assert enrolment.person.printed_name == "Nurse"
        assert not enrolment.person.has_usable_password()

    def test_their_tablet_goes_on(
        self, tablet: Tablet, writer: Writer, nurse: Person, ward: Ward, release: Release
    ) -> None:
        entries = open_case(writer, str(ward.id), release.digest)
        self.forget(Device.objects.get(id=tablet.device), nurse)

        _, reply = tablet.push({**tablet.sealed([]), "enrolments": [writer.enrolment]})
        nothing = {"enrolment": writer.enrolment, "upto": 0, "digest": None, "highest": 0, "missing": [], "blobs": []}
        assert reply["enrolments"] == [nothing]

        assert tablet.send(*entries)["enrolments"][0]["upto"] == 3
        assert [str(known.id) for known in Device.objects.get(id=tablet.device).wards.all()] == [str(ward.id)]

    def test_what_the_server_itself_wrote_comes_back_once(
        self, tablet: Tablet, writer: Writer, ward: Ward, case: list[Written]
    ) -> None:
        bad = writer.write("answer.guessed", {"a": 1}, ward=str(ward.id), case=case_of(case))
        try:
            with transaction.atomic():
                tablet.send(bad)
                own = Enrolment.objects.get(ward=ward)
                row = Entry.objects.get(type="entry.quarantined")
                content = EntryContent.objects.get(ward=ward, position=row.position)
                said = Written(
                    str(own.id), row.seq, row.digest, bytes(content.data), bytes(content.signature), private=None
                )
                certificate = {"certificate": own.certificate, "signature": own.signature}
                raise Backup
        except Backup:
            restore()
        batch = tablet.sealed([said, bad])
        batch["certificates"].append(certificate)
        status, reply = tablet.push(batch)

        assert (status, reply["refused"]) == (200, [])
        assert [row.digest for row in Entry.objects.filter(type="entry.quarantined")] == [said.digest]
        assert verification.findings() == ([], 6)


def test_records_are_folded_anew(case: list[Written]) -> None:
    Record.objects.update(name="Somebody else", status="completed")
    restore()
    record = Record.objects.get()
    assert (record.name, record.status) == ("Emma Solberg", "preparation")


def test_a_token_that_was_revoked_after_the_backup_does_not_come_to_life_again(auditor: Person) -> None:
    """Which ones these were, the backup does not know: all are revoked, and made anew."""
    token, text = tokens.make(auditor, name="x", scopes=[Scope.CASES_READ], valid_days=30)
    before, _ = tokens.make(auditor, name="y", scopes=[Scope.CASES_READ], valid_days=30)
    tokens.revoke(before)
    with suppress(Backup), transaction.atomic():
        tokens.revoke(token)
        raise Backup
    assert tokens.read(text) == token

    assert "1 API tokens revoked" in restore()

    with pytest.raises(Refusal, match="api-token-revoked"):
        tokens.read(text)
