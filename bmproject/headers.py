"""What a browser is told with every page, beside the content security policy."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_NOTHING: Final = "camera=(), microphone=(), geolocation=()"


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no page uses the device's camera, microphone or place, unless its view says so itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", _NOTHING)
        return response

    return middleware
