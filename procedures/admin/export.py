"""Exports: asking for one, watching it, downloading it; and the list of who did."""

import uuid
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from procedures import access, records, tasks
from procedures.core.errors import PROBLEMS
from procedures.exports import jobs
from procedures.models import AccessRow, ExportJob, Person, Release, Ward
from procedures.records_query import Selection
from procedures.templatetags.named import named

from .readonly import ReadOnlyAdmin
from .who import person_of


class ExportForm(forms.Form):
    """What is to be in the file, and why."""

    content = forms.ChoiceField(
        label=gettext_lazy("What is in it"),
        choices=[
            ("pseudonymised", gettext_lazy("Pseudonymised: no names, no patient ids, no free text")),
            ("identified", gettext_lazy("Identified: names, patient ids and free text too")),
        ],
        initial="pseudonymised",
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"class": "plain-input"}),
        help_text=gettext_lazy(
            "Needed when identified. It is kept with the export and stands in the file. Name no patient."
        ),
    )

    def clean(self) -> dict[str, Any]:
        if self.identified and not self.cleaned_data.get("purpose"):
            self.add_error("purpose", ValidationError(_("Say what the names are needed for.")))
        return self.cleaned_data

    @property
    def identified(self) -> bool:
        return self.cleaned_data.get("content") == "identified"


class AuditorAdmin(ReadOnlyAdmin):
    """Pages that only auditors see."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The login page asks too, for nobody.
        return isinstance(request.user, Person) and access.may_export(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(ExportJob)
class ExportJobAdmin(AuditorAdmin):
    """Exports. The page of one shows how far it is, and gives its file."""

    list_display = ("asked_at", "asked_by", "content", "state", "progress", "size_words")
    list_filter = ("state", "identified")
    # Never the person as a link: it leads to a page that auditors may not open.
    fields = readonly_fields = (
        "who",
        "asked_at",
        "cases_words",
        "content",
        "purpose",
        "attempt",
        "finished_at",
        "size_words",
        "sha256",
    )
    change_form_template = "procedures/admin/export_job.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportJob]:
        return access.exports_for(person_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view  # which also forbids every cache to store the answer
        own = [
            path("<uuid:job>/progress/", guarded(self.progress_view), name="export_progress"),
            path("<uuid:job>/download/", guarded(require_POST(self.download)), name="export_download"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form, and the act: note the job, hand it to the worker, show its page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        selection = _selection(request)
        count = selection.of(records.current()).count()
        form = ExportForm(request.POST or None)
        if count and form.is_valid():
            job = jobs.ask(
                person_of(request), selection, identified=form.identified, purpose=form.cleaned_data["purpose"]
            )
            tasks.send_export(job.pk)
            return HttpResponseRedirect(reverse("admin:procedures_exportjob_change", args=[job.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export records"),
            "opts": self.opts,
            "form": form,
            "chosen": _words(selection),
            "count_words": ngettext("%(count)s case", "%(count)s cases", count) % {"count": count},
            "count": count,
        }
        return render(request, "procedures/admin/export_form.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        extra = {"progress_words": _progress_words(job), "has_file": bool(jobs.path_of(job))} if job else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def progress_view(self, request: HttpRequest, job: uuid.UUID) -> HttpResponse:
        """How far the worker is, for the page's script."""
        found = self._job(request, job)
        return JsonResponse(
            {
                "state": found.state,
                "done": found.done,
                "total": found.total,
                "words": _progress_words(found),
            }
        )

    def download(self, request: HttpRequest, job: uuid.UUID) -> FileResponse:
        """Give the file, and note to whom."""
        found = self._job(request, job)
        file = jobs.path_of(found)
        if file is None:
            raise Http404(_("The file is not there any more."))
        response = FileResponse(file.open("rb"), as_attachment=True, filename=found.download_name)
        jobs.note_download(found, person_of(request))
        return response

    def _job(self, request: HttpRequest, job: uuid.UUID) -> ExportJob:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=job)

    @admin.display(description=gettext_lazy("asked for by"))
    def who(self, job: ExportJob) -> str:
        return str(job.asked_by)

    @admin.display(description=gettext_lazy("cases"))
    def cases_words(self, job: ExportJob) -> str:
        return " · ".join(f"{name}: {value}" for name, value in _words(Selection.read(job.filter)))

    @admin.display(description=gettext_lazy("content"))
    def content(self, job: ExportJob) -> str:
        return _("identified") if job.identified else _("pseudonymised")

    @admin.display(description=gettext_lazy("cases done"))
    def progress(self, job: ExportJob) -> str:
        return f"{job.done} / {job.total}"

    @admin.display(description=gettext_lazy("size"))
    def size_words(self, job: ExportJob) -> str:
        return filesizeformat(job.size) if job.size is not None else "–"


