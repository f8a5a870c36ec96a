"""The fixed cast: a ward, its people and tablets, a small protocol."""

import json
import time
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from procedures import clock, contentfile, enrolment, loading, publishing
from procedures.models import Device, Membership, Person, Protocol, Release, Role, Ward
from tests.tablet import Http, Json, Tablet, Writer

CONTENT = Path(__file__).parent / "content" / "small.yaml"
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    """Tries counted in one test are not counted in the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A password's slow hash is Django's own affair; half the suite's time would go into it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class SecureClient(Client):
    """Django's test client over HTTPS: what runs in production redirects anything else."""

    def request(self, **request: Any) -> Any:
        return super().request(**{**request, "wsgi.url_scheme": "https", "SERVER_PORT": "443"})


@pytest.fixture
def client() -> Client:
    return SecureClient()


@pytest.fixture
def http(client: Client) -> Http:
    """Requests through Django's test client, as a tablet makes them: JSON and a token, no cookies."""

    def request(method: str, path: str, body: Json | None, token: str | None) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = json.dumps(body) if body is not None else ""
        response = client.generic(method, path, content, content_type="application/json", headers=headers)
        assert not response.cookies
        return response.status_code, json.loads(response.content)

    return request


@pytest.fixture
def ward(db: None) -> Ward:
    return Ward.objects.create(name="Children's ward 3")


@pytest.fixture
def other_ward(db: None) -> Ward:
    return Ward.objects.create(name="Children's ward 4")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Puts the server's clock so many days on from what it really is."""

    def put(days: float) -> None:
        ahead_ns = int(days * 86_400_000_000_000)
        monkeypatch.setattr(clock, "time", SimpleNamespace(time_ns=lambda: time.time_ns() + ahead_ns))

    return put


def person(username: str, ward: Ward | None = None, role: Role | None = None, **fields: Any) -> Person:
    made = Person.objects.create_user(username, PASSWORD, printed_name=username.capitalize(), **fields)
    if ward and role:
        Membership.objects.create(person=made, ward=ward, role=role)
    return made


@pytest.fixture
def nurse(ward: Ward) -> Person:
    return person("nurse", ward, Role.NURSE)


@pytest.fixture
def second_nurse(ward: Ward) -> Person:
    return person("second_nurse", ward, Role.NURSE)


@pytest.fixture
def clinician(ward: Ward) -> Person:
    return person("clinician", ward, Role.CLINICIAN)


@pytest.fixture
def stranger(other_ward: Ward) -> Person:
    """Someone from another ward."""
    return person("stranger", other_ward, Role.NURSE)


@pytest.fixture
def administrator(db: None) -> Person:
    return Person.objects.create_superuser("administrator", PASSWORD, printed_name="Administrator")


def _of_group(username: str, group: str) -> Person:
    made = person(username, is_staff=True)
    made.groups.add(Group.objects.get(name=group))
    return made


@pytest.fixture
def auditor(db: None) -> Person:
    return _of_group("auditor", "auditor")


@pytest.fixture
def editor(db: None) -> Person:
    """Changes drafts, and may neither publish them nor see records."""
    return _of_group("editor", "editor")


@pytest.fixture
def approver(db: None) -> Person:
    """Publishes drafts, and may not change them."""
    return _of_group("approver", "approver")


def small_draft() -> Json:
    return contentfile.read(CONTENT.read_bytes()).draft


@pytest.fixture(scope="module")
def published_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[None]:
    """For a module that names it: protocol and release are made once for all its tests, each of which finds them so.

    Half of a test's time may go into publishing. Each test's own transaction lies within this one.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        publish(loading.load(small_draft()), reason="The first one")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def protocol(request: pytest.FixtureRequest, db: None) -> Protocol:
    """The small protocol of tests/content, as a draft."""
    if "published_once" in request.fixturenames:
        return Protocol.objects.get()
    return loading.load(small_draft())


def publish(protocol: Protocol, *, reason: str = "Lower limit", effective_from: datetime | None = None) -> Release:
    """The draft as it is, proposed by one person and approved by another.

    Superusers, since groups are gone where an earlier test's database was flushed.
    """
    one, another = (
        Person.objects.filter(username=name).first()
        or Person.objects.create_superuser(name, PASSWORD, printed_name=name.capitalize())
        for name in ("one", "another")
    )
    proposal = publishing.propose(protocol, by=one, reason=reason)
    return publishing.approve(proposal, by=another, effective_from=effective_from)


@pytest.fixture
def release(request: pytest.FixtureRequest, protocol: Protocol) -> Release:
    if "published_once" in request.fixturenames:
        return Release.objects.get()
    return publish(protocol, reason="The first one")


@pytest.fixture
def new_tablet(http: Http) -> Callable[..., Tablet]:
    """Registers a new tablet on wards, with a code, as an administrator would have it done."""

    def register(*wards: Ward) -> Tablet:
        device = Device.objects.create(name=f"Tablet {Device.objects.count() + 1}")
        device.wards.set(wards)
        return Tablet.register(http, enrolment.make_code(device, by=None))

    return register


@pytest.fixture
def tablet(new_tablet: Callable[..., Tablet], ward: Ward) -> Tablet:
    return new_tablet(ward)


@pytest.fixture
def writer(tablet: Tablet, nurse: Person) -> Writer:
    """The nurse, enrolled on the tablet."""
    return tablet.enrol("nurse", PASSWORD)
