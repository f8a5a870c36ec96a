"""Cases: a list of them by what is known of each, and one as the sheet of its record has it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access
from procedures.models import Record, Scope
from procedures.sheet import sheet_of

from .casesheet import CaseShape
from .pages import Order
from .shapes import CaseFilter, Instant, PageQuery, selection_of
from .views import ListView, ReadView, found

ORDERS = {
    "-start": Order("case", "start_ms", descending=True),
    "start": Order("case", "start_ms"),
    "-closed": Order("case", "closed_ms", descending=True),
    "closed": Order("case", "closed_ms"),
    "case": Order("case"),
}


class CasesQuery(CaseFilter, PageQuery):
    """Cases without a planned start, or a closing, come last where they are ordered by it."""

    ordering = serializers.ChoiceField(list(ORDERS), required=False, default="-start")


class CaseInList(serializers.Serializer[Record]):
    """`identifier` and `name` are null without the scope `cases:identity`."""

    case = serializers.UUIDField()
    ward = serializers.UUIDField(source="ward_id")
    ward_name = serializers.CharField(source="ward.name")
    protocol = serializers.CharField(help_text="Empty where the case's opening is not here.")
    release = serializers.CharField()
    status = serializers.CharField()
    outcome = serializers.CharField(help_text="Empty where it is not closed.")
    start = Instant(source="start_ms", allow_null=True)
    closed = Instant(source="closed_ms", allow_null=True)
    overridden = serializers.BooleanField()
    flags = serializers.ListField(child=serializers.CharField(), source="flag_codes")
    entries = serializers.IntegerField(source="entry_count")
    identifier = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()

    def get_identifier(self, record: Record) -> str | None:
        return record.identifier if self.context["identified"] else None

    def get_name(self, record: Record) -> str | None:
        return record.name if self.context["identified"] else None


class Cases(ListView):
    """Cases by ward, protocol, day and what became of them. Who is shown a page is noted."""

    scope = Scope.CASES_READ
    query = CasesQuery
    serializer_class = CaseInList

    @property
    def order(self) -> Order:  # type: ignore[override]
        return ORDERS[self.asked["ordering"]]

    def get_queryset(self) -> QuerySet[Record]:
        return selection_of(self.asked).of(access.records_for(self.token.person)).select_related("ward")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset) or []
        chosen = selection_of(self.asked).as_json()
        access.note_listed(self.token.person, chosen, len(page), token=self.token)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "identified": access.may_identify(self.token)}


class OneCase(ReadView):
    """One case: what was asked, answered, held, signed and consented to, by whom, when and by which clock.

    Without the scope `cases:identity` it says neither who the patient is nor what was typed or drawn. Words are in the
    language of `Accept-Language` (en, nb). Who is shown a case is noted.
    """

    scope = Scope.CASES_READ
    serializer_class = CaseShape
    refusals = ("case-unknown",)

    @extend_schema(responses=CaseShape)
    def get(self, request: Request, case: uuid.UUID) -> Response:
        rows = access.records_for(self.token.person).select_related("ward")
        record = found(rows.filter(case=case).first(), "case-unknown")
        access.note_viewed(record, self.token.person, token=self.token)
        sheet = sheet_of(record.case, get_language() or "en", identified=access.may_identify(self.token))
        return Response(CaseShape({"record": record, "sheet": sheet}).data)
