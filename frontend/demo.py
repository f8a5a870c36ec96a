"""The demo's way in: be a nurse, a clinician, an admin or an auditor in one click. Addressed where BEDSIDE_DEMO is on.

Its tablet page is another build of the same program, with a strip above it: cut the network, and a tour.
"""

import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import path, re_path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from procedures import enrolment, keys
from procedures.demo import cases
from procedures.demo.people import PASSWORDS, PIN, WARD
from procedures.exports.run import plan, write_zip
from procedures.models import Device, Person, Protocol, Record, Ward

from . import views

_BUILD: Final = views.Build("demo", "src/demo/main.ts")
_WORKER: Final = Path(__file__).parent / "static" / "demo" / "serviceworker.js"
_VERIFY: Final = settings.BASE_DIR / "verify_export.py"


class Way(NamedTuple):
    """One card of the start page. Those at the bedside go to the tablet, which then needs no network; others log in."""

    username: str
    title: Any
    lead: Any
    bedside: bool


WAYS: Final = [
    Way("nora", _("Be a nurse"), _("Nora: tick, type an INR, sign, with the network or without"), True),
    Way("clara", _("Be a clinician"), _("Clara: plan a case, look again at what is held, sign"), True),
    Way("eva", _("Be an admin"), _("Eva: change a limit, see the draft as on a tablet, publish"), False),
    Way("arne", _("Be an auditor"), _("Arne: find a record, export it, check the journal"), False),
]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to go from here, as one of four people."""
    return render(request, "frontend/demo_start.html", {"ways": WAYS, "pin": f"{PIN[:3]}\N{NO-BREAK SPACE}{PIN[3:]}"})


@require_POST
def be(request: HttpRequest, username: str) -> HttpResponse:
    """Log in as one of the demo's people, and land where that one works; as auditor also on one case's row."""
    if username not in {way.username for way in WAYS if not way.bedside}:
        raise Http404
    login(request, get_object_or_404(Person, username=username, is_active=True), _backend())
    return HttpResponseRedirect(_records(request) if username == "arne" else _protocol())


@require_POST
def be_nobody(request: HttpRequest) -> HttpResponse:
    """Log out: the admin then asks who one is."""
    logout(request)
    return HttpResponseRedirect(reverse("admin:index"))


@never_cache
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """The CSRF token, for the tablet's page: that is kept for when there is no network, and so holds none."""
    return JsonResponse({"token": get_token(request)})


@require_POST
def tablet_code(request: HttpRequest) -> JsonResponse:
    """A code with which this browser becomes a tablet of the demo ward."""
    ward = get_object_or_404(Ward, name=WARD)
    device = Device.objects.create(name=f"Visitor's tablet {Device.objects.count() + 1}")
    device.wards.add(ward)
    return JsonResponse({"code": enrolment.make_code(device, by=None)}, status=201)


@require_POST
def verify(request: HttpRequest, case: uuid.UUID) -> JsonResponse:
    """Export a case and run the auditor's own program over the file, apart from this server; what it said."""
    records = Record.objects.filter(case=case)
    if not records.exists():
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.zip"
        write_zip(file, plan(records), identified=False, purpose="")
        verified = _verified(file)
    return JsonResponse({"verifies": verified.returncode == 0, "said": verified.stdout.strip().splitlines()})


@require_safe
def tablet(request: HttpRequest, rest: str) -> HttpResponse:
    """The tablet's page in its demo build, with what it needs to take in one of the demo's people."""
    tour = {"nurse": cases.number_of("tick"), "clinician": cases.number_of("side")}
    told = {"pin": PIN, "passwords": PASSWORDS, "tour": tour}
    return views.page(request, _BUILD, template="frontend/demo_tablet.html", told=told)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the demo build; see views.service_worker."""
    return HttpResponse(_WORKER.read_bytes(), content_type="application/javascript", headers=views.ASK_AGAIN)


def _backend() -> str:
    return "django.contrib.auth.backends.ModelBackend"


def _records(request: HttpRequest) -> str:
    """The list of records, or only the row of the case that was asked for."""
    # An empty status: any, where the list would show what was completed yesterday.
    query = urlencode({"case": request.POST["case"]} if "case" in request.POST else {"status": ""})
    return f"{reverse('admin:procedures_record_changelist')}?{query}"


def _protocol() -> str:
    found = Protocol.objects.filter(key=cases.PROTOCOL).first()
    if found is None:
        return reverse("admin:procedures_protocol_changelist")
    return reverse("admin:procedures_protocol_change", args=[found.pk])


def _verified(file: Path) -> subprocess.CompletedProcess[str]:
    fingerprint = keys.fingerprint(keys.current_number())
    program = [sys.executable, "-I", str(_VERIFY), "--key", fingerprint, str(file)]
    return subprocess.run(program, capture_output=True, text=True, check=False, env={})  # noqa: S603 - our own program


urlpatterns = [
    path("", start, name="start"),
    re_path(r"^tablet/(?P<rest>.*)$", tablet, name="tablet"),
    path("serviceworker.js", service_worker, name="serviceworker"),
    path("demo/be/<slug:username>", be, name="demo-be"),
    path("demo/be-nobody", be_nobody, name="demo-be-nobody"),
    path("demo/token", token, name="demo-token"),
    path("demo/tablet-code", tablet_code, name="demo-tablet-code"),
    path("demo/verify/<uuid:case>", verify, name="demo-verify"),
]
