"""Who comes in: a token in the Authorization header, what it is for, how often it may ask. Never a session."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from procedures import access, tokens
from procedures.core.errors import Refusal
from procedures.models import ApiToken, Person


class TokenAuthentication(BaseAuthentication):
    """`request.user` is the token's person, `request.auth` the token."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken]:
        """Raises Refusal: "api-token-missing", "api-token-wrong", "api-token-revoked", "api-token-expired"."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise Refusal("api-token-missing")
        token = tokens.read(text)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ScopeGiven(BasePermission):
    """The token is for what the view asks, and its person may do it now."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises Refusal: "scope-missing", "not-allowed"."""
        access.refuse_beyond(token_of(request), view.scope_of(request))  # type: ignore[attr-defined]
        return True


class TokenThrottle(SimpleRateThrottle):
    """So many requests of one token in a minute (`BEDSIDE_API_RATE`)."""

    scope = "api"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"api-token-{token_of(request).pk}"


def token_of(request: Request) -> ApiToken:
    """The token of a request that was let in."""
    if not isinstance(request.auth, ApiToken):
        raise Refusal("api-token-missing")
    return request.auth
