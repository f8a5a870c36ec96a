from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from procedures import access
from procedures.models import Record, Release

from .readonly import ReadOnlyAdmin
from .who import person_of


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    """Cases as their entries tell them."""

    list_display = ("identifier", "name", "ward", "protocol", "status", "entry_count", "case")
    list_filter = ("ward", "protocol", "status")
    search_fields = ("identifier", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return access.records_for(person_of(request))


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("protocol", "number", "published_at", "digest")
    list_filter = ("protocol",)
    exclude = ("document",)