# By what else a list of consents may be chosen, in the words of the API: only there it can be asked for.
_OF_CONSENTS: Final = ("list", "consent", "decision", "standing", "case")


@admin.register(AccessRow)
class AccessRowAdmin(AuditorAdmin):
    """Who looked at records, asked for exports and was given them."""

    list_display = ("at", "person", "token", "kind", "of", "job", "cases")
    list_filter = ("kind",)
    fields = readonly_fields = ("at", "who", "kind", "of", "cases")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRow]:
        return access.access_rows_for(person_of(request))

    @admin.display(description=gettext_lazy("person"))
    def who(self, row: AccessRow) -> str:
        return str(row.person)

    @admin.display(description=gettext_lazy("of which cases"))
    def of(self, row: AccessRow) -> str:
        """The case, perhaps which consent of it, or by what a list or a table of cases was chosen."""
        if row.case is not None or row.filter is None:
            consent = (row.filter or {}).get("consent")
            return f"{row.case or '–'}" + (f" · consent: {consent}" if consent else "")
        chosen: dict[str, str] = row.filter
        searched = [_("with a search")] if "search" in chosen else []
        consents = [f"{name}: {chosen[name]}" for name in _OF_CONSENTS if name in chosen]
        cases = [f"{name}: {value}" for name, value in _words(Selection.read(chosen))]
        return " · ".join([*consents, *cases, *searched])


def _selection(request: HttpRequest) -> Selection:
    try:
        return Selection.read(request.GET)
    except ValueError as error:
        raise BadRequest("no such filter") from error


def _words(selection: Selection) -> list[tuple[str, str]]:
    """A filter for people: what is chosen by, and what was chosen."""
    ward = Ward.objects.filter(pk=selection.ward).first() if selection.ward else None
    release = Release.objects.defer("document").filter(pk=selection.release).first() if selection.release else None
    chosen = [
        (_("ward"), str(ward or selection.ward or "")),
        (_("protocol"), selection.protocol),
        (_("release"), str(release or selection.release or "")),
        (_("status"), named(selection.status or "")),
        (_("outcome"), named(selection.outcome or "")),
        (_("planned from"), _day(selection.first_day)),
        (_("planned until"), _day(selection.last_day)),
        (_("closed from"), _day(selection.closed_first_day)),
        (_("closed until"), _day(selection.closed_last_day)),
        (_("holds overridden"), {True: _("yes"), False: _("no"), None: ""}[selection.overridden]),
        (_("marks"), ", ".join(named(flag) for flag in sorted(selection.flags))),
    ]
    return [(capfirst(name), value) for name, value in chosen if value] or [(capfirst(_("cases")), _("all"))]


def _day(day: date | None) -> str:
    return date_format(day) if day else ""


def _progress_words(job: ExportJob) -> str:
    """How far a job is, or what came of it."""
    if job.state == ExportJob.State.FAILED:
        return _(PROBLEMS[job.failure].words)
    if job.state == ExportJob.State.WAITING:
        return _("Waiting for the worker to try again.") if job.attempt else _("Waiting for the worker.")
    counts = {"done": job.done, "total": job.total}
    words = ngettext("%(done)s of %(total)s case", "%(done)s of %(total)s cases", job.total) % counts
    if job.state == ExportJob.State.RUNNING and job.done == job.total:
        return _("%(cases)s; the wards' logs are being added.") % {"cases": words}
    return words
