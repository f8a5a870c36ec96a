"""Releases as tablets fetch them."""

import hashlib
import json

import pytest
from django.test import Client

from procedures import publishing
from procedures.models import Hold, Person, Protocol, Release
from tests.conftest import publish
from tests.tablet import Tablet


def test_the_list_names_each_release(tablet: Tablet, release: Release) -> None:
    status, reply = tablet.http("GET", "/api/v1/releases", None, tablet.token)

    assert status == 200
    assert [(row["digest"], row["number"], row["status"]) for row in reply["releases"]] == [
        (release.digest, release.number, "active")
    ]


def test_a_recalled_one_says_so_and_stays(
    tablet: Tablet, protocol: Protocol, release: Release, approver: Person
) -> None:
    """Cases that began on it go on by it, so that a tablet may still fetch it; no new case begins on it."""
    Hold.objects.filter(key="inr-high").update(message={"en": "x", "nb": "y"})
    second = publish(protocol)
    publishing.recall(second, by=approver, reason="A slip")

    _, reply = tablet.http("GET", "/api/v1/releases", None, tablet.token)

    assert [(row["number"], row["status"]) for row in reply["releases"]] == [(1, "active"), (2, "recalled")]
    assert tablet.http("GET", f"/api/v1/releases/{second.digest}", None, tablet.token)[0] == 200


def test_the_bytes_are_those_of_the_digest(client: Client, tablet: Tablet, release: Release) -> None:
    headers = {"Authorization": f"Bearer {tablet.token}"}
    response = client.get(f"/api/v1/releases/{release.digest}", headers=headers)

    assert hashlib.sha256(response.content).hexdigest() == release.digest
    assert "immutable" in response["Cache-Control"]
    assert json.loads(response.content)["protocol"] == release.protocol_id


def test_an_unknown_release(tablet: Tablet) -> None:
    status, problem = tablet.http("GET", f"/api/v1/releases/{'0' * 64}", None, tablet.token)
    assert (status, problem["code"]) == (404, "release-unknown")


@pytest.mark.parametrize("path", ["nothing/here", "releases/%00", "protocols/%00", "protocols/x/releases/%00"])
def test_any_other_address_answers_in_json(tablet: Tablet, path: str) -> None:
    status, problem = tablet.http("GET", f"/api/v1/{path}", None, tablet.token)
    assert (status, problem["code"]) == (404, "not-found")


def test_another_method(tablet: Tablet) -> None:
    status, problem = tablet.http("PUT", "/api/v1/releases", None, tablet.token)
    assert (status, problem["code"]) == (405, "method-wrong")
