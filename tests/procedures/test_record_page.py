"""One record, as an auditor reads it; and the note of who did."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from procedures.core import canonical
from procedures.models import AccessRow, Person, Record, Release
from tests.tablet import Tablet, Writer, answer, open_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]


@pytest.fixture
def case(tablet: Tablet, writer: Writer, release: Release) -> str:
    """An INR of 3.4 that was corrected to 3.2 with a reason for entering it later, a note, and a taking over."""
    ward = tablet.wards[0]
    entries = open_case(writer, ward, release.digest)
    case = str(canonical.decode(entries[0].data)["case"])

    def write(kind: str, body: dict[str, Any], private: dict[str, Any] | None = None) -> str:
        entries.append(writer.write(kind, body, ward=ward, case=case, private=private))
        return entries[-1].digest

    write("answer.given", answer("bleed.warfarin", "yes"))
    first = write("answer.given", answer("bleed.inr", "3.4"))
    late = answer("bleed.inr", "3.2", replaces=[first]) | {"occurred_ms": 1_795_000_000_000, "late": True}
    write("answer.given", late, {"text": None, "reason": "The laboratory rang"})
    write("note.added", {"item": None, "part": ""}, {"text": "Mother calls back"})
    write("case.taken", {"covers": [], "seen": None, "replaces": []})
    tablet.send(*entries)
    return case


def page(client: Client, case: str) -> Any:
    return client.get(reverse("admin:procedures_record_change", args=[case]))


def test_an_auditor_reads_who_answered_what_and_when(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    response = page(client, case)
    text = response.content.decode()
    assert response.status_code == 200
    sheet = response.context["sheet"]
    inr = next(q for phase in sheet.phases for q in phase.questions if q.text == "Latest INR")
    assert [(each.words, each.stands, each.reason) for each in inr.answers] == [
        ("3.4", False, ""),
        ("3.2", True, "The laboratory rang"),
    ]
    assert "entered later" in inr.answers[1].act.flags
    assert [(hold.level, hold.cleared) for hold in inr.holds] == [("stop", None)]
    for said in ("Emma Solberg", "010119 12345", "Mother calls back", "taken over", "INR is above 3", "not cleared"):
        assert said in text
    assert len(sheet.entries) == 8
    assert all(act.written.endswith("+01:00") for act in sheet.entries)
    assert all(act.digest[:16] in text for act in sheet.entries)


def test_whoever_looks_is_noted(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    client.get(reverse("admin:procedures_record_changelist"), {"status": "preparation"})
    page(client, case)
    listed, viewed = AccessRow.objects.order_by("at")
    assert (listed.person, listed.kind, listed.filter, listed.cases) == (
        auditor,
        "listed",
        {"status": "preparation"},
        1,
    )
    assert (viewed.person, viewed.kind, str(viewed.case), viewed.cases) == (auditor, "viewed", case, 1)
    text = client.get(reverse("admin:procedures_accessrow_changelist")).content.decode()
    for said in ("records listed", "Status: in preparation", case):
        assert said in text


def test_the_list_begins_with_what_was_completed_yesterday(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    address = reverse("admin:procedures_record_changelist")
    now = timezone.localtime()
    for days, count in ((0, 0), (1, 1), (2, 0)):
        closed = (now - timedelta(days=days)).timestamp() * 1000
        Record.objects.filter(pk=case).update(status="completed", closed_ms=int(closed))
        assert client.get(address).context["cl"].result_count == count


def test_who_may_not_look_is_neither_shown_nor_noted(client: Client, nurse: Person, editor: Person, case: str) -> None:
    for person in (nurse, editor):
        client.force_login(person)
        assert page(client, case).status_code in (302, 403)
    assert not AccessRow.objects.exists()


def test_nothing_can_be_changed_there(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    before = Record.objects.values().get(pk=case)
    assert client.post(reverse("admin:procedures_record_change", args=[case]), {"name": "Other"}).status_code == 403
    assert client.post(reverse("admin:procedures_record_delete", args=[case]), {"post": "yes"}).status_code == 403
    assert Record.objects.values().get(pk=case) == before
    assert not AccessRow.objects.exists()


def test_in_norwegian(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    client.cookies["django_language"] = "nb"
    text = page(client, case).content.decode()
    for said in ("Siste INR", "Stopp", "tatt over", "ikke avklart"):
        assert said in text


def test_the_list_can_be_of_one_case(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    shown = client.get(reverse("admin:procedures_record_changelist"), {"case": case})
    assert shown.status_code == 200
    assert [str(record.case) for record in shown.context["cl"].result_list] == [case]
    assert AccessRow.objects.get().filter == {"case": case}
    # By nothing else than the form knows: a name in an address would stand in logs, and the note would not tell of it.
    assert client.get(reverse("admin:procedures_record_changelist"), {"name": "Emma"}).status_code == 400


def test_a_list_that_is_not_shown_is_not_noted(client: Client, auditor: Person, case: str) -> None:
    client.force_login(auditor)
    client.get(reverse("admin:procedures_record_changelist"), {"closed_from": "soon"})
    assert not AccessRow.objects.exists()
