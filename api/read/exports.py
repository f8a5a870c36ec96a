"""Exports: asked for, watched, downloaded; by the same way as in the admin."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.views import OF_BODIES, decoded
from procedures import access, records, tasks
from procedures.core.errors import Refusal
from procedures.exports import jobs
from procedures.models import ExportJob, Scope

from .pages import Order
from .shapes import CaseFilter, Instant, selection_of
from .views import ListView, ReadView, found


class ExportRequest(serializers.Serializer[Any]):
    """Which cases, and what of them. Identity and free text need a purpose, and the scope `cases:identity`."""

    cases = CaseFilter(required=False)
    identified = serializers.BooleanField(default=False)
    purpose = serializers.CharField(
        max_length=500,
        required=False,
        default="",
        allow_blank=True,
        help_text="Kept with the export, and in its file. Name no patient.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """Of an unknown key one does not know what it was to choose by."""
        unknown = _unknown(data, self) | _unknown(data.get("cases") if isinstance(data, dict) else None, CaseFilter())
        if unknown:
            raise Refusal("parameter-unknown", min(unknown)[:40])
        return super().to_internal_value(data)


class ExportShape(serializers.Serializer[ExportJob]):
    """`total` and `done` count cases. `state`: waiting, running, finished, failed; `failure` is then a code."""

    id = serializers.UUIDField()
    asked_by = serializers.CharField(source="asked_by.printed_name")
    asked_at = Instant()
    cases = serializers.DictField(source="filter", child=serializers.CharField(allow_null=True))
    identified = serializers.BooleanField()
    purpose = serializers.CharField()
    state = serializers.CharField()
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    attempt = serializers.IntegerField()
    failure = serializers.CharField()
    finished_at = Instant(allow_null=True)
    size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    has_file = serializers.SerializerMethodField()

    def get_has_file(self, job: ExportJob) -> bool:
        return jobs.path_of(job) is not None


class Exports(ListView):
    """All exports, the newest first. POST asks for one; the worker builds it."""

    http_method_names = ["get", "head", "post"]
    serializer_class = ExportShape
    order = Order("id", "asked_at", descending=True)

    def refusals_of(self, method: str) -> tuple[str, ...]:
        return (*OF_BODIES, "purpose-missing", "export-empty") if method == "POST" else ()

    def scope_of(self, request: Request) -> Scope:
        return Scope.EXPORTS_WRITE if request.method == "POST" else Scope.EXPORTS_READ

    def get_queryset(self) -> QuerySet[ExportJob]:
        return access.exports_for(self.token.person)

    @extend_schema(
        request=ExportRequest,
        responses={
            201: OpenApiResponse(ExportShape, "Waits for the worker. `Location` is where to ask how far it is.")
        },
    )
    def post(self, request: Request) -> Response:
        wanted = _wanted(request)
        if wanted["identified"] and not access.may_identify(self.token):
            raise Refusal("scope-missing", Scope.CASES_IDENTITY)
        if wanted["identified"] and not wanted["purpose"]:
            raise Refusal("purpose-missing")
        selection = selection_of(wanted.get("cases", {}))
        if not selection.of(records.current()).exists():
            raise Refusal("export-empty")
        job = jobs.ask(
            self.token.person,
            selection,
            identified=wanted["identified"],
            purpose=wanted["purpose"],
            token=self.token,
        )
        tasks.send_export(job.pk)
        where = request.build_absolute_uri(f"{request.path}/{job.pk}")
        return Response(ExportShape(job).data, 201, headers={"Location": where, "Cache-Control": "no-store"})


class OneExport(ReadView):
    """How far an export is, or what came of it."""

    scope = Scope.EXPORTS_READ
    serializer_class = ExportShape
    refusals = ("export-unknown",)

    def get(self, request: Request, export: uuid.UUID) -> Response:
        return Response(ExportShape(_job(self, export)).data)


class ExportFile(ReadView):
    """The file, a zip that proves itself (`verify_export.py`). Who is given one is noted."""

    scope = Scope.EXPORTS_READ
    serializer_class = serializers.Serializer
    refusals = ("export-unknown", "export-unfinished", "export-gone")

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export: uuid.UUID) -> HttpResponseBase:
        job = _job(self, export)
        if job.identified and not access.may_identify(self.token):
            raise Refusal("scope-missing", Scope.CASES_IDENTITY)
        if job.is_under_way:
            raise Refusal("export-unfinished")
        path = jobs.path_of(job)
        if path is None:
            raise Refusal("export-gone")
        etag = f'"{job.sha256}"'
        if (has_it := get_conditional_response(request._request, etag=etag)) is not None:
            return has_it
        response = FileResponse(path.open("rb"), as_attachment=True, filename=job.download_name)
        response["ETag"], response["Cache-Control"] = etag, self.cache_control
        jobs.note_download(job, self.token.person, token=self.token)
        return response


def _job(view: ReadView, export: uuid.UUID) -> ExportJob:
    job: ExportJob = found(access.exports_for(view.token.person).filter(pk=export).first(), "export-unknown")
    return job


def _wanted(request: Request) -> dict[str, Any]:
    """Raises Refusal: "too-large", "json-broken", "shape-wrong", "parameter-unknown"."""
    form = ExportRequest(data=decoded(request, dict[str, Any]))
    if not form.is_valid():
        raise Refusal("shape-wrong", ", ".join(sorted(form.errors)))
    return dict(form.validated_data)


def _unknown(data: Any, shape: serializers.Serializer[Any]) -> set[str]:
    return set(data) - set(shape.fields) if isinstance(data, dict) else set()
