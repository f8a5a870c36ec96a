"""The description of the API is served, committed, true of the tablets' replies, and of whatever it allows."""

import contextlib
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from api.read.doors import TokenThrottle
from api.urls import of_tablets
from bmproject.wsgi import application
from procedures import enrolment, tasks
from procedures.core import log, seal
from procedures.exports import jobs
from procedures.models import Device, Person, Release, Ward
from procedures.records_query import Selection
from tests.api.read.conftest import Reader
from tests.api.test_blobs import jpeg
from tests.chart import Chart, everything
from tests.conftest import PASSWORD
from tests.tablet import Http, Json, Tablet

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[3] / "docs"
COMMITTED = DOCS / "openapi.yaml"


@pytest.fixture
def described() -> Any:
    return yaml.safe_load(COMMITTED.read_text("utf-8"))


def test_the_committed_description_is_what_the_views_say() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert out.getvalue() == COMMITTED.read_text("utf-8"), "run `make openapi`"


def test_it_is_served_as_yaml_and_as_json(client: Client, described: Any) -> None:
    response = client.get("/api/v1/schema")
    assert yaml.safe_load(response.content) == described
    response = client.get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert json.loads(response.content) == described


def test_every_address_is_in_the_docs(described: Any) -> None:
    page = (DOCS / "api.md").read_text("utf-8") + (DOCS / "wire-format.md").read_text("utf-8")
    for path in described["paths"]:
        short = path.removeprefix("/api/v1/").replace("{", "<").replace("}", ">")
        assert f"{short}`" in page, path


# What is asked is made up, the same each time; each address gets so many requests that it allows, and as many that not.
EXAMPLES: Final = 6
# Those of the tablets take what is signed and sealed, which nobody makes up.
OF_TABLETS: Final = {f"/api/v1/{pattern.pattern}".replace("<str:digest>", "{digest}") for pattern in of_tablets}
CHECKS: Final = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture
def places(chart: Chart, release: Release, auditor: Person) -> dict[str, str]:
    """Rows that are there, for the addresses that name one."""
    job = jobs.ask(auditor, Selection(), identified=False, purpose="")
    jobs.build(job.pk)
    return {"case": chart.case, "protocol": release.protocol_id, "digest": release.digest, "export": str(job.pk)}


def test_whatever_it_allows_is_answered_as_it_says(
    reader: Callable[..., Reader],
    administrator: Person,
    places: dict[str, str],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No failure of the server, no status, type or shape that the description does not have."""
    monkeypatch.setattr(TokenThrottle, "rate", "100000/min", raising=False)
    monkeypatch.setattr(tasks.build_export, "delay", lambda job: None)
    headers = {"Authorization": f"Bearer {reader(administrator).text}"}
    asked: dict[tuple[str, str], set[int]] = {}
    for operation in operations():
        named = {name: places[name] for name in places if f"{{{name}}}" in operation.path}
        for mode in schemathesis.GenerationMode:
            for place in [named, None] if named else [None]:
                cases = operation.as_strategy(generation_mode=mode, **({"path_parameters": place} if place else {}))
                statuses = answered(cases, headers)
                asked.setdefault((operation.method, operation.path), set()).update(statuses)
    assert len(asked) == 12
    assert not [place for place, statuses in asked.items() if not statuses & {200, 201}]


def closed(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application. As Django's own client it keeps the test's connection open, and closes the reply's file."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        body = application(environ, start_response)
        with contextlib.closing(body):
            return [b"".join(body)]
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def operations() -> Iterator[Any]:
    for found in schemathesis.openapi.from_wsgi("/api/v1/schema", closed).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.path not in OF_TABLETS:
            yield operation


def answered(cases: Any, headers: dict[str, str]) -> set[int]:
    """The statuses of the replies to some of these requests, each checked."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        statuses.add(case.call_and_validate(headers=headers, checks=list(CHECKS)).status_code)

    ask()
    return statuses


def test_tablets_are_answered_as_it_says(
    client: Client, ward: Ward, nurse: Person, release: Release, http: Http
) -> None:
    """The types that describe the tablets' replies, held against replies."""
    views: dict[str, Any] = {str(pattern.pattern): pattern.callback for pattern in of_tablets}
    gives = {name: view.view_class.gives for name, view in views.items()}
    checked: set[str] = set()

    def checking(method: str, path: str, body: Json | None, token: str | None) -> tuple[int, Json]:
        status, reply = http(method, path, body, token)
        name = path.removeprefix("/api/v1/")
        msgspec.convert(reply, gives[name], strict=True)
        checked.add(name)
        return status, reply

    device = Device.objects.create(name="Tablet")
    device.wards.set([ward])
    tablet = Tablet.register(checking, enrolment.make_code(device, by=None))
    writer = tablet.enrol(nurse.username, PASSWORD)
    chart = everything(tablet, writer, release)
    checking("GET", "/api/v1/releases", None, tablet.token)
    checking("POST", "/api/v1/blobs", tablet.sealed_blob(jpeg()), tablet.token)
    challenge = checking("POST", "/api/v1/challenges", {"v": 1}, tablet.token)[1]["challenge"]
    signature = seal.sign(writer.key, seal.purpose_bytes("challenge", seal.from_text(challenge)))
    proof = {"v": 1, "enrolment": writer.enrolment, "challenge": challenge, "signature": seal.to_text(signature)}
    pull = checking("POST", "/api/v1/pull-tokens", proof, tablet.token)[1]["token"]
    cursor = {"ward": str(ward.id), "position": 0, "hash": log.start_hash(ward.id).hex()}
    checking("POST", "/api/v1/pull", {"v": 1, "wards": [cursor]}, pull)
    checking("POST", "/api/v1/pull/cases", {"v": 1, "cases": [chart.case]}, pull)
    assert checked == {name for name, shape in gives.items() if shape}
