"""Tokens for the hospital's other systems: made by the person they act for, shown once, revoked. The only writer.

A token holds no right of its own. Each time it is used, what its person may do then is asked for (`access.py`), and of
that only what its scopes name is given.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.utils import timezone

from . import access
from .core.errors import Refusal
from .models import ApiToken, Person, Scope

PREFIX: Final = "bd1.api"
VALID_DAYS: Final = (30, 90, 365)
_SEEN_EVERY: Final = timedelta(minutes=1)


def make(person: Person, *, name: str, scopes: Collection[Scope], valid_days: int) -> tuple[ApiToken, str]:
    """A new token of a person, and its text, which is kept nowhere. Raises Refusal("not-allowed")."""
    if not scopes or not set(scopes) <= set(access.scopes_for(person)):
        raise Refusal("not-allowed")
    text = f"{PREFIX}.{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        name=name,
        person=person,
        scopes=[scope for scope in Scope if scope in scopes],
        digest=_digest(text),
        expires_at=timezone.now() + timedelta(days=valid_days),
    )
    return token, text


def read(text: str) -> ApiToken:
    """The token of a text, with its person, if both still count; notes that it was used.

    Raises Refusal: "api-token-wrong", "api-token-revoked", "api-token-expired".
    """
    token = ApiToken.objects.select_related("person").filter(digest=_digest(text)).first()
    if token is None:
        raise Refusal("api-token-wrong")
    if token.revoked_at or not token.person.is_active:
        raise Refusal("api-token-revoked")
    now = timezone.now()
    if token.expires_at <= now:
        raise Refusal("api-token-expired")
    if token.last_used_at is None or now - token.last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke(token: ApiToken) -> bool:
    """End a token for good; False if it had been revoked before."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()))


def revoke_all() -> int:
    """End every token; gives how many still counted. A restored backup no longer knows which were revoked after it."""
    return ApiToken.objects.filter(revoked_at=None).update(revoked_at=timezone.now())


def _digest(text: str) -> str:
    """32 random bytes need no slow hash: there is nothing to guess."""
    return hashlib.sha256(b"bedside/1 api token" + text.encode()).hexdigest()
