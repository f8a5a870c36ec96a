"""The page "Check and publish": what keeps a draft from being published, its rules in words, its examples."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from procedures import access, drafting, publishing
from procedures.core.document import Problem
from procedures.core.errors import Refusal
from procedures.models import Protocol, Release, Role
from procedures.models.fields import said
from procedures.places import Place, Places

from .draft import page_of
from .told import tell
from .who import allowed, person_of

# What may come of publishing, for the catalogue; the sentences are those of core/errors.py.
REFUSALS: Final = (
    gettext_noop("Your role does not allow this."),
    gettext_noop("Say why this is published."),
    gettext_noop("A release cannot take effect before it is published."),
    gettext_noop("Nothing has changed since the last release, so there is nothing to publish."),
    gettext_noop("The draft was changed after you looked at it. Read it again, then publish."),
    gettext_noop("This protocol does not hold together and was not published."),
)


class PublishForm(forms.Form):
    """`seen`: the content digest of the draft on the page, so that only what was read is published."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("What changed and why. Kept with the release for good."),
    )
    effective_from = forms.DateTimeField(
        label=gettext_lazy("In effect from"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "vTextField"}),
        help_text=gettext_lazy("Empty: at once. Cases that are open stay on the release they began with."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


def check_and_publish(request: HttpRequest, protocol: Protocol, context: dict[str, Any]) -> HttpResponse:
    """Show the page; on POST publish, or say on the page why not."""
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        release = _publish(form, request, protocol)
        if release:
            messages.success(request, _("Release %(number)d is published.") % {"number": release.number})
            return HttpResponseRedirect(page_of(release))
    return render(request, "procedures/admin/check.html", context | _found(protocol, request) | {"form": form})


def _publish(form: PublishForm, request: HttpRequest, protocol: Protocol) -> Release | None:
    try:
        return publishing.publish_draft(protocol, by=person_of(request), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, _(refusal.words))
        return None


def _found(protocol: Protocol, request: HttpRequest) -> dict[str, Any]:
    # First of all: what an editor changes while the rest is read must not pass for seen.
    seen = _digest(protocol)
    problems = publishing.check_draft(protocol)
    places = Places(protocol)
    return {
        "title": _("Check and publish"),
        "is_nav_sidebar_enabled": False,
        "protocol": protocol,
        "problems": [(problem.words, place.words, _address(place)) for problem, place in _placed(problems, places)],
        "rules": list(_rules(protocol)),
        "examples": list(_examples(protocol, problems)),
        "may_publish": allowed(request, access.may_publish),
        "seen": seen,
    }


def _digest(protocol: Protocol) -> str:
    """The content digest of the draft; "" for one that cannot be frozen, nor therefore published."""
    try:
        return drafting.content_digest(drafting.draft_of(protocol))
    except Refusal:
        return ""


def _placed(problems: list[Problem], places: Places) -> Iterator[tuple[Problem, Place]]:
    return ((problem, places.find(problem.path)) for problem in problems)


def _address(place: Place) -> str:
    if place.within:
        return f"{page_of(place.row)}#{place.within[0]}-{place.within[1]}"
    return page_of(place.row) + (f"#id_{place.field}" if place.field else "")


def _rules(protocol: Protocol) -> Iterator[dict[str, Any]]:
    """All rules of all questions with their conditions in words, by phase."""
    names = drafting.names_in(protocol)
    for phase in drafting.phases_of(protocol):
        for item in phase.items.all():
            for index, hold in enumerate(item.holds.all()):
                yield {
                    "phase": phase,
                    "item": item,
                    "hold": hold,
                    "address": f"{page_of(item)}#holds-{index}",
                    "told": tell(hold.when, names, protocol.languages),
                    "message": said(hold.message, ""),
                    "override": ", ".join(str(Role(role).label) for role in hold.override if role in Role),
                }


def _examples(protocol: Protocol, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Each example and what came out otherwise; None where it could not be run."""
    runs = all(problem.path.startswith("examples[") for problem in problems)
    for index, example in enumerate(protocol.examples.all()):
        wrong = [problem.words for problem in problems if problem.path.startswith(f"examples[{index}]")]
        yield {"example": example, "address": page_of(example), "wrong": wrong if runs else None}
