"""Who writes on which tablet, as a ward manager sees it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from procedures import enrolment
from procedures.models import Enrolment, Person, Role, Ward
from tests.conftest import PASSWORD, person
from tests.tablet import Tablet

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(ward: Ward) -> Person:
    made = person("manager", ward, Role.NURSE, is_staff=True)
    made.groups.add(Group.objects.get(name="ward manager"))
    return made


def shown(client: Client) -> str:
    response = client.get(reverse("admin:tablet_people"))
    assert response.status_code == 200
    return response.content.decode()


def test_each_person_and_tablet_of_the_ward_is_there_with_the_way_to_end_it(
    client: Client,
    manager: Person,
    nurse: Person,
    second_nurse: Person,
    new_tablet: Callable[..., Tablet],
    ward: Ward,
    other_ward: Ward,
) -> None:
    here, elsewhere = new_tablet(ward), new_tablet(other_ward)
    works = here.enrol("nurse", PASSWORD)
    left = here.enrol("second_nurse", PASSWORD)
    enrolment.end(Enrolment.objects.get(pk=left.enrolment), Enrolment.Ending.LEFT)
    person("stranger", other_ward, Role.NURSE)
    elsewhere.enrol("stranger", PASSWORD)
    client.force_login(manager)

    page = shown(client)

    assert page.count('scope="row"') == 2
    assert page.index("Nurse") < page.index("Second_nurse")
    assert f"/end/{works.enrolment}/" in page
    assert f"/end/{left.enrolment}/" not in page
    assert '<span class="ended left">left</span>' in page
    assert "Stranger" not in page
    assert "Tablet 2" not in page

    ended = client.post(reverse("admin:enrolment_end", args=[here.device, works.enrolment]), {"ending": "compromised"})
    assert ended.status_code == 302
    assert '<span class="ended compromised">compromised</span>' in shown(client)


def test_who_comes_back_is_shown_by_the_newest_key(
    client: Client, manager: Person, nurse: Person, new_tablet: Callable[..., Tablet], ward: Ward
) -> None:
    here = new_tablet(ward)
    first = here.enrol("nurse", PASSWORD)
    enrolment.end(Enrolment.objects.get(pk=first.enrolment), Enrolment.Ending.LEFT)
    again = here.enrol("nurse", PASSWORD)
    client.force_login(manager)
    page = shown(client)
    assert page.count('scope="row"') == 1
    assert f"/end/{again.enrolment}/" in page


def test_a_ward_without_tablets_is_told_so(client: Client, manager: Person) -> None:
    client.force_login(manager)
    assert "Nobody is enrolled on a tablet in use." in shown(client)
