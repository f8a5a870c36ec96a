"""The record list as a table for a spreadsheet: the same as an export's, for those who may export, and noted."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from procedures.exports.run import plan, write_zip
from procedures.models import AccessRow, Person, Record, Release, Ward
from tests.chart import PRIVATE, Chart, everything
from tests.tablet import Tablet, Writer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]
LIST = "/admin/procedures/record/"
TABLE = f"{LIST}table/"


@pytest.fixture
def charts(tablet: Tablet, writer: Writer, release: Release) -> list[Chart]:
    """One with something of everything, one that answers other questions, one that says nothing."""
    other = Chart.begun(tablet, writer, release)
    other.answer("bleed.platelets", {"absent": "not-obtained"})
    return [everything(tablet, writer, release), other.send(), Chart.begun(tablet, writer, release).send()]


def table(client: Client, query: str = "") -> bytes:
    response: Any = client.get(TABLE + query)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    return b"".join(response.streaming_content)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_it_is_an_exports_table_to_the_byte(
    client: Client, auditor: Person, charts: list[Chart], tmp_path: Path
) -> None:
    write_zip(tmp_path / "all.zip", plan(Record.objects.all()), identified=False, purpose="")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        exported = archive.read("cases.csv")
    client.force_login(auditor)
    content = table(client)
    assert content == exported
    assert len(rows(content)) == 3
    assert not [word for word in PRIVATE if word.encode() in content]
    (rich,) = [row for row in rows(content) if row["case"] == charts[0].case]
    assert (rich["bleed.inr"], rich["status"], rich["sex"]) == (
        "3.2",
        Record.objects.get(case=charts[0].case).status,
        "female",
    )


def test_the_filters_of_the_list_choose(client: Client, auditor: Person, charts: list[Chart]) -> None:
    client.force_login(auditor)
    assert [row["case"] for row in rows(table(client, "?overridden=true"))] == [charts[0].case]
    assert rows(table(client, "?status=not-done")) == []
    assert {row["case"] for row in rows(table(client, "?status="))} == {chart.case for chart in charts}


@pytest.mark.parametrize("query", ["?overridden=perhaps", "?closed_from=9999-12-31", "?q=Emma", "?name=Emma"])
def test_what_cannot_be_chosen_by_leads_back_to_the_list(
    client: Client, auditor: Person, charts: list[Chart], query: str
) -> None:
    client.force_login(auditor)
    response = client.get(TABLE + query)
    assert (response.status_code, response.headers["Location"]) == (302, LIST + query)
    assert not AccessRow.objects.exists()


def test_the_list_leads_to_it_with_what_it_shows(client: Client, auditor: Person, charts: list[Chart]) -> None:
    client.force_login(auditor)
    page = _page(client, f"{LIST}?closed_from=2026-01-01&overridden=true&outcome=")
    assert f'href="{TABLE}?closed_from=2026-01-01&amp;overridden=true"' in page


def test_who_takes_it_is_noted_first(client: Client, auditor: Person, charts: list[Chart]) -> None:
    client.force_login(auditor)
    response: Any = client.get(f"{TABLE}?overridden=true&closed_from=2026-01-01")
    assert AccessRow.objects.exists(), "before its first byte"
    list(response.streaming_content)
    row = AccessRow.objects.get()
    assert (row.person, row.kind, row.cases) == (auditor, AccessRow.Kind.TABLE, 1)
    assert row.filter == {"overridden": "true", "closed_from": "2026-01-01"}


def test_the_access_log_says_what_was_taken(client: Client, auditor: Person, charts: list[Chart]) -> None:
    client.force_login(auditor)
    table(client, "?overridden=true")
    page = _page(client, "/admin/procedures/accessrow/")
    assert "Holds overridden: yes" in page


def test_formulas_are_disarmed_in_it_too(client: Client, auditor: Person, charts: list[Chart]) -> None:
    Ward.objects.update(name="=1+1")
    client.force_login(auditor)
    assert {row["ward"] for row in rows(table(client))} == {"'=1+1"}


def test_a_cell_of_another_shape_than_asked_for_stays_one_cell(
    client: Client, auditor: Person, tablet: Tablet, writer: Writer, release: Release
) -> None:
    """An entry is kept whatever it answers; no database and no spreadsheet is put out by it."""
    odd = Chart.begun(tablet, writer, release)
    odd.answer("bleed.inr", 'a\x00b,"c"\r\nd')
    odd.send()
    client.force_login(auditor)
    (row,) = rows(table(client))
    assert row["bleed.inr"] == 'ab,"c"\r\nd'


def test_an_instant_reads_as_one(
    client: Client, auditor: Person, tablet: Tablet, writer: Writer, release: Release
) -> None:
    chart = Chart.begun(tablet, writer, release)
    chart.answer("fast.solids", 1_795_608_000_000)
    chart.answer("bleed.inr", 2**53 - 1)  # of no use, and no harm
    chart.send()
    client.force_login(auditor)
    (row,) = rows(table(client))
    assert row["fast.solids"] == "2026-11-25T12:00:00.000+00:00"
    assert row["bleed.inr"].startswith("9999-12-31")


@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("editor", 403), ("nurse", 302), (None, 302)])
def test_for_those_who_may_export(
    client: Client, request: pytest.FixtureRequest, charts: list[Chart], who: str | None, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    response: Any = client.get(TABLE)
    list(getattr(response, "streaming_content", ()))
    assert response.status_code == status
    assert AccessRow.objects.exists() == (status == 200)


def test_a_viewer_may_look_but_not_take(client: Client, auditor: Person, charts: list[Chart]) -> None:
    auditor.groups.clear()
    auditor.user_permissions.add(Permission.objects.get(codename="view_record"))
    client.force_login(auditor)
    assert client.get(TABLE).status_code == 403
    assert TABLE not in _page(client, f"{LIST}?status=")


def test_it_is_read_and_not_posted(client: Client, auditor: Person, charts: list[Chart]) -> None:
    client.force_login(auditor)
    assert client.post(TABLE).status_code == 405


def test_its_queries_do_not_grow_with_its_rows(
    client: Client, auditor: Person, charts: list[Chart], tablet: Tablet, writer: Writer, release: Release
) -> None:
    client.force_login(auditor)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            table(client)
        return len(seen)

    before = queries()
    for _ in range(5):
        Chart.begun(tablet, writer, release).send()
    assert queries() == before


def _page(client: Client, path: str) -> str:
    return client.get(path).content.decode()
