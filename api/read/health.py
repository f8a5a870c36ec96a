"""How the server is, for those who watch it."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access
from procedures import health as state
from procedures.models import Scope

from .shapes import Instant
from .views import ReadView


class HealthShape(serializers.Serializer[state.Health]):
    """`status` is ok or degraded; `worker`: alive, silent, never-seen; `journal`: verified, broken, unchecked."""

    status = serializers.CharField()
    database = serializers.CharField()
    worker = serializers.CharField()
    worker_seen_at = Instant(allow_null=True)
    journal = serializers.CharField()
    journal_checked_at = Instant(allow_null=True)
    journal_entries = serializers.IntegerField()
    journal_findings = serializers.IntegerField()
    exports_waiting = serializers.IntegerField()


class OneHealth(ReadView):
    """Database, worker and journal. `/healthz` says without a token whether the web process answers at all."""

    scope = Scope.HEALTH_READ
    serializer_class = HealthShape

    @extend_schema(responses=HealthShape)
    def get(self, request: Request) -> Response:
        return Response(HealthShape(state.health(access.journal_checks_for(self.token.person))).data)
