import csv
import io
from collections.abc import Iterator

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from rest_framework import generics, pagination, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .models import Answer, Sheet


class AnswerIn(serializers.Serializer[Answer]):
    """One answer of the request. The uniqueness is left to the database, so that no query is made for each."""

    enrolment = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1)
    digest = serializers.CharField(max_length=64)
    sealed = serializers.CharField()


class AnswerOut(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ("id", "enrolment", "seq", "digest", "sealed")


class Pages(pagination.PageNumberPagination):
    page_size = 2000


class Answers(generics.ListAPIView[Answer]):
    """GET them, page by page. POST a batch: validated, stored in one transaction with one statement, counted back."""

    queryset = Answer._default_manager.order_by("id")
    serializer_class = AnswerOut
    pagination_class = Pages

    def post(self, request: Request) -> Response:
        batch: dict[str, object] = dict(request.data)
        answers = AnswerIn(data=batch["entries"], many=True)
        answers.is_valid(raise_exception=True)
        with transaction.atomic():
            stored = Answer._default_manager.bulk_create(Answer(**answer) for answer in answers.validated_data)
        return Response({"stored": len(stored)})


class SheetOut(serializers.ModelSerializer[Sheet]):
    class Meta:
        model = Sheet
        fields = ("case", "ward", "protocol", "release", "status", "start", "answers")


def sheets(request: HttpRequest) -> StreamingHttpResponse:
    """All checklists as CSV, row by row through a serializer."""
    return StreamingHttpResponse(_lines(), content_type="text/csv")


def _lines() -> Iterator[str]:
    rows = Sheet._default_manager.order_by("case").iterator(chunk_size=500)
    for number, row in enumerate(rows):
        flat = dict(SheetOut(row).data)
        flat |= flat.pop("answers")
        out = io.StringIO()
        writer = csv.DictWriter(out, sorted(flat))
        if not number:
            writer.writeheader()
        writer.writerow(flat)
        yield out.getvalue()
