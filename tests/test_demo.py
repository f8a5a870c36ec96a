"""The demo's way in: what each click does, that nothing of it is there otherwise, and that production refuses it."""

import os
import re
import subprocess
import sys
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from pytest_django import Settings

from frontend import demo
from procedures.models import Device, Person, Record, TabletCode
from tests.conftest import CONTENT
from tests.environment import ROOT_KEYS
from tests.tablet import Http, Tablet, open_case

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def demo_ward(db: None, settings: Settings) -> None:
    """The demo as seeded, at its addresses; the small protocol, since no case is looked at here."""
    settings.BEDSIDE_DEMO = True
    settings.ROOT_URLCONF = "tests.demo_urls"
    call_command("seed_demo", "--json", "--content", str(CONTENT), stdout=StringIO())


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/demo/be/eva"),
        ("POST", "/demo/be/arne"),
        ("POST", "/demo/be-nobody"),
        ("GET", "/demo/token"),
        ("POST", "/demo/tablet-code"),
        ("POST", f"/demo/verify/{uuid.UUID(int=1)}"),
    ],
)
def test_without_the_demo_there_is_no_such_address(db: None, client: Client, method: str, address: str) -> None:
    assert client.generic(method, address).status_code == 404
    # Not for want of a person or a case.
    with pytest.raises(Resolver404):
        resolve(address)
    assert len(demo.urlpatterns) == 8, "a new address of the demo belongs into this test"


def test_without_the_demo_the_start_page_offers_nobody(db: None, client: Client) -> None:
    page = client.get("/").content.decode()
    assert "/tablet/" in page
    assert "be-nora" not in page
    assert "demo" not in client.get("/tablet/").content.decode()


def test_the_start_page_offers_four_people(demo_ward: None, client: Client) -> None:
    page = client.get("/").content.decode()
    assert re.findall(r'data-testid="be-(\w+)"', page) == ["nora", "clara", "eva", "arne"]
    assert 'href="/tablet/#/be/nora"' in page
    assert "246\N{NO-BREAK SPACE}810" in page


@pytest.mark.parametrize(
    ("username", "lands"),
    [("eva", r"/admin/procedures/protocol/[^/]+/change/"), ("arne", r"/admin/procedures/record/\?status=")],
)
def test_one_click_logs_in_and_lands_at_work(demo_ward: None, client: Client, username: str, lands: str) -> None:
    answer = client.post(f"/demo/be/{username}")
    assert re.fullmatch(lands, answer["Location"])
    assert client.get(answer["Location"]).status_code == 200
    assert getattr(get_user(client), "username", None) == username


def test_as_somebody_else_one_is_asked_who(demo_ward: None, client: Client) -> None:
    client.post("/demo/be/eva")
    page = client.get("/").content.decode()
    offered = re.search(r'action="([^"]+)">(?:<input[^>]*>)?<button class="plain" data-testid="somebody-else"', page)
    assert offered is not None
    assert client.get(offered[1]).status_code == 405
    answer = client.post(offered[1], follow=True)
    assert answer.redirect_chain[-1][0].startswith("/admin/login/")
    assert not get_user(client).is_authenticated


def test_nobody_else_is_let_in_and_no_other_site_can_click(demo_ward: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/be/eva", secure=True).status_code == 403
    assert strict.post("/demo/be-nobody", secure=True).status_code == 403
    assert strict.post("/demo/tablet-code", secure=True).status_code == 403
    assert Client().post("/demo/be/ada", secure=True).status_code == 404
    Person.objects.filter(username="eva").update(is_active=False)
    assert Client().post("/demo/be/eva", secure=True).status_code == 404


def test_a_click_makes_a_browser_a_tablet_of_the_ward(demo_ward: None, client: Client, http: Http) -> None:
    before = TabletCode.objects.filter(used_at=None).count()
    code = client.post("/demo/tablet-code").json()["code"]
    tablet = Tablet.register(http, code)
    tablet.enrol("nora", "nora-demo-pass")
    assert Device.objects.get(id=tablet.device).name.startswith("Visitor's tablet")
    assert TabletCode.objects.filter(used_at=None).count() == before, "the printed code is still good"


def test_a_case_is_verified_by_the_auditors_own_program(demo_ward: None, client: Client, http: Http) -> None:
    tablet = Tablet.register(http, client.post("/demo/tablet-code").json()["code"])
    nora = tablet.enrol("nora", "nora-demo-pass")
    digest = http("GET", "/api/v1/releases", None, tablet.token)[1]["releases"][0]["digest"]
    tablet.send(*open_case(nora, tablet.wards[0], digest))
    case = Record.objects.get().case

    verdict = client.post(reverse("demo-verify", args=[case])).json()
    assert verdict["verifies"] is True
    assert verdict["said"] == ["VERIFIES: 5 files, 1 certificate, 3 log rows, 1 release, 3 entries."]
    assert client.post(reverse("demo-verify", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "BEDSIDE_DEMO needs BEDSIDE_DEBUG"),
        ({"DATABASE_URL": "postgres://bedside@db.hospital.example/bedside"}, "BEDSIDE_DEMO needs BEDSIDE_DEBUG"),
        ({"BEDSIDE_DEBUG": "1", "BEDSIDE_ALLOWED_HOSTS": "bedside.hospital.example"}, "for this machine alone"),
        ({"BEDSIDE_DEBUG": "1", "BEDSIDE_ALLOWED_HOSTS": "localhost,*"}, "for this machine alone"),
        ({"BEDSIDE_DEBUG": "1", "BEDSIDE_BEHIND_PROXY": "1"}, "for this machine alone"),
    ],
)
def test_production_does_not_start_with_the_demo_on(tmp_path: Path, environment: dict[str, str], says: str) -> None:
    """Allowed and refused share one set-up: without BEDSIDE_DEMO the same process loads the program."""
    common = {"PATH": os.environ["PATH"], "BEDSIDE_VAR_DIR": str(tmp_path), "BEDSIDE_ROOT_KEYS": ROOT_KEYS}

    def load(**more: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "gunicorn", "--check-config", "bmproject.wsgi"]
        return subprocess.run(
            program, cwd=ROOT, env=common | environment | more, capture_output=True, text=True, check=False
        )

    assert load().returncode == 0
    refused = load(BEDSIDE_DEMO="1")
    assert refused.returncode != 0
    assert says in refused.stderr
