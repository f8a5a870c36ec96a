"""Who may open what: each group of the admin against each page, and against the tablets' API."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from procedures import access
from procedures.models import ApiToken, Device, Membership, Person, Protocol, Record, Release, Role, Ward
from tests.conftest import PASSWORD, SecureClient, person
from tests.tablet import Http, Tablet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]

ROLES: Final = (
    "nurse",
    "clinician",
    "anaesthetist",
    "editor",
    "approver",
    "auditor",
    "ward manager",
    "administrator",
)
CASE: Final = "00000000-0000-4000-8000-0000000000c0"
# Each page and who may open it; everyone else is refused.
PAGES: Final[dict[str, set[str]]] = {
    "protocol/": {"editor", "approver"},
    "protocol/add/": {"editor"},
    "protocol/{protocol}/change/": {"editor", "approver"},
    "protocol/{protocol}/check/": {"editor", "approver"},
    "protocol/{protocol}/preview/": {"editor", "approver"},
    "phase/{phase}/change/": {"editor", "approver"},
    "item/{item}/change/": {"editor", "approver"},
    "item/{item}/delete/": {"editor"},
    "consentform/{consent}/change/": {"editor", "approver"},
    "example/{example}/change/": {"editor", "approver"},
    "release/": {"editor", "approver"},
    "release/{release}/change/": {"editor", "approver"},
    "record/": {"auditor"},
    "record/{record}/change/": {"auditor"},
    "exportjob/": {"auditor"},
    "exportjob/add/": {"auditor"},
    "accessrow/": {"auditor"},
    "person/": {"ward manager", "administrator"},
    "person/add/": {"ward manager", "administrator"},
    "person/{nurse}/change/": {"ward manager", "administrator"},
    "person/{nurse}/password/": {"ward manager", "administrator"},
    "person/{boss}/change/": set(),
    "device/": {"ward manager", "administrator"},
    "device/add/": {"ward manager", "administrator"},
    "device/people/": {"ward manager", "administrator"},
    "device/{device}/change/": {"ward manager", "administrator"},
    "ward/": {"ward manager", "administrator"},
    "ward/add/": {"administrator"},
    "journalcheck/": {"auditor", "administrator"},
    "apitoken/": {"editor", "approver", "auditor", "administrator"},
    "apitoken/add/": {"editor", "approver", "auditor", "administrator"},
    "apitoken/{token}/change/": {"administrator"},
}


@pytest.fixture
def rows(ward: Ward, nurse: Person, protocol: Protocol, release: Release) -> dict[str, Any]:
    phase = protocol.phases.all()[0]
    device = Device.objects.create(name="By the window")
    device.wards.set([ward])
    record = Record.objects.create(
        case=CASE, ward=ward, protocol=protocol.key, release=release.digest, entry_count=1, position=1
    )
    token = ApiToken.objects.create(
        name="Dashboard", person=nurse, scopes=[], digest="0" * 64, expires_at=timezone.now() + timedelta(days=1)
    )
    return {
        "token": token.pk,
        "protocol": protocol.pk,
        "phase": phase.pk,
        "item": phase.items.all()[0].pk,
        "consent": protocol.consents.all()[0].pk,
        "example": protocol.examples.all()[0].pk,
        "release": release.pk,
        "record": record.pk,
        "nurse": nurse.pk,
        "boss": Person.objects.create_superuser("boss", PASSWORD, printed_name="Boss").pk,
        "device": device.pk,
    }


def of_role(role: str, ward: Ward) -> Person:
    """Someone whom only their group, and for a ward manager the ward, gives rights; as staff, so that these count."""
    made = person(role.replace(" ", "_") + "_only", is_staff=True)
    made.groups.add(Group.objects.get(name=role))
    if role == "ward manager":
        Membership.objects.create(person=made, ward=ward, role=Role.NURSE)
    return made


def signed_in(someone: Person) -> Client:
    client = SecureClient()
    client.force_login(someone)
    return client


def opens(client: Client, address: str) -> bool:
    """Also by way of itself, as a page that asks before it deletes."""
    response = client.get(address, follow=True)
    return response.status_code == 200 and response.request["PATH_INFO"] == address


@pytest.mark.parametrize("role", ROLES)
def test_pages(role: str, rows: dict[str, Any], ward: Ward) -> None:
    client = signed_in(of_role(role, ward))
    opened = {page for page in PAGES if opens(client, f"/admin/procedures/{page.format(**rows)}")}
    assert opened == {page for page, roles in PAGES.items() if role in roles}


def test_every_group_is_there_and_no_other() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_the_side_shows_what_may_be_opened(role: str, rows: dict[str, Any], ward: Ward) -> None:
    front = signed_in(of_role(role, ward)).get("/admin/").content.decode()
    for model in ("protocol", "release", "record", "person", "device", "journalcheck", "apitoken"):
        assert (f'href="/admin/procedures/{model}/"' in front) == (role in PAGES[f"{model}/"]), model


@pytest.mark.parametrize("role", ROLES)
def test_what_changes_something(role: str, rows: dict[str, Any], ward: Ward) -> None:
    """A form that was sent by hand, past the page that does not show it."""
    client = signed_in(of_role(role, ward))
    acts = {
        "device/{device}/code/": {"ward manager", "administrator"},
        "device/{device}/revoke/": {"ward manager", "administrator"},
        "item/{item}/change/": {"editor"},
        "journalcheck/now/": {"auditor", "administrator"},
        "apitoken/{token}/revoke/": {"administrator"},
    }
    for page, roles in acts.items():
        if page == "journalcheck/now/" and role in roles:
            continue  # hands work to the worker: a journey does it
        status = client.post(f"/admin/procedures/{page.format(**rows)}").status_code
        assert (status in (200, 302)) == (role in roles), page


def test_without_signing_in(rows: dict[str, Any]) -> None:
    client = SecureClient()
    for page in PAGES:
        assert client.get(f"/admin/procedures/{page.format(**rows)}").status_code == 302, page


@pytest.mark.parametrize("role", ROLES)
def test_the_api_knows_tokens_not_sessions(role: str, rows: dict[str, Any], ward: Ward) -> None:
    client = signed_in(of_role(role, ward))
    for path in ("releases", f"releases/{rows['release']}", "status", "cases", f"cases/{CASE}", "exports", "health"):
        assert client.get(f"/api/v1/{path}").status_code in (401, 404), path
    assert client.post("/api/v1/push", b"{}", content_type="application/json").status_code in (400, 401, 404)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_work_on_a_tablet(
    role: str, rows: dict[str, Any], ward: Ward, new_tablet: Callable[..., Tablet], http: Http
) -> None:
    """Those with a role on the ward: a group of the admin gives none."""
    someone = of_role(role, ward)
    tablet = new_tablet(ward)
    if role == "ward manager":  # who holds one, as a nurse of that ward
        assert tablet.enrol(someone.username, PASSWORD)
    else:
        with pytest.raises(AssertionError, match="role-missing"):
            tablet.enrol(someone.username, PASSWORD)


class TestPeople:
    """Whoever sets a password can work as that person: who reaches whom."""

    @pytest.fixture
    def manager(self, ward: Ward) -> Person:
        return of_role("ward manager", ward)

    @pytest.fixture
    def head(self, ward: Ward) -> Person:
        return of_role("administrator", ward)

    def test_a_ward_manager_reaches_the_ward(
        self, manager: Person, nurse: Person, stranger: Person, editor: Person
    ) -> None:
        newcomer = person("newcomer")
        reached = set(access.people_for(manager))
        assert {nurse, newcomer} <= reached
        assert reached.isdisjoint({stranger, editor, manager})
        assert signed_in(manager).get(f"/admin/procedures/person/{stranger.pk}/change/").status_code == 302

    def test_someone_of_two_wards_is_an_administrators(
        self, manager: Person, head: Person, nurse: Person, other_ward: Ward
    ) -> None:
        Membership.objects.create(person=nurse, ward=other_ward, role=Role.NURSE)
        assert nurse not in access.people_for(manager)
        assert nurse in access.people_for(head)

    def test_nobody_but_a_superuser_reaches_one(self, head: Person, administrator: Person) -> None:
        assert administrator not in access.people_for(head)
        assert administrator in access.people_for(administrator)

    def change(self, by: Person, whom: Person, **fields: Any) -> Person:
        client = signed_in(by)
        path = f"/admin/procedures/person/{whom.pk}/change/"
        sent = {"username": whom.username, "printed_name": whom.printed_name, "is_active": "on"}
        formset = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
        response = client.post(path, sent | formset | fields)
        assert response.status_code in (200, 302)
        return Person.objects.get(pk=whom.pk)

    def test_rights_are_given_by_an_administrator_only(self, manager: Person, head: Person, nurse: Person) -> None:
        rights = {"is_staff": "on", "groups": [Group.objects.get(name="auditor").pk], "is_superuser": "on"}
        changed = self.change(manager, nurse, **rights)
        assert (changed.is_staff, changed.is_superuser, changed.groups.count()) == (False, False, 0)
        changed = self.change(head, nurse, **rights)
        assert (changed.is_staff, changed.is_superuser, changed.groups.count()) == (True, False, 1)

    def test_nobody_is_editor_and_approver(self, head: Person, nurse: Person) -> None:
        both = [group.pk for group in Group.objects.filter(name__in=["editor", "approver"])]
        changed = self.change(head, nurse, is_staff="on", groups=both)
        assert not changed.groups.exists()

    def test_nobody_gives_rights_to_themselves(self, head: Person) -> None:
        rights = {"is_staff": "on", "groups": [Group.objects.get(name="auditor").pk], "is_superuser": "on"}
        changed = self.change(head, head, **rights)
        assert [group.name for group in changed.groups.all()] == ["administrator"]
        assert not changed.is_superuser

    def test_tablets_of_other_wards(self, manager: Person, head: Person, ward: Ward, other_ward: Ward) -> None:
        own, shared, foreign = (Device.objects.create(name=name) for name in ("own", "shared", "foreign"))
        own.wards.set([ward])
        shared.wards.set([ward, other_ward])
        foreign.wards.set([other_ward])
        assert set(access.devices_for(manager)) == {own}
        assert set(access.devices_for(head)) == {own, shared, foreign}
        client = signed_in(manager)
        assert client.post(f"/admin/procedures/device/{foreign.pk}/code/").status_code == 404
        assert client.get(f"/admin/procedures/device/{foreign.pk}/end/{foreign.pk}/").status_code == 404
        choices = client.get("/admin/procedures/device/add/").content.decode()
        assert (ward.name.replace("'", "&#x27;") in choices, other_ward.name.replace("'", "&#x27;") in choices) == (
            *(True, False),
        )


def test_no_page_holds_a_script_or_a_style_of_its_own(rows: dict[str, Any], administrator: Person) -> None:
    """The content security policy would refuse them, and the page would not do what it seems to."""
    client = signed_in(administrator)
    # JSON in a script element is data, which no policy minds.
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\s(?:src=|type=.application/json))|\son[a-z]+=|javascript:")
    for page in PAGES:
        response = client.get(f"/admin/procedures/{page.format(**rows)}")
        assert "'unsafe" not in response["Content-Security-Policy"]
        assert not inline.findall(response.content.decode()), page
