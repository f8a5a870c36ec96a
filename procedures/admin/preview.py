"""The page that shows a draft as a tablet does: the tablet's own program, on a tablet that exists in it alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from procedures import drafting, publishing
from procedures.core import canonical
from procedures.core import release as releases
from procedures.models import Protocol, Role

from .draft import page_of


def preview(request: HttpRequest, protocol: Protocol) -> HttpResponse:
    """Show the draft; one that does not hold together leads to the list of its problems instead.

    Examples that come out otherwise keep nobody from looking.
    """
    if any(not problem.path.startswith("examples") for problem in publishing.check_draft(protocol)):
        messages.error(request, _("A tablet can show the draft once these problems are mended."))
        return HttpResponseRedirect(reverse("admin:protocol_check", args=[protocol.pk]))
    draft = _scene(protocol)
    return render(request, "procedures/admin/preview.html", {"draft": draft, "back": page_of(protocol), "of": protocol})


def _scene(protocol: Protocol) -> dict[str, Any]:
    """What `frontend/src/preview/tablet.ts` takes: the bytes as they would be published, and who is there."""
    document = releases.freeze(drafting.draft_of(protocol))
    people = [{"name": capfirst(str(role.label)), "roles": [role]} for role in Role]
    people.append({"name": _("Another nurse"), "roles": [Role.NURSE]})
    return {
        "digest": canonical.digest_of(document),
        "protocol": protocol.key,
        "document": document.decode(),
        "people": people,
        "ward": _("Preview"),
        "child": {"name": _("Sample patient"), "sex": "female"},
    }
