"""Bedside as a hospital runs it: settings without debug, two hosts, a proxy in front, secrets in files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from procedures.models import Person
from tests.conftest import PASSWORD
from tests.environment import ROOT_KEYS

ROOT = Path(__file__).parents[1]
LOGIN = "/admin/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The least that a production start needs; nothing of the tests' own environment."""
    keys = tmp_path / "root-keys"
    keys.write_text(ROOT_KEYS)
    return {
        "PATH": os.environ["PATH"],
        "BEDSIDE_VAR_DIR": str(tmp_path),
        "BEDSIDE_ROOT_KEYS_FILE": str(keys),
        "BEDSIDE_ALLOWED_HOSTS": "bedside.example,desk.example",
        "BEDSIDE_ADMIN_HOST": "desk.example",
        "BEDSIDE_TABLET_ADDRESS": "https://bedside.example",
    }


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_own_check_for_deployment_finds_nothing(production: dict[str, str]) -> None:
    assert "no issues" in manage(production, "check", "--deploy", "--fail-level", "WARNING").stdout
    assert manage(production | {"BEDSIDE_HSTS_SECONDS": "0"}, "check", "--deploy", "--fail-level", "WARNING").returncode


@pytest.mark.parametrize("missing", ["BEDSIDE_ROOT_KEYS_FILE", "BEDSIDE_TABLET_ADDRESS"])
def test_nothing_starts_without_what_it_needs(production: dict[str, str], missing: str) -> None:
    assert manage(production, "check").returncode == 0
    Path(production["BEDSIDE_ROOT_KEYS_FILE"]).rename(Path(production["BEDSIDE_VAR_DIR"]) / "elsewhere")
    production["BEDSIDE_ROOT_KEYS_FILE"] = str(Path(production["BEDSIDE_VAR_DIR"]) / "elsewhere")
    del production[missing]
    assert manage(production, "check", "--deploy").returncode


def test_a_secret_may_lie_in_a_file(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "address").write_text(f"sqlite:///{tmp_path / 'other.sqlite3'}\n")
    shown = manage(production | {"DATABASE_URL_FILE": str(tmp_path / "address")}, "diffsettings")
    assert "other.sqlite3'" in shown.stdout


@pytest.fixture
def two_hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["bedside.example", "desk.example"]
    settings.BEDSIDE_ADMIN_HOST = "desk.example"


@pytest.mark.parametrize(
    ("path", "bedside", "desk"),
    [
        ("/admin/login/", 404, 200),
        ("/tablet/", 200, 404),
        ("/serviceworker.js", 200, 404),
        ("/api/v1/releases", 401, 404),
        ("/healthz", 200, 200),
        ("/", 200, 302),
    ],
)
def test_the_admin_has_a_host_of_its_own(two_hosts: None, client: Client, path: str, bedside: int, desk: int) -> None:
    """A tablet's page and the admin's share neither cookies nor an origin."""
    assert client.get(path, headers={"Host": "bedside.example"}).status_code == bedside
    assert client.get(path, headers={"Host": "desk.example"}).status_code == desk


def guess(client: Client, password: str, *, username: str = "administrator", sender: str = "10.0.0.7") -> int:
    answer = client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=sender)
    return int(answer.status_code)


def test_a_password_cannot_be_guessed_for_long(client: Client, administrator: Person, nurse: Person) -> None:
    assert [guess(client, f"guess {n}") for n in range(5)] == [200, 200, 200, 200, 429]
    answer = client.post(LOGIN, {"username": "administrator", "password": PASSWORD}, REMOTE_ADDR="10.0.0.7")
    assert answer.status_code == 429
    assert "15 minutes" in answer.content.decode()
    # Neither somebody else there, nor the same person elsewhere, has to wait for it.
    assert guess(client, "wrong", username="nurse") == 200
    assert guess(client, PASSWORD, sender="10.0.0.8") == 302


def throttled_after(client: Client) -> int:
    """How many codes may be tried by somebody who invents senders; a proxy would have appended one of two."""
    for n in range(41):
        senders = f"10.1.1.{n}, 10.2.2.{n % 2}"
        body = {"v": 1, "code": "AAAA-AAAA"}
        answer = client.post("/api/v1/registrations", body, "application/json", headers={"X-Forwarded-For": senders})
        if answer.status_code == 429:
            return n
    return 41


def test_a_sender_is_not_who_they_say(client: Client) -> None:
    assert throttled_after(client) == 20


def test_behind_a_proxy_it_says_who_a_sender_is(client: Client, settings: Settings, nurse: Person) -> None:
    settings.BEHIND_PROXY = True
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    assert throttled_after(client) == 40
    senders = [f"10.1.1.{n}, 10.2.2.1" for n in range(5)]
    login = {"username": "nurse", "password": "a guess"}
    statuses = [client.post(LOGIN, login, headers={"X-Forwarded-For": each}).status_code for each in senders]
    assert statuses == [200, 200, 200, 200, 429]


@pytest.mark.parametrize(("behind_proxy", "proxies"), [("0", 0), ("1", 1)])
def test_as_many_proxies_are_believed_as_there_are(production: dict[str, str], behind_proxy: str, proxies: int) -> None:
    shown = manage(production | {"BEDSIDE_BEHIND_PROXY": behind_proxy}, "diffsettings").stdout
    assert f"'NUM_PROXIES': {proxies}" in shown
