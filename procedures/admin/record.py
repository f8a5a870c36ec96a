import uuid
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from procedures import access, blobs, keys
from procedures.clock import moment, now_ms
from procedures.consentsheet import consent_sheet
from procedures.exports import table
from procedures.models import Record
from procedures.paper.blocks import Sheet, pictures_in
from procedures.paper.typeset import pdf_of
from procedures.sheet import sheet_of
from procedures.templatetags.named import named

from .chosen import Chosen, ChosenForm, shortcuts, yesterday
from .photograph import photograph
from .readonly import ReadOnlyAdmin
from .who import person_of


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    """Cases as their entries tell them. Who is shown a list or a case is noted first."""

    list_display = ("identifier_or_case", "name", "ward", "start", "status_words", "closed", "marks", "entry_count")
    list_filter = (Chosen,)
    list_select_related = ("ward",)
    search_fields = ("identifier", "name")
    change_list_template = "procedures/admin/record_list.html"
    change_form_template = "procedures/admin/record.html"
    fields = ("case",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return access.records_for(person_of(request))

    def get_urls(self) -> list[URLPattern]:
        view, of_consent = self.admin_site.admin_view, "<uuid:case>/consent/<str:consent>/"
        own = [
            path("table/", view(self.table_view), name="procedures_record_table"),
            path(of_consent, view(self.consent_view), name="procedures_record_consent"),
            path(f"{of_consent}pdf/", view(self.consent_pdf_view), name="procedures_record_consent_pdf"),
            path("<uuid:case>/photographs/<str:digest>/", view(photograph), name="procedures_record_photograph"),
        ]
        return [*own, *super().get_urls()]

    def table_view(self, request: HttpRequest) -> HttpResponseBase:
        """The list that this address shows, whole and as a table: for a spreadsheet, without identity or proof."""
        person = person_of(request)
        if not access.may_export(person):
            raise PermissionDenied
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        form = ChosenForm(request.GET)
        if not set(request.GET) <= set(form.fields) or not form.is_valid():
            return HttpResponseRedirect(f"{reverse('admin:procedures_record_changelist')}?{request.GET.urlencode()}")
        chosen = form.selection()
        records = chosen.of(access.records_for(person))
        access.note_table(person, chosen.as_json(), records.count())
        name = f"bedside-{timezone.localdate().isoformat()}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(table.parts_of(records), content_type="text/csv; charset=utf-8", headers=headers)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; for auditors with a way to an export of what it shows."""
        if request.method == "POST" and self.has_view_permission(request):
            return _searched(request)
        if not request.GET:
            request.GET = QueryDict(urlencode(yesterday()))
        extra = {"shortcuts": shortcuts(request.GET)} | (extra_context or {})
        response: HttpResponse = super().changelist_view(request, extra)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            self._complete(request, response.context_data)
        return response

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Beside what the form knows a list can be of one case; by nothing else, which no note would tell of."""
        return lookup == "case" or lookup in ChosenForm.base_fields

    def _complete(self, request: HttpRequest, page: dict[str, Any]) -> None:
        """Add to a list's page what it is a list of; note who is shown it."""
        shown = page["cl"]
        form = next(each.form for each in shown.filter_specs if isinstance(each, Chosen))
        shown.has_filters = False  # no column beside the list: the form stands above it
        page |= {"chosen": form, "searched": _words_in(shown.query)}
        if not form.is_valid():
            return
        chosen, person = form.selection().as_json(), person_of(request)
        if access.may_export(person):
            page["export_url"] = f"{reverse('admin:procedures_exportjob_add')}?{urlencode(chosen)}"
            page["table_url"] = f"{reverse('admin:procedures_record_table')}?{urlencode(form.given())}"
        one = {"case": request.GET["case"]} if "case" in request.GET else {}
        searched = {"search": "true"} if shown.query else {}
        access.note_listed(person, chosen | one | searched, len(shown.result_list))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Record], search_term: str) -> Any:
        words = _words_in(search_term)
        return super().get_search_results(request, queryset if words is not None else queryset.none(), words or "")

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

    def consent_view(self, request: HttpRequest, case: uuid.UUID, consent: str) -> HttpResponse:
        """One consent of a case, and a note of who looked at it."""
        record, sheet = self._consent(request, case, consent)
        person = person_of(request)
        access.note_viewed(record, person, consent=consent)
        shown = {"sheet": sheet, "title": sheet.title, "record": record, "consent": consent}
        context = self.admin_site.each_context(request) | shown | {"may_print": access.may_export(person)}
        return TemplateResponse(request, "procedures/admin/consent.html", context)

    def consent_pdf_view(self, request: HttpRequest, case: uuid.UUID, consent: str) -> HttpResponse:
        """The same as PDF/A, for whoever may take records out, and a note of who did."""
        person = person_of(request)
        if not access.may_export(person):
            raise PermissionDenied
        record, sheet = self._consent(request, case, consent)
        pdf = pdf_of(sheet, _pictures(record, sheet), made=timezone.localtime())
        access.note_printed(record, person, consent)
        name = f"bedside-consent-{case}-{consent}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    def _consent(self, request: HttpRequest, case: uuid.UUID, consent: str) -> tuple[Record, Sheet]:
        person = person_of(request)
        if not access.may_see_records(person):
            raise PermissionDenied
        record = get_object_or_404(access.records_for(person).select_related("ward"), pk=case)
        language = get_language() or "en"
        now = timezone.localtime(moment(now_ms()))
        sheet = consent_sheet(record, consent, language, now=now, reader=person.printed_name)
        if sheet is None:
            raise Http404
        return record, sheet

    @admin.display(description=_("patient id"), ordering="identifier")
    def identifier_or_case(self, record: Record) -> str:
        return record.identifier or str(record.case)

    @admin.display(description=_("planned start"), ordering="start_ms")
    def start(self, record: Record) -> str:
        return _moment(record.start_ms)

    @admin.display(description=_("status"), ordering="status")
    def status_words(self, record: Record) -> str:
        return capfirst(named(record.status))

    @admin.display(description=_("closed"), ordering="closed_ms")
    def closed(self, record: Record) -> str:
        return _moment(record.closed_ms)

    @admin.display(description=_("marks"))
    def marks(self, record: Record) -> str:
        """What is worth a second look."""
        marked = [named("overridden")] if record.overridden else []
        return ", ".join(marked + [named(code) for code in record.flag_codes]) or "–"


def _pictures(record: Record, sheet: Sheet) -> dict[str, bytes]:
    """Those of the photographs on a sheet that are here, by digest."""
    named_there = (picture for section in sheet.sections for picture in pictures_in(section.blocks))
    found = {each.digest: blobs.photograph(record.case, each.digest) for each in named_there}
    return {digest: data for digest, data in found.items() if data is not None}


def _searched(request: HttpRequest) -> HttpResponse:
    """To the list that a search asks for. Its words are sealed in the address: a patient's name stands in no log."""
    words = request.POST.get("words", "").strip()
    kept = {name: str(value) for name, value in request.GET.items() if name not in (SEARCH_VAR, "p")}
    if words:
        kept[SEARCH_VAR] = keys.for_addresses().encrypt(words.encode()).decode()
    return HttpResponseRedirect(f"?{urlencode(kept)}")


def _words_in(query: str) -> str | None:
    """What was searched for; None where the address is not one that `_searched` made."""
    try:
        return keys.for_addresses().decrypt(query).decode() if query else ""
    except InvalidToken:
        return None


def _moment(at_ms: int | None) -> str:
    if at_ms is None:
        return "–"
    return date_format(timezone.localtime(moment(at_ms)), "SHORT_DATETIME_FORMAT")
