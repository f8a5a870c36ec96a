"""Which records the list shows: one form for all that `Selection` knows, in the place of unfold's column of links."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from procedures.core.closing import OUTCOMES
from procedures.core.flags import FLAGS
from procedures.models import Protocol, Record, Release, Ward
from procedures.records import STATUSES
from procedures.records_query import EARLIEST, LATEST, Selection
from procedures.templatetags.named import named

# Fields that cannot have the name that `Selection.read` gives them.
_NAMES: Final = {"planned_from": "from", "planned_to": "to"}
_FIRST: Final = 4


def _choices(keys: Any) -> list[tuple[str, Any]]:
    return [("", gettext_lazy("any")), *((key, capfirst(named(key))) for key in keys)]


def _choice(label: Any, keys: Any) -> forms.ChoiceField:
    # Called for each form: the names are in the reader's language.
    return forms.ChoiceField(label=label, choices=lambda: _choices(keys), required=False)


def _row(label: Any, rows: QuerySet[Any]) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(rows, label=label, empty_label=gettext_lazy("any"), required=False)


def _day(label: Any) -> forms.DateField:
    own = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    return forms.DateField(label=label, widget=own, validators=bounds, input_formats=["%Y-%m-%d"], required=False)


class ChosenForm(forms.Form):
    """What is left empty chooses nothing."""

    status = _choice(gettext_lazy("Status"), STATUSES)
    closed_from = _day(gettext_lazy("Closed from"))
    closed_to = _day(gettext_lazy("Closed until"))
    outcome = _choice(gettext_lazy("Outcome"), OUTCOMES)
    ward = _row(gettext_lazy("Ward"), Ward.objects.order_by("name"))
    protocol = _row(gettext_lazy("Protocol"), Protocol.objects.order_by("key"))
    release = _row(gettext_lazy("Release"), Release.objects.defer("document"))
    planned_from = _day(gettext_lazy("Planned from"))
    planned_to = _day(gettext_lazy("Planned until"))
    overridden = forms.ChoiceField(
        label=gettext_lazy("Holds overridden"),
        choices=[("", gettext_lazy("any")), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))],
        required=False,
    )
    flags = _choice(gettext_lazy("Mark"), FLAGS)

    def first(self) -> list[forms.BoundField]:
        """What is chosen by every day."""
        return list(self)[:_FIRST]

    def more(self) -> list[forms.BoundField]:
        return list(self)[_FIRST:]

    def more_is_used(self) -> bool:
        return any(field.data or field.errors for field in self.more())

    def given(self) -> dict[str, str]:
        """What is filled in, as an address has it."""
        return {name: self[name].data for name in self.fields if self[name].data}

    def selection(self) -> Selection:
        """What is chosen, once the form is valid."""
        return Selection.read({_NAMES.get(name, name): value for name, value in self.given().items()})


class Chosen(admin.ListFilter):
    """The form as Django's list knows a filter. It stands above the list, and not in the column beside it."""

    title = gettext_lazy("choice")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        given = {name: params.pop(name)[-1] for name in ChosenForm.base_fields if name in params}
        self.form = ChosenForm(given, label_suffix="")

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(ChosenForm.base_fields)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        """None where a value is none of those: a list must not be wider than it seems."""
        return self.form.selection().of(queryset) if self.form.is_valid() else queryset.none()


def yesterday() -> dict[str, str]:
    """What the list shows unless something else is asked for: what was completed the day before."""
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    return {"status": "completed", "closed_from": day, "closed_to": day}


def shortcuts(current: QueryDict) -> list[dict[str, Any]]:
    """What an auditor asks for most, as links: a name, an address, and whether it is what is shown."""
    today = timezone.localdate()
    week = (today - timedelta(days=6)).isoformat()
    wanted: list[tuple[str, dict[str, str]]] = [
        (gettext("Completed yesterday"), yesterday()),
        (gettext("Completed in the last 7 days"), {"status": "completed", "closed_from": week}),
        (gettext("With an overridden hold"), {"overridden": "true"}),
        (gettext("All records"), {"status": ""}),
    ]
    shown = {name: value for name, value in current.items() if value}
    return [
        {"name": name, "query": urlencode(chosen), "current": shown == {k: v for k, v in chosen.items() if v}}
        for name, chosen in wanted
    ]
