"""The auditor's pages: who may ask for an export, see it and have its file; and that each is noted."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from procedures import tasks
from procedures.exports import jobs
from procedures.models import AccessRow, ExportJob, Person, Record, Release, Ward
from procedures.records_query import Selection
from tests.conftest import person
from tests.tablet import Tablet, Writer, open_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]
ADD = "/admin/procedures/exportjob/add/"
LIST = "/admin/procedures/exportjob/"
RECORDS = "/admin/procedures/record/"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that the worker was told of."""
    told: list[str] = []
    monkeypatch.setattr(tasks.build_export, "delay", told.append)
    return told


@pytest.fixture(autouse=True)
def _two_cases(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> None:
    for _ in range(2):
        tablet.send(*open_case(writer, str(ward.id), release.digest))


@pytest.fixture
def viewer(db: None) -> Person:
    """May look at records and open the admin, but take nothing out."""
    made = person("viewer", is_staff=True)
    made.user_permissions.add(Permission.objects.get(codename="view_record"))
    return made


@pytest.fixture
def blind_exporter(db: None) -> Person:
    """Has the right to export but not to look."""
    made = person("blind", is_staff=True)
    made.user_permissions.add(Permission.objects.get(codename="export_record"))
    return made


@pytest.fixture
def job(auditor: Person) -> ExportJob:
    made = jobs.ask(auditor, Selection(), identified=False, purpose="")
    jobs.build(made.pk)
    made.refresh_from_db()
    return made


def acts(job: ExportJob) -> dict[str, Callable[[Client], Any]]:
    """All that can be done with exports."""
    return {
        "list": lambda client: client.get(LIST),
        "form": lambda client: client.get(ADD),
        "ask": lambda client: client.post(ADD, {"content": "pseudonymised"}),
        "page": lambda client: client.get(f"{LIST}{job.pk}/change/"),
        "progress": lambda client: client.get(f"{LIST}{job.pk}/progress/"),
        "download": lambda client: client.post(f"{LIST}{job.pk}/download/"),
        "accesses": lambda client: client.get("/admin/procedures/accessrow/"),
    }


ACTS = ["list", "form", "ask", "page", "progress", "download", "accesses"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_allowed(client: Client, request: pytest.FixtureRequest, job: ExportJob, who: str, act: str) -> None:
    """Superusers have every right, this one too; docs/architecture.md says so."""
    client.force_login(request.getfixturevalue(who))
    response = acts(job)[act](client)
    # Read to its end, as a browser does: a reply that is closed unread takes the database's connection with it.
    list(getattr(response, "streaming_content", ()))
    assert response.status_code == (302 if act == "ask" else 200)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["viewer", "blind_exporter", "nurse", "clinician", None])
def test_refused(
    client: Client, request: pytest.FixtureRequest, job: ExportJob, sent: list[str], who: str | None, act: str
) -> None:
    before = AccessRow.objects.count(), ExportJob.objects.count()
    staff = False
    if who:
        someone = request.getfixturevalue(who)
        staff = someone.is_staff
        client.force_login(someone)
    response = acts(job)[act](client)
    assert response.status_code == (403 if staff else 302)
    if not staff:
        assert response.headers["Location"].startswith("/admin/login/")
    assert (AccessRow.objects.count(), ExportJob.objects.count()) == before
    assert sent == []


def test_nobody_gets_as_far_as_the_login_page(client: Client) -> None:
    assert client.get("/admin/login/").status_code == 200


def test_an_auditor_who_left_is_refused(client: Client, auditor: Person, job: ExportJob) -> None:
    client.force_login(auditor)
    Person.objects.filter(pk=auditor.pk).update(is_active=False)
    assert acts(job)["download"](client).status_code == 302


def test_nothing_of_it_can_be_changed(client: Client, auditor: Person, job: ExportJob) -> None:
    client.force_login(auditor)
    assert client.post(f"{LIST}{job.pk}/change/", {"purpose": "other"}).status_code == 403
    assert client.post(f"{LIST}{job.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [str(job.pk)]})
    row = AccessRow.objects.get()
    for act in ("change", "delete"):
        assert client.post(f"/admin/procedures/accessrow/{row.pk}/{act}/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/procedures/accessrow/add/").status_code == 403
    assert ExportJob.objects.get().purpose == ""


def test_the_list_of_records_leads_to_an_export_of_what_it_shows(client: Client, auditor: Person, ward: Ward) -> None:
    client.force_login(auditor)
    Record.objects.filter(pk=Record.objects.values("pk")[:1]).update(status="completed")
    page = client.get(
        RECORDS,
        {"ward": str(ward.id), "status": "completed", "planned_from": "2020-01-01", "planned_to": ""},
    )
    url = page.context["export_url"]
    assert url == f"{ADD}?ward={ward.id}&status=completed&from=2020-01-01"
    form = client.get(url)
    assert form.context["count"] == page.context["cl"].result_count == 1
    assert ward.name in unescape(form.content.decode())


@pytest.mark.parametrize(
    ("planned", "count"),
    [
        ({}, 2),
        ({"planned_from": "2020-01-01"}, 2),
        ({"planned_to": "2020-01-01"}, 0),
        ({"planned_from": "9999-01-01"}, 0),
    ],
)
def test_the_list_is_filtered_by_planned_day(
    client: Client, auditor: Person, planned: dict[str, str], count: int
) -> None:
    client.force_login(auditor)
    page = client.get(RECORDS, {"status": "preparation", **planned})
    assert page.context["cl"].result_count == count
    assert '<option value="preparation" selected>' in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"planned_from": "soon"},
        {"closed_to": "9999-12-31"},
        {"ward": "x"},
        {"status": "x"},
        {"flags": "x"},
        {"overridden": "x"},
    ],
)
def test_a_value_that_is_none_does_not_widen_the_list(client: Client, auditor: Person, wrong: dict[str, str]) -> None:
    client.force_login(auditor)
    page = client.get(RECORDS, wrong)
    assert page.context["cl"].result_count == 0
    assert "errorlist" in page.content.decode()
    assert "Export…" not in page.content.decode()
    for day in ("soon", "9999-12-31"):
        assert client.get(ADD, {"to": day}).status_code == 400


