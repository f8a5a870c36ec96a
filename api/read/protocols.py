"""Protocols and their releases."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access, publishing
from procedures.models import Protocol, Release, Scope

from .pages import Order
from .shapes import Instant
from .views import ListView, ReadView, found

_ASK_AGAIN = "private, no-cache"


class ProtocolShape(serializers.Serializer[Protocol]):
    """A protocol by what its draft says of itself. `in_force`: the digest of the release that new cases begin on."""

    key = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    languages = serializers.ListField(child=serializers.CharField())
    review_by = serializers.DateField(allow_null=True)
    in_force = serializers.SerializerMethodField()

    def get_in_force(self, protocol: Protocol) -> str | None:
        known: dict[str, str] = self.context["in_force"]
        return known.get(protocol.key)


class ReleaseShape(serializers.Serializer[Release]):
    """A release without its document. `status` (active, retired, recalled) changes with time, nothing else does."""

    digest = serializers.CharField()
    protocol = serializers.CharField(source="protocol_id")
    number = serializers.IntegerField()
    status = serializers.SerializerMethodField()
    effective_from = Instant(source="effective_from_ms")
    published_at = Instant()
    published_by = serializers.CharField(source="published_by.printed_name", allow_null=True, default=None)
    reason = serializers.CharField()
    recalled_at = Instant(source="recall.recalled_at", allow_null=True, default=None)
    recall_reason = serializers.CharField(source="recall.reason", allow_null=True, default=None)

    def get_status(self, release: Release) -> str:
        known: dict[str, str] = self.context["statuses"]
        return known[release.digest]


class Protocols(ListView):
    """All protocols, by key."""

    scope = Scope.PROTOCOLS_READ
    cache_control = _ASK_AGAIN
    serializer_class = ProtocolShape
    order = Order("key")

    def get_queryset(self) -> QuerySet[Protocol]:
        return access.protocols_for(self.token.person)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "in_force": publishing.in_force()}


class OneProtocol(ReadView):
    """One protocol."""

    scope = Scope.PROTOCOLS_READ
    cache_control = _ASK_AGAIN
    serializer_class = ProtocolShape
    refusals = ("protocol-unknown",)

    def get(self, request: Request, protocol: str) -> Response:
        row = found(access.protocols_for(self.token.person).filter(key=protocol).first(), "protocol-unknown")
        return Response(ProtocolShape(row, context={"in_force": publishing.in_force()}).data)


class Releases(ListView):
    """A protocol's releases, the first one first."""

    scope = Scope.PROTOCOLS_READ
    cache_control = _ASK_AGAIN
    serializer_class = ReleaseShape
    refusals = ("protocol-unknown",)
    order = Order("number")

    def get_queryset(self) -> QuerySet[Release]:
        person = self.token.person
        row = found(access.protocols_for(person).filter(key=self.kwargs["protocol"]).first(), "protocol-unknown")
        return access.published_for(person).filter(protocol=row).defer("document")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "statuses": publishing.statuses()}


class OneRelease(ReadView):
    """A release's document: the very bytes whose SHA-256 is the digest. docs/wire-format.md says what is in it."""

    scope = Scope.PROTOCOLS_READ
    serializer_class = serializers.Serializer
    refusals = ("release-unknown",)

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, protocol: str, digest: str) -> HttpResponse:
        rows = access.published_for(self.token.person).filter(protocol=protocol, digest=digest)
        release = found(rows.first(), "release-unknown")
        response = HttpResponse(bytes(release.document), content_type="application/json")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        response["ETag"] = f'"{digest}"'
        return response
