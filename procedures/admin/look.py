"""The classes that every page of the admin is made of: Django's, with django-unfold's look.

unfold carries no types; for mypy they are Django's own, whose methods it keeps.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as Page
    from django.contrib.admin import StackedInline, TabularInline
    from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
else:
    from unfold.admin import ModelAdmin as Page
    from unfold.admin import StackedInline, TabularInline
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm
    from unfold.forms import UserCreationForm as AdminUserCreationForm

__all__ = [
    "AdminPasswordChangeForm",
    "AdminUserCreationForm",
    "Boxes",
    "ModelAdmin",
    "Moment",
    "StackedInline",
    "TabularInline",
    "UserChangeForm",
    "alone",
]


_Row = TypeVar("_Row", bound=models.Model)


class ModelAdmin(Page[_Row]):
    """Filters without counts, which would ask the database once for each choice."""

    show_facets = ShowFacets.NEVER


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes side by side: for few things to choose from, with a finger."""

    template_name = "procedures/admin/boxes.html"


class Moment(forms.DateTimeInput):
    """The device's own choice of a day and a time of day."""

    def __init__(self) -> None:
        super().__init__({"type": "datetime-local", "class": "plain-input"}, format="%Y-%m-%dT%H:%M")


def alone(field: Any) -> Any:
    """A field without buttons that would change or delete what it only chooses."""
    if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field