def test_a_search_that_was_not_made_here_finds_nothing(client: Client, auditor: Person) -> None:
    client.force_login(auditor)
    assert client.get(RECORDS, {"status": "preparation", "q": "Emma"}).context["cl"].result_count == 0


def test_a_search_shows_in_no_address_and_is_not_exported(client: Client, auditor: Person) -> None:
    """Addresses stand in logs; and an export of more than the list shows would be a surprise."""
    client.force_login(auditor)
    Record.objects.filter(pk=Record.objects.values("pk")[:1]).update(name="Ola Lie")
    address = client.post(f"{RECORDS}?status=preparation", {"words": "Ola"})["Location"]
    assert "Ola" not in address
    found = client.get(f"{RECORDS}{address}")
    page = found.content.decode()
    assert [record.name for record in found.context["cl"].result_list] == ["Ola Lie"]
    assert 'value="Ola"' in page
    assert "not the search" in page
    assert "Export…" not in page
    row = AccessRow.objects.get(kind="listed")
    assert (row.filter, row.cases) == ({"status": "preparation", "search": "true"}, 1)


def test_who_may_not_export_sees_no_button(client: Client, viewer: Person, auditor: Person) -> None:
    client.force_login(viewer)
    page = client.get(RECORDS)
    assert page.status_code == 200
    assert "Export…" not in page.content.decode()
    client.force_login(auditor)
    assert "Export…" in client.get(RECORDS).content.decode()


def test_pseudonymised_by_default(client: Client, auditor: Person, ward: Ward, sent: list[str]) -> None:
    client.force_login(auditor)
    form = client.get(f"{ADD}?ward={ward.id}").context["form"]
    assert form["content"].value() == "pseudonymised"
    response = client.post(f"{ADD}?ward={ward.id}", {"content": form["content"].value(), "purpose": ""})
    job = ExportJob.objects.get()
    assert response.headers["Location"] == f"{LIST}{job.pk}/change/"
    assert (job.asked_by, job.identified, job.state, job.total) == (auditor, False, "waiting", 2)
    assert job.filter == {"ward": str(ward.id)}
    assert sent == [str(job.pk)]
    row = AccessRow.objects.get()
    assert (row.person, row.kind, row.job, row.cases) == (auditor, "exported", job, 2)


