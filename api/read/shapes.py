"""Fields and parameters that several addresses have."""

from typing import Any, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from procedures.clock import moment
from procedures.core.closing import OUTCOMES
from procedures.core.entry import PATTERNS
from procedures.core.flags import FLAGS
from procedures.records import STATUSES
from procedures.records_query import EARLIEST, LATEST, Selection

from .pages import MOST_ROWS

_YEARS: Final = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


@extend_schema_field(OpenApiTypes.DATETIME)
class Instant(serializers.Field[Any, Any, str | None, Any]):
    """An instant as ISO 8601 to the millisecond. A number is ms since 1970 UTC; a tablet's own zone is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str | None:
        at = moment(value) if isinstance(value, int) else value
        return str(at.isoformat(timespec="milliseconds"))


@extend_schema_field(OpenApiTypes.BOOL)
class Truth(serializers.ChoiceField):
    """`true` or `false`, and nothing that might be meant so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["true", "false"], **options)

    def to_internal_value(self, data: Any) -> Any:
        return bool(super().to_internal_value(data) == "true")


class Key(serializers.RegexField):
    """A key of a protocol, a kind of consent and the like."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rf"^{PATTERNS['key']}\Z", **options)


class Day(serializers.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], validators=_YEARS, **options)


class NoQuery(serializers.Serializer[Any]):
    """An address without parameters."""


class PageQuery(serializers.Serializer[Any]):
    """Which page of a list."""

    cursor = serializers.CharField(required=False, max_length=500, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_ROWS)


class CaseFilter(serializers.Serializer[Any]):
    """Which cases: all of this applies. Days are the server's own, both ends included."""

    ward = serializers.UUIDField(required=False)
    protocol = Key(required=False)
    release = serializers.RegexField(rf"^{PATTERNS['digest']}\Z", required=False, help_text="Its digest.")
    status = serializers.ChoiceField(STATUSES, required=False)
    outcome = serializers.ChoiceField(list(OUTCOMES), required=False)
    planned_from = Day(required=False)
    planned_to = Day(required=False)
    closed_from = Day(required=False)
    closed_to = Day(required=False)
    overridden = Truth(required=False, help_text="Whether somebody overrode a hold.")
    flag = serializers.ChoiceField(FLAGS, required=False)


_NAMES: Final = {
    "planned_from": "first_day",
    "planned_to": "last_day",
    "closed_from": "closed_first_day",
    "closed_to": "closed_last_day",
}


def selection_of(given: dict[str, Any]) -> Selection:
    """What a CaseFilter has read, as exports and the admin's list have it."""
    fields = CaseFilter().fields.keys() - {"flag"}
    chosen = {_NAMES.get(name, name): given[name] for name in fields if name in given}
    return Selection(**chosen, flags=frozenset({given["flag"]} if "flag" in given else ()))
