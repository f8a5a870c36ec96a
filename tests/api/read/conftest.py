"""Readers: people with tokens, and the cases that they read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from procedures import access, tokens
from procedures.models import Person, Release, Scope
from tests.chart import Chart, everything
from tests.conftest import PASSWORD
from tests.tablet import Tablet, Writer


@dataclass
class Reader:
    """Another system, with a token."""

    client: Client
    text: str

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        response: Any = self.client.get(f"/api/v1/{path}", query, headers=self._headers(headers))
        if response.streaming:
            response.file = b"".join(response.streaming_content)
        return response

    def post(self, path: str, body: Any) -> Any:
        content = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(f"/api/v1/{path}", content, content_type="application/json", headers=self._headers({}))

    def json(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        """What a good reply says."""
        response = self.get(path, query, **headers)
        assert response.status_code == 200, response.content
        return response.json()

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"} | {name.replace("_", "-"): more[name] for name in more}


def refusal(response: Any) -> tuple[int, str]:
    """Status and code of a problem document, which must be one."""
    assert response["Content-Type"] == "application/problem+json", response.content
    assert response["Cache-Control"] == "no-store"
    said = json.loads(response.content)
    assert said["status"] == response.status_code
    return response.status_code, said["code"]


@pytest.fixture
def reader(client: Client) -> Callable[..., Reader]:
    """A token of a person, for some scopes or for all that the person may use."""

    def made(person: Person, *scopes: str) -> Reader:
        wanted = [Scope(scope) for scope in scopes] or access.scopes_for(person)
        return Reader(client, tokens.make(person, name="Dashboard", scopes=wanted, valid_days=30)[1])

    return made


@pytest.fixture
def dashboard(reader: Callable[..., Reader], auditor: Person) -> Reader:
    """An auditor's, for all that auditors may."""
    return reader(auditor)


@pytest.fixture
def chart(tablet: Tablet, writer: Writer, clinician: Person, release: Release) -> Chart:
    return everything(tablet, writer, release, clinician=tablet.enrol(clinician.username, PASSWORD))
