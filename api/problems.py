"""Refusals as problem documents (RFC 9457), each code with its HTTP status."""

import logging
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from procedures.core.errors import PROBLEMS, Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

# Every other code is a plain 400.
STATUS: Final[dict[str, int]] = {
    "too-large": 413,
    "blob-too-large": 413,
    "token-wrong": 401,
    "token-expired": 401,
    "challenge-wrong": 403,
    "enrolment-ended": 403,
    "login-wrong": 403,
    "role-missing": 403,
    "tablet-revoked": 403,
    "not-allowed": 403,
    "code-expired": 410,
    "api-token-missing": 401,
    "api-token-wrong": 401,
    "api-token-expired": 401,
    "api-token-revoked": 401,
    "scope-missing": 403,
    "not-acceptable": 406,
    "protocol-unknown": 404,
    "export-unknown": 404,
    "export-unfinished": 409,
    "export-gone": 410,
    "release-unknown": 404,
    "case-unknown": 404,
    "not-found": 404,
    "method-wrong": 405,
    "too-many-tries": 429,
    "root-keys-missing": 500,
    "root-keys-broken": 500,
    "server-error": 500,
}

# What Django and DRF raise by themselves, in our words.
_CODES: Final[list[tuple[type[Exception], str]]] = [
    (exceptions.ParseError, "json-broken"),
    (exceptions.UnsupportedMediaType, "shape-wrong"),
    (exceptions.NotAuthenticated, "token-wrong"),
    (exceptions.AuthenticationFailed, "token-wrong"),
    (exceptions.PermissionDenied, "not-allowed"),
    (exceptions.NotFound, "not-found"),
    (exceptions.MethodNotAllowed, "method-wrong"),
    (exceptions.Throttled, "too-many-tries"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (Http404, "not-found"),
    (PermissionDenied, "not-allowed"),
]


def problem(code: str, where: str = "") -> dict[str, Any]:
    """The problem document of a code."""
    return {
        "type": "about:blank",
        "title": PROBLEMS[code].words,
        "status": STATUS.get(code, 400),
        "code": code,
        "where": where,
    }


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What is not expected is logged with its trace and shown as "server-error"."""
    if isinstance(error, Refusal):
        return _response(problem(error.code, error.where))
    for kind, code in _CODES:
        if isinstance(error, kind):
            response = _response(problem(code))
            wait_s = getattr(error, "wait", None)
            if wait_s is not None:
                response["Retry-After"] = str(int(wait_s) + 1)
            return response
    log.error("unexpected failure in %s", type(context.get("view")).__name__, exc_info=error)
    return _response(problem("server-error"))


def _response(document: dict[str, Any]) -> Response:
    response = Response(document, status=document["status"], content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:
    """The answer to any other address below the API: JSON, never a page."""
    headers = {"Cache-Control": "no-store"}
    return JsonResponse(problem("not-found"), status=404, content_type=MEDIA_TYPE, headers=headers)
