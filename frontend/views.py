"""The pages that need no rights: the way in, the tablet's page, its worker, health."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pwa.views
from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ASK_AGAIN: Final = {"Cache-Control": "no-cache"}


class Build(NamedTuple):
    """A build of the tablet's program: its folder below static/, and the entry that Vite's manifest names."""

    folder: str
    entry: str


_TABLET: Final = Build("tablet", "src/main.ts")
_SCANNER: Final = Path(__file__).parent / "static" / "scanner" / "scanner.js"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to go from here: a tablet, or the administration."""
    return render(request, "frontend/start.html")


@require_safe
def tablet(request: HttpRequest, rest: str) -> HttpResponse:
    """The one page of the tablet's program; every address below /tablet/ is its own affair."""
    return page(request, _TABLET)


@csp_replace({"default-src": ["'none'"], "script-src": [SELF, WASM_UNSAFE_EVAL], "connect-src": [SELF]})
@require_safe
def scanner(request: HttpRequest) -> HttpResponse:
    """The reader of codes, a worker of the tablet's page.

    It reads pictures by WebAssembly, which no page of ours may run. A worker keeps to the policy that it was served
    with, and not to its page's; so this one address allows it, and the page needs nothing. It stands below /tablet/,
    where the service worker is asked for it.
    """
    return HttpResponse(_SCANNER.read_bytes(), content_type="text/javascript; charset=utf-8", headers=ASK_AGAIN)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, asked for anew each time, so that an update is never missed. It rules over /tablet/ only."""
    response: HttpResponse = pwa.views.service_worker(request)
    response["Cache-Control"] = ASK_AGAIN["Cache-Control"]
    return response


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the web process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def page(
    request: HttpRequest, build: Build, *, template: str = "frontend/tablet.html", told: Any = None
) -> HttpResponse:
    """The page of a build. `told` is for its program, as JSON, where the template has a place for it."""
    assets = _read_assets(build) if not settings.DEBUG else _read_assets.__wrapped__(build)
    response = render(request, template, assets | {"told": told})
    response["Cache-Control"] = ASK_AGAIN["Cache-Control"]
    # Wristbands are scanned. No other page may ask for the camera (bmproject.headers).
    response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


@cache
def _read_assets(build: Build) -> dict[str, Any]:
    """The hashed names of the script and the stylesheet, as Vite's manifest tells them."""
    folder = Path(__file__).parent / "static" / build.folder
    files = json.loads((folder / "vite-manifest.json").read_text())
    script, style = (f"{build.folder}/{files[name]['file']}" for name in (build.entry, "style.css"))
    return {"script": script, "style": style}