def test_identity_needs_a_purpose(client: Client, auditor: Person, sent: list[str]) -> None:
    client.force_login(auditor)
    refused = client.post(ADD, {"content": "identified", "purpose": "  "})
    assert "Say what the names are needed for." in refused.content.decode()
    assert not ExportJob.objects.exists()
    client.post(ADD, {"content": "identified", "purpose": "Complaint 17"})
    job = ExportJob.objects.get()
    assert (job.identified, job.purpose) == (True, "Complaint 17")
    assert sent == [str(job.pk)]


def test_an_empty_export_is_not_made(client: Client, auditor: Person) -> None:
    client.force_login(auditor)
    url = f"{ADD}?status=completed"
    assert "No case is like this." in client.get(url).content.decode()
    assert client.post(url, {"content": "pseudonymised"}).status_code == 200
    assert not ExportJob.objects.exists()


def test_the_page_tells_the_workers_count(client: Client, auditor: Person) -> None:
    client.force_login(auditor)
    job = jobs.ask(auditor, Selection(), identified=False, purpose="")
    page = f"{LIST}{job.pk}/change/"

    def shown(**fields: Any) -> tuple[str, str, str]:
        ExportJob.objects.filter(pk=job.pk).update(**fields)
        reply = client.get(f"{LIST}{job.pk}/progress/")
        assert "no-store" in reply.headers["Cache-Control"]
        news = reply.json()
        html = unescape(client.get(page).content.decode())
        assert news["words"] in html
        assert f'data-state="{news["state"]}"' in html
        assert ("data-progress-url" in html) == (news["state"] in {"waiting", "running"})
        return news["state"], f"{news['done']}/{news['total']}", news["words"]

    assert shown() == ("waiting", "0/2", "Waiting for the worker.")
    assert shown(state="running", attempt=1, done=1) == ("running", "1/2", "1 of 2 cases")
    assert shown(done=2) == ("running", "2/2", "2 of 2 cases; the wards' logs are being added.")
    assert shown(state="waiting", done=0) == ("waiting", "0/2", "Waiting for the worker to try again.")
    given_up = "The export was tried three times and did not come to an end. Tell the administrator."
    assert shown(state="failed", failure="export-given-up") == ("failed", "0/2", given_up)


def test_the_file_is_given_once_noted(client: Client, auditor: Person, job: ExportJob) -> None:
    other = person("second_auditor", is_staff=True)
    other.groups.set(auditor.groups.all())
    client.force_login(other)
    assert "Download</button>" in client.get(f"{LIST}{job.pk}/change/").content.decode()
    assert client.get(f"{LIST}{job.pk}/download/").status_code == 405
    response = acts(job)["download"](client)
    path = jobs.path_of(job)
    assert path
    assert b"".join(response.streaming_content) == path.read_bytes()
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{job.download_name}"'
    assert response.headers["Content-Length"] == str(job.size)
    rows = AccessRow.objects.order_by("at").values_list("person", "kind", "cases")
    assert list(rows) == [(auditor.pk, "exported", 2), (other.pk, "downloaded", 2)]


def test_a_removed_file_is_said(client: Client, auditor: Person, job: ExportJob) -> None:
    client.force_login(auditor)
    (jobs.folder() / job.file_name).unlink()
    assert "The file was removed" in client.get(f"{LIST}{job.pk}/change/").content.decode()
    assert acts(job)["download"](client).status_code == 404
    assert AccessRow.objects.filter(kind="downloaded").count() == 0


def test_no_script_or_style_stands_in_the_pages(client: Client, auditor: Person, job: ExportJob) -> None:
    """The Content-Security-Policy would not run them."""
    client.force_login(auditor)
    ExportJob.objects.update(state="running")
    for url in (ADD, f"{LIST}{job.pk}/change/"):
        html = client.get(url).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)


def test_norwegian(client: Client, auditor: Person, job: ExportJob) -> None:
    client.force_login(auditor)
    page = client.get(f"{LIST}{job.pk}/change/", headers={"Accept-Language": "nb"}).content.decode()
    assert "2 av 2 saker" in page
    assert "Last ned" in page
