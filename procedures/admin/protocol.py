"""Protocols: the draft, the page on which it is checked and published, and the releases made of it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procedures import access, publishing
from procedures.models import About, ConsentForm, Example, Phase, Protocol, Table

from .draft import DraftPage, LinkedParts, Pieces
from .preview import preview
from .publish import check_and_publish, is_overdue
from .who import allowed, person_of


class PhaseInline(LinkedParts):
    model = Phase
    fields = ("page", "order", "key", "title")


class AboutInline(Pieces):
    model = About
    fields = ("order", "heading", "html", "source")
    classes = ("collapse",)


class TableInline(LinkedParts):
    model = Table
    fields = ("page", "key")


class ConsentInline(LinkedParts):
    model = ConsentForm
    fields = ("page", "order", "key", "title")


class ExampleInline(LinkedParts):
    model = Example
    fields = ("page", "order", "name")


@admin.register(Protocol)
class ProtocolAdmin(DraftPage):
    list_display = ("__str__", "key", "last_release", "review", "proposed")
    change_form_template = "procedures/admin/protocol.html"
    fields = ("key", "title", "languages", "review_by")
    inlines = (PhaseInline, ConsentInline, TableInline, ExampleInline, AboutInline)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allowed(request, access.may_read_drafts)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Protocol]:
        return access.protocols_for(person_of(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["key"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    @admin.display(description=_("last release"))
    def last_release(self, protocol: Protocol) -> int | None:
        numbers: dict[str, int | None] = protocol.releases.aggregate(last=Max("number"))
        return numbers["last"]

    @admin.display(description=_("review by"), ordering="review_by")
    def review(self, protocol: Protocol) -> str:
        day = date_format(protocol.review_by) if protocol.review_by else ""
        return gettext("%(day)s: overdue") % {"day": day} if is_overdue(protocol) else day

    @admin.display(description=_("proposed"))
    def proposed(self, protocol: Protocol) -> str:
        """Who waits for another person's decision, with the way there."""
        waiting = publishing.open_proposal(protocol)
        if waiting is None:
            return ""
        address = reverse("admin:protocol_check", args=[protocol.key])
        return format_html('<a href="{}">{}</a>', address, gettext("by %(who)s") % {"who": waiting.proposed_by})

    def get_urls(self) -> list[URLPattern]:
        check = path("<str:key>/check/", self.admin_site.admin_view(self.check_page), name="protocol_check")
        look = path("<str:key>/preview/", self.admin_site.admin_view(self.preview_page), name="protocol_preview")
        return [check, look, *super().get_urls()]

    def check_page(self, request: HttpRequest, key: str) -> HttpResponse:
        return check_and_publish(request, self._readable(request, key), self.admin_site.each_context(request))

    def preview_page(self, request: HttpRequest, key: str) -> HttpResponse:
        return preview(request, self._readable(request, key))

    def _readable(self, request: HttpRequest, key: str) -> Protocol:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), key=key)
