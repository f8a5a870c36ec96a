"""The pages that need no rights: the way in, the tablet's page, its worker, health."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pwa.views
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_BUILD: Final = Path(__file__).parent / "static" / "tablet"
_ENTRY: Final = "src/main.ts"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to go from here: a tablet, or the administration."""
    return render(request, "frontend/start.html")


@require_safe
def tablet(request: HttpRequest, rest: str) -> HttpResponse:
    """The one page of the tablet's program; every address below /tablet/ is its own affair."""
    response = render(request, "frontend/tablet.html", _assets())
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, asked for anew each time, so that an update is never missed. It rules over /tablet/ only."""
    response: HttpResponse = pwa.views.service_worker(request)
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the web process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def _assets() -> dict[str, Any]:
    return _read_assets() if not settings.DEBUG else _read_assets.__wrapped__()


@cache
def _read_assets() -> dict[str, Any]:
    """The hashed names of the script and the stylesheets, as Vite's manifest tells them."""
    entry = json.loads((_BUILD / "vite-manifest.json").read_text())[_ENTRY]
    return {"script": f"tablet/{entry['file']}", "styles": [f"tablet/{name}" for name in entry.get("css", [])]}
