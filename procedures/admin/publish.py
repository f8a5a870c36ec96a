"""The page "Check and publish": what keeps a draft from being published, what would change, and who acts on it.

An editor proposes what the page shows; another person approves it or sends it back.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from procedures import access, drafting, publishing
from procedures.comparing import compare
from procedures.core.document import Document, Problem
from procedures.core.errors import Refusal
from procedures.core.release import freeze, parse
from procedures.models import Proposal, Protocol, Release
from procedures.outline import outline
from procedures.places import Place, Places

from .draft import page_of
from .look import Moment
from .reading import seen_change, seen_part
from .who import allowed, person_of

# What may come of these acts, for the catalogue; the sentences are those of core/errors.py.
REFUSALS: Final = (
    gettext_noop("Your role does not allow this."),
    gettext_noop("Say why."),
    gettext_noop("A release cannot take effect before it is published."),
    gettext_noop("Nothing has changed since the last release, so there is nothing to propose."),
    gettext_noop("The draft was changed after you looked at it. Read it again first."),
    gettext_noop("This protocol does not hold together and was not published."),
    gettext_noop("You proposed this. Another person must approve it or send it back."),
    gettext_noop("This proposal was already decided on."),
    gettext_noop("The draft was changed after it was proposed. It must be proposed anew."),
    gettext_noop("This release was already recalled."),
)


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "class": "plain-input"})


class ProposeForm(forms.Form):
    """`seen`: the content digest of the draft on the page, so that only what was read is proposed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=_text(),
        help_text=gettext_lazy("What changed and why. Kept with the release for good."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class ApproveForm(forms.Form):
    effective_from = forms.DateTimeField(
        label=gettext_lazy("In effect from"),
        required=False,
        widget=Moment,
        help_text=gettext_lazy("Empty: at once. Cases that are open stay on the release they began with."),
    )
    proposal = forms.ModelChoiceField(Proposal.objects, widget=forms.HiddenInput)


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What must be changed"), widget=_text(), help_text=gettext_lazy("The editor reads it here.")
    )
    proposal = forms.ModelChoiceField(Proposal.objects, widget=forms.HiddenInput)


class RecallForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=_text(2),
        help_text=gettext_lazy("New cases begin on the release before it. Cases that began on this one keep it."),
    )


def check_and_publish(request: HttpRequest, protocol: Protocol, context: dict[str, Any]) -> HttpResponse:
    """Show the page; on POST carry out an act, or say on the page why not."""
    forms_, done = _acts(request, protocol)
    if done:
        return HttpResponseRedirect(done)
    return render(request, "procedures/admin/check.html", context | _found(protocol, request) | forms_)


def _acts(request: HttpRequest, protocol: Protocol) -> tuple[dict[str, forms.Form], str]:
    """The forms of the page, that of the act that was sent with what is wrong; or where to go once it is done."""
    made: dict[str, forms.Form] = {}
    doers: dict[str, tuple[type[forms.Form], Callable[..., str]]] = {
        "propose": (ProposeForm, _propose),
        "approve": (ApproveForm, _approve),
        "send_back": (SendBackForm, _send_back),
    }
    for name, (kind, act) in doers.items():
        sent = request.method == "POST" and request.POST.get("act") == name
        form = made[name] = kind(request.POST if sent else None, auto_id=f"id_{name}_%s")
        if sent and form.is_valid():
            try:
                return made, act(request, protocol, **form.cleaned_data)
            except Refusal as refusal:
                messages.error(request, _(refusal.words))
    return made, ""


def _propose(request: HttpRequest, protocol: Protocol, *, reason: str, seen: str) -> str:
    publishing.propose(protocol, by=person_of(request), reason=reason, seen=seen)
    messages.success(request, _("Proposed. Another person approves it or sends it back."))
    return request.path


def _approve(request: HttpRequest, protocol: Protocol, *, proposal: Proposal, effective_from: Any) -> str:
    release = publishing.approve(proposal, by=person_of(request), effective_from=effective_from)
    messages.success(request, _("Release %(number)d is published.") % {"number": release.number})
    return page_of(release)


def _send_back(request: HttpRequest, protocol: Protocol, *, proposal: Proposal, reason: str) -> str:
    publishing.send_back(proposal, by=person_of(request), reason=reason)
    messages.success(request, _("Sent back."))
    return request.path


def _found(protocol: Protocol, request: HttpRequest) -> dict[str, Any]:
    # First of all: what an editor changes while the rest is read must not pass for seen.
    draft = drafting.draft_of(protocol)
    document, seen = _frozen(draft)
    problems = publishing.problems_of(draft)
    places = Places(protocol)
    last = publishing.last_release(protocol)
    proposal = publishing.open_proposal(protocol)
    return {
        "title": _("Check and publish"),
        "protocol": protocol,
        "problems": [(problem.words, place.words, _address(place)) for problem, place in _placed(problems, places)],
        "examples": list(_examples(protocol, problems)),
        "last": last,
        "changes": list(_changes(last, document, places)) if document else [],
        "parts": [seen_part(part, _address(places.find(part.path))) for part in outline(document)] if document else [],
        "seen": seen,
        "overdue": is_overdue(protocol),
        "unchanged": publishing.is_unchanged(last, seen),
        **_standing(request, protocol, proposal, seen),
    }


def _standing(request: HttpRequest, protocol: Protocol, proposal: Proposal | None, seen: str) -> dict[str, Any]:
    """Where the proposal stands, and what the reader may do about it."""
    may_decide = allowed(request, access.may_publish)
    own = proposal is not None and proposal.proposed_by_id == person_of(request).pk
    decided = protocol.proposals.exclude(decision=None).select_related("decision__decided_by").first()
    return {
        "proposal": proposal,
        "stale": proposal is not None and proposal.digest != seen,
        "own": own,
        "may_decide": may_decide and not own,
        "may_propose": allowed(request, access.may_edit_drafts),
        "sent_back": decided.decision if decided and decided.decision.kind == "sent-back" and not proposal else None,
    }


def is_overdue(protocol: Protocol) -> bool:
    """Whether a protocol should have been read again by today. Said wherever one looks at it; no job has to run."""
    return protocol.review_by is not None and protocol.review_by < localdate()


def _frozen(draft: dict[str, Any]) -> tuple[Document | None, str]:
    """The draft as it would be published, and its content digest; nothing, where it cannot even be frozen."""
    try:
        return parse(freeze(draft)).document, drafting.content_digest(draft)
    except Refusal:
        return None, ""


def _changes(last: Release | None, document: Document, places: Places) -> Iterator[dict[str, Any]]:
    if last is None:
        return
    for change in compare(parse(bytes(last.document)).document, document):
        yield seen_change(change, _address(places.find(change.part.path)) if change.kind != "removed" else "")


def _placed(problems: list[Problem], places: Places) -> Iterator[tuple[Problem, Place]]:
    return ((problem, places.find(problem.path)) for problem in problems)


def _address(place: Place) -> str:
    if place.within:
        return f"{page_of(place.row)}#id_{place.within[0]}-{place.within[1]}-order"
    return page_of(place.row) + (f"#id_{place.field}" if place.field else "")


def _examples(protocol: Protocol, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Each example and what came out otherwise; None where it could not be run."""
    runs = all(problem.path.startswith("examples[") for problem in problems)
    for index, example in enumerate(protocol.examples.all()):
        wrong = [problem.words for problem in problems if problem.path.startswith(f"examples[{index}]")]
        yield {"example": example, "address": page_of(example), "wrong": wrong if runs else None}
