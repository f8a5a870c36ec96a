"""Consents across cases."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from procedures import access
from procedures.models import RecordConsent, Scope
from procedures.records import CONSENT_STATUSES

from .shapes import Instant, Key, PageQuery, Truth
from .views import ListView


class ConsentsQuery(PageQuery):
    """Which consents: all of this applies."""

    ward = serializers.UUIDField(required=False)
    protocol = Key(required=False)
    case = serializers.UUIDField(required=False)
    consent = Key(required=False, help_text="The kind, by its key in the release.")
    status = serializers.ChoiceField(CONSENT_STATUSES, required=False)
    decision = serializers.ChoiceField(["granted", "refused"], required=False)
    standing = Truth(required=False, help_text="Whether a decision stands: neither withdrawn nor replaced.")


class ConsentShape(serializers.Serializer[RecordConsent]):
    """One kind of consent in one case. `decision` is what stands, empty where nothing does; `last`: the newest act.

    `status` is as of now; where the case is `closed`, as it was by then.
    """

    case = serializers.UUIDField(source="record_id")
    ward = serializers.UUIDField(source="record.ward_id")
    ward_name = serializers.CharField(source="record.ward.name")
    protocol = serializers.CharField(source="record.protocol")
    release = serializers.CharField(source="record.release")
    consent = serializers.CharField(source="key")
    status = serializers.CharField()
    decision = serializers.CharField()
    standing = serializers.SerializerMethodField()
    last = Instant(source="last_ms", allow_null=True)
    closed = Instant(source="record.closed_ms", allow_null=True)

    def get_standing(self, row: RecordConsent) -> bool:
        return row.decision != ""


_COLUMNS = {
    "ward": "record__ward",
    "protocol": "record__protocol",
    "case": "record",
    "consent": "key",
    "status": "status",
    "decision": "decision",
}


class Consents(ListView):
    """Kinds of consent about which something was written in a case. Who is shown a page is noted."""

    scope = Scope.CONSENTS_READ
    query = ConsentsQuery
    serializer_class = ConsentShape

    def get_queryset(self) -> QuerySet[RecordConsent]:
        chosen = {column: self.asked[name] for name, column in _COLUMNS.items() if name in self.asked}
        rows = access.consents_for(self.token.person).filter(**chosen)
        if "standing" not in self.asked:
            return rows
        return rows.exclude(decision="") if self.asked["standing"] else rows.filter(decision="")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset) or []
        named = {name: value for name, value in self.asked.items() if name not in PageQuery().fields}
        chosen = {name: _text(value) for name, value in named.items()}
        cases = len({row.record_id for row in page})
        access.note_listed(self.token.person, {"list": "consents", **chosen}, cases, token=self.token)
        return page


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
