"""What one bent tablet writes takes nothing away from others: pages, replies and exports that show it still come."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from procedures import tokens
from procedures.core import canonical
from procedures.core.canonical import MAX_INTEGER
from procedures.exports import jobs
from procedures.models import ExportJob, Person, Record, Release, Scope, Ward
from procedures.records_query import Selection
from tests.api.test_push import case_of
from tests.tablet import Json, Tablet, Writer, Written, answer, clock, open_case

AHEAD, BEHIND = {**clock(), "at_ms": MAX_INTEGER}, {**clock(), "offset_ms": -MAX_INTEGER}
SEEN: Json = {"covers": [], "seen": None}
NOTE: Json = {"item": None, "part": ""}
PLAN: Json = {"start_ms": MAX_INTEGER, "replaces": []}
SUBJECT: Json = {"sex": "female", "birth_year": 2019, "replaces": []}
CLOSING: Json = {"outcome": "not-done", "release": "", "replaces": [], **SEEN}
INFORMED: Json = {"consent": "procedure", "release": "", "language": "en", "text": "0" * 64, **SEEN}
SIGNED: Json = {"phase": "plan", "meaning": "performed", "release": "", "guest": {"role": "nurse"}, **SEEN}
BENT: dict[str, tuple[str, Json, Json]] = {
    "a clock beyond the calendar": ("note.added", NOTE, {"clock": AHEAD}),
    "a clock before it": ("note.added", NOTE, {"clock": BEHIND}),
    "a zone of a whole day": ("note.added", NOTE, {"clock": {**clock(), "zone_min": -1440}}),
    "a note that is no text": ("note.added", NOTE, {"private": {"text": {"a": 1}}}),
    "a start beyond the calendar": ("case.planned", PLAN, {}),
    "done beyond the calendar": ("answer.given", {**answer("bleed.inr", "2.0"), "occurred_ms": MAX_INTEGER}, {}),
    "a datetime before the calendar": ("answer.given", answer("fast.solids", -MAX_INTEGER), {}),
    "a number of 400 digits": ("answer.given", answer("bleed.inr", "9" * 400), {}),
    "an answer of another type": ("answer.given", answer("bleed.inr", {"a": [1]}), {}),
    "a closing beyond the calendar": ("case.closed", CLOSING, {"clock": AHEAD, "private": {"reason": [1]}}),
    "a consent beyond the calendar": ("consent.informed", INFORMED, {"clock": AHEAD}),
    "nobody": ("subject.given", SUBJECT, {"private": {}}),
    "a name with NUL": ("subject.given", SUBJECT, {"private": {"identifier": "a\0b", "name": "\0", "birth_date": "x"}}),
    "a name of 1000 letters": ("subject.given", SUBJECT, {"private": {"identifier": "1" * 1000, "name": "n" * 1000}}),
    "a name that is no text": ("subject.given", SUBJECT, {"private": {"identifier": 5, "name": [], "birth_date": {}}}),
    "strokes that are a text": ("phase.signed", SIGNED, {"private": {"name": 5, "strokes": "x"}}),
    "strokes that are no lines": ("phase.signed", SIGNED, {"private": {"strokes": [[1, "a", 2], {}, [1], [1] * 4]}}),
}


@pytest.fixture
def case(writer: Writer, ward: Ward, release: Release) -> list[Written]:
    return open_case(writer, str(ward.id), release.digest)


@pytest.mark.parametrize("bent", BENT)
def test_it_takes_nothing_away(
    tablet: Tablet,
    writer: Writer,
    ward: Ward,
    case: list[Written],
    release: Release,
    administrator: Person,
    auditor: Person,
    client: Client,
    bent: str,
) -> None:
    entry = write_bent(bent, writer, case, str(ward.id), release.digest)
    assert len(tablet.send(*case, entry)["receipts"]) == 4

    record = Record.objects.get()
    client.force_login(administrator)
    assert client.get(reverse("admin:procedures_record_changelist")).status_code == 200
    assert client.get(reverse("admin:procedures_record_change", args=[record.pk])).status_code == 200
    assert all(status == 200 for status in read(client, auditor, record).values())
    jobs.build(jobs.ask(auditor, Selection(), identified=True, purpose="Yearly review").pk)
    assert ExportJob.objects.get().state == "finished"


def write_bent(bent: str, writer: Writer, case: list[Written], ward: str, release: str) -> Written:
    """The next entry of a case, in place of what it was opened with."""
    kind, body, more = BENT[bent]
    before = [each.digest for each in case if canonical.decode(each.data)["type"] == kind]
    fitting = {"release": release, "replaces": before}
    named = {name: fitting.get(name, value) for name, value in body.items()}
    return writer.write(kind, named, ward=ward, case=case_of(case), **more)


def read(client: Client, auditor: Person, record: Record) -> dict[str, Any]:
    """Statuses of what other systems read, by address."""
    scopes = [Scope.CASES_READ, Scope.CASES_IDENTITY, Scope.CONSENTS_READ]
    _, text = tokens.make(auditor, name="x", scopes=scopes, valid_days=30)
    headers = {"Authorization": f"Bearer {text}"}
    paths = ("cases", f"cases/{record.pk}", "consents")
    return {path: client.get(f"/api/v1/{path}", headers=headers).status_code for path in paths}
