"""Releases as tablets fetch them."""

import hashlib
import json

from django.test import Client

from procedures.models import Release
from tests.tablet import Tablet


def test_the_list_names_each_release(tablet: Tablet, release: Release) -> None:
    status, reply = tablet.http("GET", "/api/v1/releases", None, tablet.token)

    assert status == 200
    assert [(row["digest"], row["number"], row["status"]) for row in reply["releases"]] == [
        (release.digest, release.number, "active")
    ]


def test_the_bytes_are_those_of_the_digest(client: Client, tablet: Tablet, release: Release) -> None:
    headers = {"Authorization": f"Bearer {tablet.token}"}
    response = client.get(f"/api/v1/releases/{release.digest}", headers=headers)

    assert hashlib.sha256(response.content).hexdigest() == release.digest
    assert "immutable" in response["Cache-Control"]
    assert json.loads(response.content)["protocol"] == release.protocol_id


def test_an_unknown_release(tablet: Tablet) -> None:
    status, problem = tablet.http("GET", f"/api/v1/releases/{'0' * 64}", None, tablet.token)
    assert (status, problem["code"]) == (404, "release-unknown")


def test_any_other_address_answers_in_json(tablet: Tablet) -> None:
    status, problem = tablet.http("GET", "/api/v1/nothing/here", None, tablet.token)
    assert (status, problem["code"]) == (404, "not-found")


def test_another_method(tablet: Tablet) -> None:
    status, problem = tablet.http("PUT", "/api/v1/releases", None, tablet.token)
    assert (status, problem["code"]) == (405, "method-wrong")
