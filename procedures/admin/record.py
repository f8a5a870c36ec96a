from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from procedures import access
from procedures.models import Record
from procedures.records_query import planned_between
from procedures.sheet import sheet_of

from .readonly import ReadOnlyAdmin
from .who import person_of

# Filters in the list's address -> those of an export.
_EXPORT_BY = {
    "ward__id__exact": "ward",
    "protocol": "protocol",
    "status": "status",
    "planned_from": "from",
    "planned_to": "to",
}


class PlannedFilter(admin.ListFilter):
    """Cases planned to start between two days, typed in."""

    title = _("planned start")
    template = "procedures/admin/planned_filter.html"
    _names = ("planned_from", "planned_to")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self._names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self._names)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """One: the days as they were typed, and the rest of the address to keep."""
        kept = {name: value for name, value in changelist.params.items() if name not in self._names}
        days = [self.used_parameters.get(name, "") for name in self._names]
        yield {"first": days[0], "last": days[1], "kept": kept.items()}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        return planned_between(queryset, *(self._day(name) for name in self._names))

    def _day(self, name: str) -> date | None:
        try:
            text = str(self.used_parameters.get(name) or "")
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise IncorrectLookupParameters from error


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    """Cases as their entries tell them."""

    list_display = ("identifier", "name", "ward", "protocol", "status", "entry_count", "case")
    list_filter = ("ward", "protocol", "status", PlannedFilter)
    search_fields = ("identifier", "name")
    change_list_template = "procedures/admin/record_list.html"
    change_form_template = "procedures/admin/record.html"
    fields = ("case",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return access.records_for(person_of(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; for auditors with a way to an export of what it shows."""
        extra = {"export_url": _export_url(request)} if access.may_export(person_of(request)) else {}
        return super().changelist_view(request, extra | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One case, and a note of who looked at it."""
        record = self.get_object(request, unquote(object_id))
        shown: dict[str, Any] = {}
        # What is not shown, as to a form that is posted and refused, nobody has looked at.
        if request.method == "GET" and record is not None and self.has_view_permission(request, record):
            access.note_viewed(record, person_of(request))
            shown = {"sheet": sheet_of(record.case, get_language() or "en")}
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))


def _export_url(request: HttpRequest) -> str:
    chosen = {by: request.GET[name] for name, by in _EXPORT_BY.items() if name in request.GET}
    return f"{reverse('admin:procedures_exportjob_add')}?{urlencode(chosen)}"
