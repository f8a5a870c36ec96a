from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from procedures.models import Membership, Person


class PersonForm(UserChangeForm[Person]):
    class Meta:
        model = Person
        fields = "__all__"


class NewPersonForm(AdminUserCreationForm[Person]):
    class Meta:
        model = Person
        fields = ("username", "printed_name")


class MembershipInline(admin.TabularInline[Membership, Person]):
    model = Membership
    extra = 1


@admin.register(Person)
class PersonAdmin(UserAdmin[Person]):
    """People with their roles on wards. They are ended by unticking "active", never deleted."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("printed_name", "username", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("printed_name", "username")
    ordering = ("printed_name",)
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "printed_name", "password")}),
        (_("Administration"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "printed_name", "usable_password", "password1", "password2")},
        ),
    )
    filter_horizontal = ("groups",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
