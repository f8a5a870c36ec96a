"""Releases: what each says, how it came to be, and taking one back."""

import json
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures import access, publishing
from procedures.comparing import compare
from procedures.core.errors import Refusal
from procedures.core.release import parse
from procedures.models import Release
from procedures.outline import outline

from .publish import RecallForm
from .reading import seen_change, seen_part
from .readonly import ReadOnlyAdmin
from .who import allowed, person_of


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """A release with who proposed and who approved it, when and why, and all that it says."""

    list_display = ("__str__", "status", "effective_from", "published_at", "publisher", "reason")
    list_filter = ("protocol",)
    fields = ("digest",)
    change_form_template = "procedures/admin/release.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return access.published_for(person_of(request))

    @admin.display(description=gettext_lazy("status"))
    def status(self, release: Release) -> str:
        found = publishing.statuses()[release.digest]
        waits = found == "active" and release.effective_from_ms > datetime.now(UTC).timestamp() * 1000
        words = {"active": _("active"), "retired": _("retired"), "recalled": _("recalled")}
        return _("waits for its time") if waits else words[found]

    @admin.display(description=gettext_lazy("in effect from"))
    def effective_from(self, release: Release) -> str:
        moment = datetime.fromtimestamp(release.effective_from_ms / 1000, UTC)
        return date_format(localtime(moment), "DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("approved by"))
    def publisher(self, release: Release) -> str:
        """By name, without the link that Django would make: who reads releases may not read about people."""
        return str(release.published_by or "")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        release = self.get_object(request, unquote(object_id))
        form = RecallForm(request.POST if request.method == "POST" else None)
        if release and request.method == "POST" and form.is_valid() and self._recall(request, release, form):
            return HttpResponseRedirect(request.path)
        if release and request.method == "POST":
            request.method = "GET"  # shown again, with what is wrong beside the field
        shown = self._found(request, release) if release else {}
        return super().change_view(request, object_id, form_url, shown | {"recall": form} | (extra_context or {}))

    def _recall(self, request: HttpRequest, release: Release, form: RecallForm) -> bool:
        try:
            publishing.recall(release, by=person_of(request), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            messages.error(request, _(refusal.words))
            return False
        messages.success(request, _("Release %(number)d is recalled.") % {"number": release.number})
        return True

    def _found(self, request: HttpRequest, release: Release) -> dict[str, Any]:
        document = parse(bytes(release.document)).document
        before = Release.objects.filter(protocol=release.protocol_id, number__lt=release.number).first()
        old = parse(bytes(before.document)).document if before else None
        return {
            "facts": self._facts(release),
            "before": before,
            "changes": [seen_change(change) for change in compare(old, document)] if old else [],
            "parts": [seen_part(part) for part in outline(document)],
            "document": json.dumps(json.loads(bytes(release.document)), ensure_ascii=False, indent=2),
            "may_recall": allowed(request, access.may_publish) and not hasattr(release, "recall"),
        }

    def _facts(self, release: Release) -> list[tuple[str, str]]:
        proposal = release.proposal
        facts = [
            (_("status"), self.status(release)),
            (_("in effect from"), self.effective_from(release)),
            (_("reason"), release.reason),
            (_("proposed by"), f"{proposal.proposed_by}, {_moment(proposal.proposed_at)}" if proposal else ""),
            (_("approved by"), f"{self.publisher(release)}, {_moment(release.published_at)}"),
            (_("digest"), release.digest),
        ]
        return [(capfirst(name), value) for name, value in facts if value]


def _moment(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
