"""What a browser is told with every page, beside the content security policy of the settings."""

from collections.abc import Callable
from typing import Final

from csp.decorators import csp_update
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_Respond = Callable[[HttpRequest], HttpResponseBase]
_NOTHING: Final = "camera=(), microphone=(), geolocation=()"


def permissions_policy(get_response: _Respond) -> _Respond:
    """Middleware: no page uses the device's camera, microphone or place, unless its view says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", _NOTHING)
        return response

    return middleware


def admins_trusted_types(get_response: _Respond) -> _Respond:
    """Middleware: in the admin texts may become HTML, by a policy that cleans them: frontend/src/desk/guard.ts."""
    admins = csp_update({"trusted-types": ["default", "dompurify"]})(get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return admins(request) if request.path.startswith("/admin/") else get_response(request)

    return middleware
