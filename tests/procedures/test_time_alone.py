"""What time alone makes of a case, every door says at once: nobody writes anything, and no worker has run."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from procedures import access, clock, records, tasks, tokens
from procedures.models import ExportJob, Person, Record, RecordConsent, Release
from tests.api.read.conftest import Reader
from tests.chart import CONSENT, Chart
from tests.procedures.test_consent_doors import VALID, by_api
from tests.procedures.test_consent_page import words_of_page, words_of_pdf
from tests.tablet import Tablet, Writer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]

Later = Callable[[float], None]
DAY_MS = 86_400_000
YEAR = 365.25
# The small protocol's consent holds for 90 days; Emma is born in 2019 and consents herself from 16.
LARGE = {
    "valid": "Valid",
    "confirmed": "Valid and confirmed",
    "used": "Valid and used",
    "needs-reconfirmation": "To be confirmed again",
    "partly-signed": "Not signed by all",
}


@pytest.fixture
def chart(tablet: Tablet, writer: Writer, release: Release) -> Chart:
    return Chart.begun(tablet, writer, release)


@pytest.fixture
def reader(client: Client, auditor: Person) -> Reader:
    client.force_login(auditor)
    return Reader(client, tokens.make(auditor, name="Other", scopes=access.scopes_for(auditor), valid_days=30)[1])


def said(client: Client, auditor: Person, case: str) -> str:
    """What each door says of the case's consent, which must be the same."""
    client.force_login(auditor)
    (status,) = set(by_api(client, auditor, case))
    for words in (words_of_page(client, case), words_of_pdf(client, case)):
        assert LARGE[status] in words[:400]
        assert bool(VALID.search(words)) == LARGE[status].startswith("Valid")
    record = client.get(reverse("admin:procedures_record_change", args=[case])).content.decode()
    (heading,) = re.findall(r"<h2>Consent: The procedure (.*?)</h2>", record)
    assert bool(VALID.search(heading)) == (status in ("valid", "used"))
    return status


def confirm(chart: Chart, **bent: Any) -> None:
    body: dict[str, Any] = {
        "consent": CONSENT,
        "release": chart.release.digest,
        "seen": None,
        "relation": "parent-1",
        "after": [],
    }
    body |= {"covers": [chart.entries[2].digest]}
    where: dict[str, Any] = {"ward": chart.tablet.wards[0], "case": chart.case, "private": {"changes": None}}
    chart.entries.append(chart.writer.write("consent.confirmed", body, **where, **bent))


@pytest.mark.parametrize(
    ("outcome", "days", "status"),
    [
        (None, 0, "valid"),
        (None, 89.9, "valid"),
        (None, 90.1, "needs-reconfirmation"),
        (None, 17 * YEAR, "partly-signed"),
        ("lost", 90.1, "needs-reconfirmation"),
        ("done", 90.1, "used"),
        ("done", 17 * YEAR, "used"),
        ("exception", 17 * YEAR, "used"),
        ("stopped", 90.1, "valid"),
        ("not-done", 17 * YEAR, "valid"),
    ],
)
def test_a_consent_expires_or_is_outgrown_and_after_the_closing_does_not(
    client: Client, auditor: Person, chart: Chart, later: Later, outcome: str | None, days: float, status: str
) -> None:
    chart.grant_all()
    if outcome:
        chart.close(outcome)
    chart.send()
    later(days)
    assert said(client, auditor, chart.case) == status


def test_a_confirmation_ends_with_its_day(
    client: Client, auditor: Person, chart: Chart, later: Later, settings: Settings
) -> None:
    settings.TIME_ZONE = "Africa/Lagos"  # all year as the tablet's
    confirm(chart.grant_all())
    chart.send()
    assert said(client, auditor, chart.case) == "confirmed"
    later(1)
    assert said(client, auditor, chart.case) == "valid"


