import uuid
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from procedures import access, enrolment
from procedures.models import Device, Enrolment, Ward

from . import matrix
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
    fields = readonly_fields = ("person", "issued_at", "standing")
    extra = 0
    can_delete = False

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, row: Enrolment) -> str:
        """How it ended, or the way to end it."""
        if row.ended_at:
            return f"{row.get_ended_as_display()} ({date_format(localtime(row.ended_at), 'SHORT_DATETIME_FORMAT')})"
        address = reverse("admin:enrolment_end", args=[row.device_id, row.pk])
        return format_html('<a href="{}" data-testid="end-{}">{}</a>', address, row.pk, _("End…"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EndForm(forms.Form):
    ending = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=Enrolment.Ending.choices, widget=forms.RadioSelect(), required=True
    )


@admin.register(Device)
class DeviceAdmin(ModelAdmin[Device]):
    """Tablets: their wards, a one-time code to register each, and taking one out of use."""

    list_display = ("name", "registered_at", "last_seen_at", "revoked_at")
    list_filter = ("wards",)
    search_fields = ("name",)
    readonly_fields = ("registered_at", "last_seen_at", "revoked_at")
    inlines = (EnrolmentInline,)
    change_form_template = "procedures/admin/device.html"
    change_list_template = "procedures/admin/device_list.html"

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
            path("people/", self.admin_site.admin_view(self.people), name="tablet_people"),
            path("<uuid:device>/code/", self.admin_site.admin_view(require_POST(self.give_code)), name="tablet_code"),
            path("<uuid:device>/end/<uuid:writer>/", self.admin_site.admin_view(self.end), name="enrolment_end"),
            path("<uuid:device>/revoke/", self.admin_site.admin_view(require_POST(self.revoke)), name="tablet_revoke"),
        ]
        return own + super().get_urls()

    def people(self, request: HttpRequest) -> HttpResponse:
        """Everybody on every tablet, at one look."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return matrix.page(request)

    def give_code(self, request: HttpRequest, device: uuid.UUID) -> HttpResponse:
        """Show a new code. It stands on this page only: its digest is all that is kept."""
        tablet = self._changeable(request, device)
        code = enrolment.make_code(tablet, by=person_of(request))
        # Behind "#" it reaches the tablet and no server's log.
        address = _tablets_address(request, f"/tablet/#/register/{code}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Code for %(tablet)s") % {"tablet": tablet},
            "tablet": tablet,
            "code": code,
            "picture": segno.make(address, error="m").svg_data_uri(scale=6, border=3, light="#fff"),
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

    def end(self, request: HttpRequest, device: uuid.UUID, writer: uuid.UUID) -> HttpResponse:
        """Ask why somebody writes on a tablet no more, and end it."""
        tablet = self._changeable(request, device)
        row = get_object_or_404(tablet.enrolments.exclude(person=None), pk=writer)
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            ending = Enrolment.Ending(form.cleaned_data["ending"])
            if enrolment.end(row, ending):
                self.log_change(request, tablet, f"{row.pk} ended: {ending}")
            messages.success(request, _("%(person)s writes on this tablet no more.") % {"person": row.person})
            return HttpResponseRedirect(reverse("admin:procedures_device_change", args=[tablet.pk]))
        title = _("End the enrolment of %(person)s") % {"person": row.person}
        context = {**self.admin_site.each_context(request), "title": title, "tablet": tablet, "form": form}
        return render(request, "procedures/admin/end_enrolment.html", context)

    def _changeable(self, request: HttpRequest, device: uuid.UUID) -> Device:
        tablet = get_object_or_404(self.get_queryset(request), pk=device)
        if not self.has_change_permission(request, tablet):
            raise PermissionDenied
        return tablet


def _tablets_address(request: HttpRequest, path: str) -> str:
    """A whole address at the host that tablets use, which need not be the admin's."""
    told: str = settings.BEDSIDE_TABLET_ADDRESS
    return f"{told}{path}" if told else request.build_absolute_uri(path)
