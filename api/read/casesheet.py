"""The shape of one case: `procedures.sheet`, field by field."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from procedures import acts, sheet

from .shapes import Instant


def _texts(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), **options)


@extend_schema_field({"description": "As the entry holds it; null for a text."})
class AnyValue(serializers.Field[Any, Any, Any, Any]):
    """A value of any type of item."""

    def to_representation(self, value: Any) -> Any:
        return value


class ActShape(serializers.Serializer[acts.Act]):
    """An entry: who wrote it, when by the tablet's corrected clock and in its zone, when it arrived.

    `offset_ms`: how far that clock was off (server − tablet), null where the tablet had never asked. `flags` by code:
    late, clock-skew, late-after-closing; and why it does not count: entered-in-error, quarantined/<code>, unreadable.
    """

    digest = serializers.CharField()
    type = serializers.CharField()
    by = serializers.CharField(source="name")
    roles = _texts()
    at = Instant()
    received = Instant()
    offset_ms = serializers.IntegerField(allow_null=True)
    flags = _texts(source="codes")
    enrolment = serializers.UUIDField()
    position = serializers.IntegerField()


class AnswerShape(serializers.Serializer[sheet.Answer]):
    """`stands` is false for what was replaced."""

    value = AnyValue()
    words = serializers.CharField()
    reason = serializers.CharField()
    done_at = serializers.CharField()
    stands = serializers.BooleanField()
    act = ActShape()


class HoldShape(serializers.Serializer[sheet.HeldRule]):
    """A stop, caution or note that is active; `cleared`: acknowledged, overridden or null."""

    key = serializers.CharField()
    level = serializers.CharField()
    message = serializers.CharField()
    cleared = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    act = ActShape(allow_null=True)


class NoteShape(serializers.Serializer[Any]):
    """What was written about a question; in a case's `course` what happened to the case as a whole."""

    text = serializers.CharField()
    act = ActShape()


class QuestionShape(serializers.Serializer[sheet.Question]):
    """A question; `answers` are all that were given, the earlier first."""

    key = serializers.CharField()
    part = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField()
    answers = AnswerShape(many=True)
    holds = HoldShape(many=True)
    notes = NoteShape(many=True)


class SignatureShape(serializers.Serializer[sheet.Signature]):
    """`stands` is false where what was signed has changed since. `strokes` are SVG paths of what was drawn."""

    meaning = serializers.CharField()
    name = serializers.CharField()
    guest_role = serializers.CharField(allow_null=True)
    stands = serializers.BooleanField()
    strokes = _texts()
    act = ActShape()


class PhaseShape(serializers.Serializer[sheet.PhaseSheet]):
    """`status` is `changed` where a signature stood over what was answered otherwise since."""

    key = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    questions = QuestionShape(many=True)
    signatures = SignatureShape(many=True)


class ConsentStepShape(serializers.Serializer[sheet.ConsentStep]):
    """Informed, a decision, confirmed or withdrawn."""

    what = serializers.CharField()
    who = serializers.CharField()
    detail = serializers.CharField()
    stands = serializers.BooleanField()
    strokes = _texts()
    act = ActShape()


class CaseConsentShape(serializers.Serializer[sheet.ConsentSheet]):
    key = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    steps = ConsentStepShape(many=True)


class CaseShape(serializers.Serializer[Any]):
    """`identity` is empty without the scope `cases:identity`. `entries` are all, those too that count for nothing."""

    case = serializers.UUIDField(source="record.case")
    ward = serializers.UUIDField(source="record.ward_id")
    ward_name = serializers.CharField(source="record.ward.name")
    protocol = serializers.CharField(source="record.protocol")
    release = serializers.CharField(source="record.release")
    status = serializers.CharField(source="sheet.status")
    outcome = serializers.CharField(source="record.outcome")
    start = Instant(source="sheet.start", allow_null=True)
    closed = Instant(source="record.closed_ms", allow_null=True)
    overridden = serializers.BooleanField(source="record.overridden")
    flags = _texts(source="sheet.flags")
    identity = serializers.DictField(source="sheet.identity", child=AnyValue())
    phases = PhaseShape(source="sheet.phases", many=True)
    consents = CaseConsentShape(source="sheet.consents", many=True)
    course = NoteShape(source="sheet.course", many=True)
    entries = ActShape(source="sheet.entries", many=True)
