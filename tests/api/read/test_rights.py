"""Who is let in where: each role and each scope against each address; and how everybody else is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from api.read.doors import TokenThrottle
from procedures import access, tokens
from procedures.exports import jobs
from procedures.models import ApiToken, Person, Release, Scope, Ward
from procedures.records_query import Selection
from tests.api.read.conftest import Reader, refusal
from tests.chart import PRIVATE, Chart
from tests.procedures.test_roles import ROLES, of_role, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]

PROTOCOL: Final = "bone-marrow-iliac-crest-child"
# Each address, the scope that it wants and the roles that may; `rows` names the rows in it.
ADDRESSES: Final[dict[str, tuple[str, set[str]]]] = {
    "protocols": ("protocols:read", {"editor", "approver"}),
    f"protocols/{PROTOCOL}": ("protocols:read", {"editor", "approver"}),
    f"protocols/{PROTOCOL}/releases": ("protocols:read", {"editor", "approver"}),
    f"protocols/{PROTOCOL}/releases/{{release}}": ("protocols:read", {"editor", "approver"}),
    "cases": ("cases:read", {"auditor"}),
    "cases/{case}": ("cases:read", {"auditor"}),
    "consents": ("consents:read", {"auditor"}),
    "exports": ("exports:read", {"auditor"}),
    "exports/{export}": ("exports:read", {"auditor"}),
    "exports/{export}/file": ("exports:read", {"auditor"}),
    "health": ("health:read", {"auditor", "administrator"}),
}


@pytest.fixture
def rows(chart: Chart, release: Release, administrator: Person) -> dict[str, Any]:
    job = jobs.ask(administrator, Selection(), identified=False, purpose="")
    jobs.build(job.pk)
    return {"case": chart.case, "release": release.digest, "export": job.pk}


def forced(client: Client, person: Person, scopes: list[str]) -> Reader:
    """With a token that names these scopes, whatever the person may do: as after a right was taken away."""
    lent = Person.objects.create_superuser("lender", printed_name="Lender")
    token, text = tokens.make(lent, name="x", scopes=list(Scope), valid_days=30)
    ApiToken.objects.filter(pk=token.pk).update(person=person, scopes=scopes)
    return Reader(client, text)


@pytest.mark.parametrize("role", ROLES)
def test_each_role(role: str, client: Client, rows: dict[str, Any], ward: Ward) -> None:
    """The token has every scope; what its person may not do it may not."""
    reader = forced(client, of_role(role, ward), list(Scope))
    statuses = {path: reader.get(path.format(**rows)).status_code for path in ADDRESSES}
    assert statuses == {path: 200 if role in roles else 403 for path, (_, roles) in ADDRESSES.items()}
    asked = reader.post("exports", {})
    assert asked.status_code == (201 if role == "auditor" else 403)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_scopes_that_its_addresses_want(role: str, rows: dict[str, Any], ward: Ward) -> None:
    wanted = {scope for scope, roles in ADDRESSES.values() if role in roles}
    assert set(access.scopes_for(of_role(role, ward))) - {"exports:write", "cases:identity"} == wanted


@pytest.mark.parametrize("scope", Scope)
def test_each_scope(scope: Scope, client: Client, rows: dict[str, Any], administrator: Person) -> None:
    """The person may do everything; the token only what it is for."""
    reader = forced(client, administrator, [scope])
    for path, (wanted, _) in ADDRESSES.items():
        response = reader.get(path.format(**rows))
        if wanted == scope:
            assert response.status_code == 200, path
        else:
            assert refusal(response) == (403, "scope-missing"), path
    assert reader.post("exports", {}).status_code == (201 if scope == "exports:write" else 403)


def test_without_a_token_or_with_a_wrong_one(client: Client, rows: dict[str, Any], auditor: Person) -> None:
    session = signed_in(auditor)
    tablet = "bd1.device.1.00000000-0000-4000-8000-000000000000.AAAA"
    for path in ADDRESSES:
        address = f"/api/v1/{path.format(**rows)}"
        assert refusal(session.get(address)) == (401, "api-token-missing")
        given = {"": "missing", "Basic YTpi": "missing", "Bearer x": "wrong", f"Bearer {tablet}": "wrong"}
        for text, code in given.items():
            response = client.get(address, headers={"Authorization": text} if text else {})
            assert refusal(response) == (401, f"api-token-{code}")
            assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_that_ended(reader: Callable[..., Reader], auditor: Person) -> None:
    used = reader(auditor)
    assert used.get("cases").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(used.get("cases")) == (401, "api-token-expired")
    tokens.revoke(ApiToken.objects.get())
    assert refusal(used.get("cases")) == (401, "api-token-revoked")


def test_a_right_that_was_taken_away(reader: Callable[..., Reader], auditor: Person) -> None:
    used = reader(auditor)
    auditor.groups.remove(Group.objects.get(name="auditor"))
    assert refusal(used.get("cases")) == (403, "not-allowed")
    Person.objects.filter(pk=auditor.pk).update(is_active=False)
    assert refusal(used.get("cases")) == (401, "api-token-revoked")


def test_a_token_is_kept_from_asking_too_often(
    reader: Callable[..., Reader], auditor: Person, editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenThrottle, "rate", "2/min", raising=False)
    one, other = reader(auditor), reader(editor)
    assert [one.get("cases").status_code for _ in range(2)] == [200, 200]
    response = one.get("exports")
    assert refusal(response) == (429, "too-many-tries")
    assert 0 < int(response["Retry-After"]) <= 61
    assert other.get("protocols").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_is_changed_by_reading(client: Client, dashboard: Reader, method: str) -> None:
    headers = {"Authorization": f"Bearer {dashboard.text}"}
    assert refusal(getattr(client, method)("/api/v1/cases", headers=headers)) == (405, "method-wrong")


def test_nothing_of_a_patient_is_logged(dashboard: Reader, chart: Chart, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for path in ("cases", f"cases/{chart.case}", "consents", "cases?patient=Emma%20Solberg"):
        dashboard.get(path)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert not [words for words in (dashboard.text, *PRIVATE) if words in said]
