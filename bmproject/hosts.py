"""Who asks, and at which of our hosts."""

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotFound, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

_ADMINS: Final = re.compile(r"/admin/")
_EVERYBODYS: Final = re.compile(r"/(static/|healthz$)")


def admin_apart(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: where BEDSIDE_ADMIN_HOST is set, the admin is there and nowhere else, and nothing else is there.

    Other origins, other cookies: what would ever go wrong on a tablet's page cannot reach into the admin.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.BEDSIDE_ADMIN_HOST and not _EVERYBODYS.match(request.path):
            at_admins = split_domain_port(request.get_host())[0] == settings.BEDSIDE_ADMIN_HOST
            if at_admins and request.path == "/":
                return HttpResponseRedirect("/admin/")
            if at_admins != bool(_ADMINS.match(request.path)):
                return HttpResponseNotFound("Nothing here.", content_type="text/plain")
        return get_response(request)

    return middleware


def sender(request: HttpRequest) -> str:
    """The address of who asks: as our proxy saw it where there is one, else as the connection has it.

    A proxy appends to X-Forwarded-For; what stands before that anybody may have written.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