def test_days_are_those_of_the_servers_own_zone(
    client: Client, auditor: Person, chart: Chart, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """At half past midnight it is yesterday in UTC."""
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours east
    midnight_ms = (clock.now_ms() // DAY_MS) * DAY_MS - 14 * 3_600_000
    at_ms = next(ms for ms in range(midnight_ms, midnight_ms + 3 * DAY_MS, DAY_MS) if ms > clock.now_ms())
    tapped = {"at_ms": at_ms + 60_000, "zone_min": 14 * 60, "offset_ms": 0, "boot": chart.case, "mono_ms": 1}
    confirm(chart.grant_all(), clock=tapped)
    chart.send()
    assert said(client, auditor, chart.case) == "valid", "it is not that day yet"
    monkeypatch.setattr(clock, "time", _Stopped(at_ms + 30 * 60_000))
    assert said(client, auditor, chart.case) == "confirmed"


class _Stopped:
    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def time_ns(self) -> int:
        return self.at_ms * 1_000_000


def test_no_reader_is_told_that_what_it_has_is_still_so(reader: Reader, chart: Chart, later: Later) -> None:
    case = chart.grant_all().send().case
    paths = [("consents", {"case": case}), (f"cases/{case}", {})]
    tags = [reader.get(path, query)["ETag"] for path, query in paths]

    def again() -> list[int]:
        return [
            reader.get(path, query, **{"if-none-match": tag}).status_code
            for (path, query), tag in zip(paths, tags, strict=True)
        ]

    assert again() == [304, 304]
    later(90.1)
    assert again() == [200, 200]


def test_a_row_says_whether_its_case_is_closed(reader: Reader, chart: Chart) -> None:
    case = chart.grant_all().send().case
    assert reader.json("consents", {"case": case})["results"][0]["closed"] is None
    chart.close("not-done")
    chart.send()
    (row,) = reader.json("consents", {"case": case})["results"]
    (listed,) = reader.json("cases", {"status": "not-done"})["results"]
    assert (row["status"], row["closed"]) == ("valid", listed["closed"])
    assert row["closed"]


def test_the_page_of_a_closed_case_says_as_of_when(client: Client, auditor: Person, chart: Chart, later: Later) -> None:
    chart.grant_all().close("not-done")
    chart.send()
    later(91)
    client.force_login(auditor)
    for words in (words_of_page(client, chart.case), words_of_pdf(client, chart.case)):
        assert "As it was when the case was closed, 20" in words


MARK = "birth-date-wrong"
# Whether a case is marked so, as each door has it.
DOORS: dict[str, Callable[[Reader, Chart], bool]] = {
    "the API's list": lambda reader, _: bool(reader.json("cases", {"flag": MARK})["results"]),
    "the API's case": lambda reader, chart: MARK in reader.json(f"cases/{chart.case}")["flags"],
    "the API's export": lambda reader, _: reader.post("exports", {"cases": {"flag": MARK}}).status_code == 201,
    "the list": lambda reader, chart: chart.case in page(reader, "record", flags=MARK),
    "the table": lambda reader, chart: chart.case in page(reader, "record/table", flags=MARK),
    "the export": lambda reader, _: ">1 case<" in page(reader, "exportjob/add", flags=MARK),
}


def page(reader: Reader, name: str, **query: str) -> str:
    response: Any = reader.client.get(f"/admin/procedures/{name}/", query)
    assert response.status_code == 200
    return b"".join(response).decode()


class TestMarks:
    """A birth date that lies ahead is wrong until that day."""

    @pytest.fixture
    def unborn(self, chart: Chart) -> Chart:
        day = (datetime.now(UTC) + timedelta(days=2)).date()
        body = {"sex": "female", "birth_year": None, "replaces": [chart.entries[1].digest]}
        name = {"identifier": "1", "name": "Ahead", "birth_date": day.isoformat()}
        chart.write("subject.given", body, name)
        return chart.send()

    @pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
    def test_each_door_says_what_is_so_now(
        self, reader: Reader, unborn: Chart, later: Later, door: Callable[[Reader, Chart], bool]
    ) -> None:
        assert door(reader, unborn)
        later(3)
        assert not door(reader, unborn)

    @pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
    def test_a_closed_case_keeps_its_marks(
        self, reader: Reader, unborn: Chart, later: Later, door: Callable[[Reader, Chart], bool]
    ) -> None:
        unborn.close("not-done")
        unborn.send()
        later(3)
        assert door(reader, unborn)

    def test_an_export_takes_what_is_so_when_it_is_built(self, reader: Reader, unborn: Chart, later: Later) -> None:
        reader.post("exports", {"cases": {"flag": "birth-date-wrong"}})
        job = ExportJob.objects.get()
        assert job.total == 1
        later(3)
        tasks.build_export(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.total) == ("finished", 0)


def test_the_worker_folds_what_is_due(chart: Chart, later: Later, settings: Settings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["catch-up-records"]["task"] == tasks.catch_up_records.name
    chart.grant_all().send()
    later(90.1)
    assert RecordConsent.objects.get().status == "valid"
    tasks.catch_up_records()
    assert RecordConsent.objects.get().status == "needs-reconfirmation"
    assert records.catch_up() == 0


def test_what_is_not_due_is_not_folded_for_a_list(
    reader: Reader, chart: Chart, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As closed cases never are, nor those in which nobody was asked for a consent."""
    chart.grant_all().send()
    closed, silent = (Chart.begun(chart.tablet, chart.writer, chart.release) for _ in range(2))
    closed.grant_all().close("done")
    closed.send()
    silent.send()

    def projected(cases: Any) -> None:
        raise AssertionError(cases)

    monkeypatch.setattr(records, "_project", projected)
    for path in ("cases", "consents"):
        assert reader.json(path)["results"]
    Record.objects.filter(case=chart.case).delete()
    later(50 * YEAR)
    for path in ("cases", "consents"):
        assert reader.json(path)["results"]


class TestZone:
    def test_when_the_clock_is_put_forward_and_back(self, settings: Settings) -> None:
        settings.TIME_ZONE = "Europe/Oslo"
        march = int(datetime(2027, 3, 1, tzinfo=UTC).timestamp() * 1000)
        forward = int(datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp() * 1000)
        assert clock.next_zone_ms(march) == forward
        assert (clock.zone_min(forward - 1), clock.zone_min(forward)) == (60, 120)
        assert clock.next_zone_ms(forward) == int(datetime(2027, 10, 31, 1, tzinfo=UTC).timestamp() * 1000)

    def test_what_is_stored_is_due_then(
        self, chart: Chart, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.TIME_ZONE = "Europe/Oslo"
        march = int(datetime(datetime.now(UTC).year + 2, 3, 1, tzinfo=UTC).timestamp() * 1000)
        monkeypatch.setattr(clock, "time", _Stopped(march))
        chart.grant_all().send()
        assert Record.objects.get().due_ms == clock.next_zone_ms(march)

    def test_where_none_ever_is_it_is_looked_for_again(self, settings: Settings) -> None:
        settings.TIME_ZONE = "UTC"
        assert 300 * DAY_MS < clock.next_zone_ms(0) <= 366 * DAY_MS
