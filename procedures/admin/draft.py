"""The pages of a draft: a protocol's phases, their questions, tables, consents and examples."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten, flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procedures import access, drafting
from procedures.models import (
    Absent,
    Choice,
    ConsentForm,
    Example,
    Hold,
    Item,
    Phase,
    Protocol,
    SignatureSlot,
    Table,
    TableRow,
)
from procedures.models.fields import said
from procedures.places import above, protocol_of
from procedures.presets import FIELDS, presets

from . import guard
from .fields import LineInput, WordsInput, one_line
from .inputs import form_field
from .listing import RowsInput
from .look import ModelAdmin, StackedInline, TabularInline
from .rows import DraftRows
from .shown import shown
from .told import tell, tell_signers
from .who import allowed


class DraftRights:
    """Who may do what to a draft's rows, all alike: one right for the whole protocol."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request, access.may_read_drafts)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request, access.may_edit_drafts)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request, access.may_edit_drafts)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request, access.may_edit_drafts)


class DraftInputs:
    """Each kind of column with its own input; for those who only read, as text."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return sets
        model = self.model  # type: ignore[attr-defined]
        return [
            (title, look | {"fields": [shown(model, name) for name in flatten(look["fields"])]}) for title, look in sets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        if self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return names
        return [*names, *flatten_fieldsets(self.get_fieldsets(request, obj))]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        own = form_field(db_field)
        if isinstance(db_field, models.TextField):
            options["widget"] = forms.Textarea({"rows": 1, "class": "plain-input"})
        if isinstance(db_field, models.DateField):
            options["widget"] = forms.DateInput({"type": "date", "class": "plain-input"}, format="%Y-%m-%d")
        return own or super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]


class DraftPage(DraftRights, DraftInputs, ModelAdmin[Any]):
    """A page that stays open when it is saved, so that the editor reads what was made of it."""

    change_form_template = "procedures/admin/draft.html"
    save_on_top = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Parts are reached from their protocol, not from the front page."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if change and obj:
            options["form"] = _guarded(self.form, self, request)
        form = super().get_form(request, obj, change, **options)
        _show_languages(form.base_fields.values(), obj)
        return form

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> Any:
        """Django's, in its transaction; saved while nobody else saves or publishes a part of the protocol."""
        if object_id and request.method == "POST":
            self._alone(request, object_id)
        return super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def _delete_view(self, request: HttpRequest, object_id: str, extra_context: Any) -> Any:
        """Django's, in its transaction; when it is gone, the page above it.

        The address names what was shown: where that is no longer so, nothing is deleted, and it is shown again.
        """
        row = self._alone(request, object_id) if request.method == "POST" else self._row(request, object_id)
        stamp = guard.stamp_of_all(row) if row and self.has_delete_permission(request, row) else ""
        if request.GET.get(guard.FIELD, "") == stamp:
            response: HttpResponse = super()._delete_view(request, object_id, extra_context)  # type: ignore[misc]
            higher = next(above(row), None) if row else None
            return HttpResponseRedirect(page_of(higher)) if higher and response.status_code == 302 else response
        if row and request.method == "POST":
            words = gettext("Not deleted: someone else changed something of this meanwhile. Look at it again first.")
            messages.error(request, " ".join([words, guard.last_saved(row)]))
        return HttpResponseRedirect(f"{request.path}?{urlencode({guard.FIELD: stamp})}")

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        return self.get_object(request, unquote(object_id))

    def _alone(self, request: HttpRequest, object_id: str) -> Any:
        """The row, while nobody else saves, deletes or publishes a part of its protocol until the transaction ends."""
        row = self._row(request, object_id)
        protocol = protocol_of(row) if row else None
        if protocol:
            Protocol.objects.select_for_update().get(pk=protocol.pk)
        return row

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            _show_languages(formset.form.base_fields.values(), obj)
            yield formset, inline

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        row = context.get("original")
        protocol = protocol_of(row) if row else None
        if protocol:
            _tell_conditions(context, protocol)
        if row and self.has_change_permission(request, row):
            context["guard"] = {
                "name": guard.FIELD,
                "value": guard.written(guard.seen_of(guard.rows_on(self, request, row))),
            }
        context |= {
            "ancestors": [(str(each), page_of(each)) for each in reversed(list(above(row)))] if row else [],
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **options)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(page_of(obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(page_of(obj))


def _guarded(form: Any, page: DraftPage, request: HttpRequest) -> Any:
    """The form of a row's page, which refuses what was changed meanwhile."""

    class Guarded(form):  # type: ignore[misc]
        meanwhile: Sequence[str] = ()
        last_saved = ""

        def clean(self) -> Any:
            seen = guard.read(self.data.get(guard.FIELD, ""))
            self.meanwhile = guard.meanwhile(seen, guard.rows_on(page, request, self.instance))
            if self.meanwhile:
                self.last_saved = guard.last_saved(self.instance)
                raise ValidationError(gettext("Not saved: someone else changed this page while you worked on it."))
            return super().clean()

    return Guarded


class PartPage(DraftPage):
    """A part of a protocol: added on the page above it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is no list of parts out of their protocols, and nothing is deleted in bulk."""
        return HttpResponseRedirect(reverse("admin:procedures_protocol_changelist"))


def page_of(row: models.Model) -> str:
    """The address of a row's page in the admin."""
    return reverse(f"admin:procedures_{row._meta.model_name}_change", args=[row.pk])


def _show_languages(fields: Any, row: models.Model | None) -> None:
    protocol = protocol_of(row) if row else None
    for field in fields:
        words = field.widget.words if isinstance(field.widget, RowsInput) else field.widget
        if protocol and isinstance(words, WordsInput):
            words.languages = tuple(protocol.languages)


def _tell_conditions(context: dict[str, Any], protocol: Protocol) -> None:
    """Put below each condition on the page what there is to say about it."""
    about = partial(tell, names=drafting.names_in(protocol), languages=protocol.languages)
    for form in _forms(context):
        for name, field in form.fields.items():
            if isinstance(field.widget, RowsInput):
                field.widget.tell = {"line": about, "signers": partial(tell_signers, relations=_relations(form))}
            line = one_line(str(form[name].value() or "")) if isinstance(field.widget, LineInput) else ""
            if line and line not in getattr(field, "words", ()):
                field.widget.told = about(line)


def _relations(form: forms.BaseForm) -> list[str]:
    """Keys of those whom a form of consent knows, as they stand on the page."""
    return [row["key"] for row in form["relations"].value()] if "relations" in form.fields else []


def _forms(context: dict[str, Any]) -> Iterator[forms.BaseForm]:
    yield context["adminform"].form
    for inline in context["inline_admin_formsets"]:
        yield from inline.formset.forms


class Parts(DraftRights, DraftInputs, TabularInline[Any, Any]):
    """Rows of one line each."""

    formset = DraftRows
    extra = 0


class Pieces(DraftRights, DraftInputs, StackedInline[Any, Any]):
    """Rows of many fields."""

    formset = DraftRows
    extra = 0


class LinkedParts(Parts):
    """Rows with a page of their own, where they are also deleted: that asks first."""

    can_delete = False
    readonly_fields = ("page",)

    @admin.display(description="")
    def page(self, row: models.Model) -> str:
        return format_html('<a class="act quiet" href="{}">{}</a>', page_of(row), gettext("Open")) if row.pk else ""


class SignatureInline(Pieces):
    model = SignatureSlot
    fields = ("order", "meaning", "roles", "another_person", "guest", "when")


class ItemInline(LinkedParts):
    model = Item
    fields = ("page", "order", "key", "text", "type")


@admin.register(Phase)
class PhaseAdmin(PartPage):
    fields = ("key", "title", "when", "filled_by", "day_of", "begins", "aloud", "after")
    inlines = (ItemInline, SignatureInline)


class ChoiceInline(Pieces):
    model = Choice
    fields = ("order", "key", "text", "selectable", "why", "parts")


class AbsentInline(Pieces):
    model = Absent
    fields = ("order", "key", "text", "level", "message", "override")


class HoldInline(Pieces):
    model = Hold
    fields = ("order", "key", "when", "level", "message", "override", "bases", "source", "unconfirmed")


# Which fields and rows belong to which types of question; what is not named here belongs to all.
_OF_TYPES: dict[str, tuple[str, ...]] = {
    "stable": ("yes-no", "yes-no-unknown", "choice", "choices", "number", "text", "datetime", "scan"),
    "unit": ("number",),
    "decimals": ("number",),
    "min": ("number",),
    "max": ("number",),
    "max_bytes": ("text",),
    "none": ("datetime",),
    "not_so_level": ("confirm",),
    "not_so_message": ("confirm",),
    "not_so_override": ("confirm",),
    "computed_condition": ("computed",),
    "computed_table": ("computed",),
}
_TYPES_WITH_CHOICES = ("choice", "choices")
_TYPES_WITHOUT_ABSENT = ("confirm", "computed")


@admin.register(Item)
class ItemAdmin(PartPage):
    """A question. Fields of other types are left out, unless something stands in them that must go."""

    inlines = (ChoiceInline, HoldInline, AbsentInline)
    fieldsets = (
        (None, {"fields": ("key", "text", "help", "type", "source", "unconfirmed", "private", "stable")}),
        (_("Answer"), {"fields": ("unit", "decimals", "min", "max", "max_bytes", "none")}),
        (_("“Not so”"), {"fields": ("not_so_level", "not_so_message", "not_so_override")}),
        (_("Computed"), {"fields": ("computed_condition", "computed_table")}),
        (_("When it is asked"), {"fields": ("show_when", "required", "required_when")}),
        (
            _("More"),
            {"fields": ("per_side", "per_row", "repeat", "shows", "suggest", "codes"), "classes": ("collapse",)},
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = [
            (title, look | {"fields": [name for name in look["fields"] if _belongs(name, obj)]})
            for title, look in super().get_fieldsets(request, obj)
        ]
        return [(title, look) for title, look in found if look["fields"]]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        left_out: set[type] = set()
        if obj and obj.type not in _TYPES_WITH_CHOICES and not obj.choices.exists():
            left_out.add(ChoiceInline)
        if obj and obj.type in _TYPES_WITHOUT_ABSENT and not obj.absent.exists():
            left_out.add(AbsentInline)
        return [inline for inline in self.inlines if inline not in left_out]


def _belongs(field: Any, item: Item | None) -> bool:
    """Whether a field, by its name or as `shown`, is one for the type of question."""
    name = getattr(field, "__name__", field)
    return item is None or item.type in _OF_TYPES.get(name, (item.type,)) or bool(getattr(item, name))


class TableRowInline(Pieces):
    model = TableRow
    fields = ("order", "key", "title", "when", "per_side")


@admin.register(Table)
class TableAdmin(PartPage):
    fields = ("key",)
    inlines = (TableRowInline,)


class ConsentFormForm(forms.ModelForm[ConsentForm]):
    """A form of consent; `preset` puts a jurisdiction's rules in the place of its own when it is saved."""

    preset = forms.ChoiceField(
        label=_("take over rules"),
        required=False,
        help_text=_("Replaces all of this group, and the source, when you save. Check it against your hospital’s law."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "preset" in self.fields:
            field = cast(forms.ChoiceField, self.fields["preset"])
            field.choices = [("", "—"), *((key, said(each["title"], key)) for key, each in presets().items())]

    def save(self, commit: bool = True) -> Any:
        if preset := self.cleaned_data.get("preset"):
            for field in FIELDS:
                setattr(self.instance, field, presets()[preset][field])
        return super().save(commit)


@admin.register(ConsentForm)
class ConsentFormAdmin(PartPage):
    form = ConsentFormForm
    fieldsets = (
        (None, {"fields": ("key", "title", "text", "risks", "alternatives", "source")}),
        (_("When it is asked"), {"fields": ("needed", "needed_when", "asked_in", "before")}),
        (_("How long it holds"), {"fields": ("valid_days", "depends_on", "confirm")}),
        (
            _("Who, on which basis, and how"),
            {"fields": ("preset", "relations", "rules", "bases", "hears", "methods", "tissue")},
        ),
    )


@admin.register(Example)
class ExampleAdmin(PartPage):
    fields = ("name", "content")
