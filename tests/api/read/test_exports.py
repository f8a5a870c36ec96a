"""Exports: asked for, built by the worker, watched and downloaded through the API as in the admin."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from procedures import tasks
from procedures.exports import jobs
from procedures.models import AccessRow, ExportJob, Person
from tests.api.read.conftest import Reader, refusal
from tests.chart import PRIVATE, Chart

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to the broker, which a test has not."""
    found: list[Any] = []
    monkeypatch.setattr(tasks.build_export, "delay", found.append)
    return found


def test_asked_for_built_and_downloaded(dashboard: Reader, chart: Chart, auditor: Person, sent: list[Any]) -> None:
    asked = dashboard.post("exports", {"cases": {"overridden": "true", "closed_from": "2020-01-01"}})
    assert asked.status_code == 201
    said = asked.json()
    where = asked["Location"].split("/api/v1/")[1]
    assert where == f"exports/{said['id']}"
    assert sent == [said["id"]]
    assert (said["state"], said["done"], said["total"], said["has_file"]) == ("waiting", 0, 1, False)
    assert said["cases"] == {"overridden": "true", "closed_from": "2020-01-01"}
    assert refusal(dashboard.get(f"{where}/file")) == (409, "export-unfinished")

    job = ExportJob.objects.get()
    jobs.build(job.pk)
    said = dashboard.json(where)
    assert (said["state"], said["done"], said["total"], said["has_file"]) == ("finished", 1, 1, True)
    assert said["asked_by"] == "Auditor"

    given = dashboard.get(f"{where}/file")
    assert given.status_code == 200
    assert hashlib.sha256(given.file).hexdigest() == said["sha256"]
    assert given["Cache-Control"] == "no-store"
    again = dashboard.get(f"{where}/file", If_None_Match=given["ETag"])
    assert again.status_code == 304
    with zipfile.ZipFile(io.BytesIO(given.file)) as archive:
        said_in_it = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not [words for words in PRIVATE if words in said_in_it]

    noted = AccessRow.objects.order_by("pk")
    rows = [(row.kind, row.person, row.job, row.cases, row.token is not None) for row in noted]
    assert rows == [("exported", auditor, job, 1, True), ("downloaded", auditor, job, 1, True)]

    (jobs.folder() / ExportJob.objects.get().file_name).unlink()
    assert not dashboard.json(where)["has_file"]
    assert refusal(dashboard.get(f"{where}/file")) == (410, "export-gone")


def test_names_need_a_purpose_and_a_scope(
    dashboard: Reader, reader: Callable[..., Reader], auditor: Person, chart: Chart
) -> None:
    assert refusal(dashboard.post("exports", {"identified": True})) == (400, "purpose-missing")
    blind = reader(auditor, "exports:read", "exports:write")
    wanted = {"identified": True, "purpose": "Yearly review"}
    assert refusal(blind.post("exports", wanted)) == (403, "scope-missing")
    assert not ExportJob.objects.exists()
    made = dashboard.post("exports", wanted).json()
    assert (made["identified"], made["purpose"]) == (True, "Yearly review")
    jobs.build(ExportJob.objects.get().pk)
    assert refusal(blind.get(f"exports/{made['id']}/file")) == (403, "scope-missing")
    assert dashboard.get(f"exports/{made['id']}/file").status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "json-broken"),
        ("", "json-broken"),
        ("[" * 100_000, "shape-wrong"),
        ('{"cases":' * 100_000, "json-broken"),
        ('{"identified":NaN}', "json-broken"),
        ([], "shape-wrong"),
        ({"cases": 3}, "shape-wrong"),
        ({"cases": {"ward": "x"}}, "shape-wrong"),
        ({"cases": {"planned_from": "9999-12-31"}}, "shape-wrong"),
        ({"identified": "perhaps"}, "shape-wrong"),
        ({"purpose": "x" * 501}, "shape-wrong"),
        ({"cases": {"wards": "x"}}, "parameter-unknown"),
        ({"ward": "00000000-0000-4000-8000-000000000000"}, "parameter-unknown"),
        ({"cases": {"protocol": "another"}}, "export-empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(dashboard: Reader, chart: Chart, body: Any, code: str) -> None:
    """Above all nothing that would choose more cases than was meant."""
    assert refusal(dashboard.post("exports", body)) == (400, code)
    assert not ExportJob.objects.exists()


def test_more_than_the_server_takes_at_once(dashboard: Reader) -> None:
    assert refusal(dashboard.post("exports", "x" * 10_000_000)) == (413, "too-large")


def test_the_newest_comes_first(dashboard: Reader, chart: Chart) -> None:
    ids = [dashboard.post("exports", {}).json()["id"] for _ in range(3)]
    page = dashboard.json("exports", {"page_size": 2})
    assert [each["id"] for each in page["results"]] == [ids[2], ids[1]]
    rest = dashboard.json(page["next"].split("/api/v1/")[1])
    assert [each["id"] for each in rest["results"]] == [ids[0]]


def test_one_that_is_not_there(dashboard: Reader) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for path in (f"exports/{nobody}", f"exports/{nobody}/file"):
        assert refusal(dashboard.get(path)) == (404, "export-unknown")
