"""API tokens: made by the person they act for, shown once, revoked."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from procedures import tokens
from procedures.core.errors import Refusal
from procedures.models import ApiToken, Person, Scope
from tests.conftest import person

pytestmark = pytest.mark.django_db


def make(client: Client, **chosen: Any) -> Any:
    asked = {"name": "Dashboard", "scopes": ["cases:read"], "valid_days": "30", **chosen}
    return client.post(reverse("admin:procedures_apitoken_add"), asked)


def code(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        tokens.read(text)
    return refused.value.code


def test_a_token_is_shown_once_and_kept_as_a_digest(client: Client, auditor: Person) -> None:
    client.force_login(auditor)
    response = make(client)
    text = response.context["text"]
    assert text in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert text.startswith("bd1.api.")
    row = ApiToken.objects.get()
    assert (row.person, row.scopes) == (auditor, ["cases:read"])
    assert text[8:] not in str(ApiToken.objects.values().get())
    for page in ("changelist", "change"):
        args = [row.pk] if page == "change" else []
        shown = client.get(reverse(f"admin:procedures_apitoken_{page}", args=args)).content.decode()
        assert "Dashboard" in shown
        assert text not in shown
    assert tokens.read(text) == row


def test_nobody_gets_more_than_they_may(client: Client, editor: Person, auditor: Person) -> None:
    client.force_login(editor)
    form = client.get(reverse("admin:procedures_apitoken_add")).content.decode()
    assert "protocols:read" in form
    assert "cases:read" not in form
    norwegian = client.get(reverse("admin:procedures_apitoken_add"), headers={"Accept-Language": "nb"})
    assert "30 døgn" in norwegian.content.decode()
    for scopes in (["cases:read"], [], ["protocols:read", "health:read"]):
        assert make(client, scopes=scopes).context["form"].errors, scopes
    assert not ApiToken.objects.exists()
    with pytest.raises(Refusal, match="not-allowed"):
        tokens.make(auditor, name="x", scopes=[Scope.PROTOCOLS_READ], valid_days=30)


def test_own_tokens_are_revoked_by_oneself_and_others_by_an_administrator(client: Client, auditor: Person) -> None:
    token, text = tokens.make(auditor, name="x", scopes=[Scope.CASES_READ], valid_days=30)
    revoke = reverse("admin:token_revoke", args=[token.pk])
    colleague = person("colleague", is_staff=True)
    colleague.groups.set(auditor.groups.all())
    client.force_login(colleague)
    assert client.post(revoke).status_code == 404
    client.force_login(auditor)
    assert client.get(revoke).status_code == 405
    assert client.post(revoke).status_code == 302
    assert code(text) == "api-token-revoked"


def test_a_token_that_does_not_count(auditor: Person) -> None:
    token, text = tokens.make(auditor, name="x", scopes=[Scope.CASES_READ], valid_days=30)
    assert code(text + "x") == code("") == "api-token-wrong"
    assert token.last_used_at is None
    used = tokens.read(text)
    used.refresh_from_db()
    assert used.last_used_at
    Person.objects.update(is_active=False)
    assert code(text) == "api-token-revoked"
    Person.objects.update(is_active=True)
    ApiToken.objects.update(expires_at=timezone.now())
    assert code(text) == "api-token-expired"


def test_revoking_again_keeps_the_first_time(auditor: Person) -> None:
    token, _ = tokens.make(auditor, name="x", scopes=[Scope.CASES_READ], valid_days=30)
    assert tokens.revoke(token)
    assert not tokens.revoke(token)
