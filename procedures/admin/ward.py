import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from procedures import access, enrolment
from procedures.models import Device, Enrolment, Ward

from .look import Boxes, ModelAdmin, TabularInline, alone
from .who import person_of


@admin.register(Ward)
class WardAdmin(ModelAdmin[Ward]):
    list_display = ("name", "id")
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EnrolmentInline(TabularInline[Enrolment, Device]):
    """Who is enrolled on the tablet."""

    model = Enrolment
    fields = readonly_fields = ("person", "issued_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Device)
class DeviceAdmin(ModelAdmin[Device]):
    """Tablets: their wards, a one-time code to register each, and taking one out of use."""

    list_display = ("name", "registered_at", "last_seen_at", "revoked_at")
    list_filter = ("wards",)
    search_fields = ("name",)
    readonly_fields = ("registered_at", "last_seen_at", "revoked_at")
    inlines = (EnrolmentInline,)
    change_form_template = "procedures/admin/device.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        return access.devices_for(person_of(request))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options |= {"queryset": access.wards_for(person_of(request)), "widget": Boxes, "help_text": ""}
        return super().formfield_for_manytomany(db_field, request, **options)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return alone(super().formfield_for_dbfield(db_field, request, **options))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<uuid:device>/code/", self.admin_site.admin_view(require_POST(self.give_code)), name="tablet_code"),
            path("<uuid:device>/revoke/", self.admin_site.admin_view(require_POST(self.revoke)), name="tablet_revoke"),
        ]
        return own + super().get_urls()

    def give_code(self, request: HttpRequest, device: uuid.UUID) -> HttpResponse:
        """Show a new code. It stands on this page only: its digest is all that is kept."""
        tablet = self._changeable(request, device)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Code for %(tablet)s") % {"tablet": tablet},
            "tablet": tablet,
            "code": enrolment.make_code(tablet, by=person_of(request)),
            "minutes": enrolment.CODE_VALID_MINUTES,
        }
        response = render(request, "procedures/admin/code.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def revoke(self, request: HttpRequest, device: uuid.UUID) -> HttpResponse:
        """Take a tablet out of use. What was written on it is still taken in."""
        tablet = self._changeable(request, device)
        if tablet.revoked_at is None:
            tablet.revoked_at = timezone.now()
            tablet.save(update_fields=["revoked_at"])
            self.log_change(request, tablet, "taken out of use")
        messages.success(request, _("%(tablet)s is out of use.") % {"tablet": tablet})
        return HttpResponseRedirect(reverse("admin:procedures_device_change", args=[tablet.pk]))

    def _changeable(self, request: HttpRequest, device: uuid.UUID) -> Device:
        tablet = get_object_or_404(self.get_queryset(request), pk=device)
        if not self.has_change_permission(request, tablet):
            raise PermissionDenied
        return tablet
