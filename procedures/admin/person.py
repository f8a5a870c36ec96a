from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procedures import access
from procedures.models import Membership, Person

from .look import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    Boxes,
    ModelAdmin,
    Moment,
    TabularInline,
    UserChangeForm,
    alone,
)
from .who import allowed, person_of

# Groups come with the migrations and are given on a person's page; what each may do is no one's to edit.
admin.site.unregister(Group)


class PersonForm(UserChangeForm[Person]):
    class Meta:
        model = Person
        fields = "__all__"

    def clean_groups(self) -> Any:
        """Whoever changes drafts does not approve them, whoever may have proposed them."""
        groups = self.cleaned_data["groups"]
        if {"editor", "approver"} <= {group.name for group in groups}:
            raise ValidationError(gettext("One person is either editor or approver."))
        return groups


class NewPersonForm(AdminUserCreationForm[Person]):
    class Meta:
        model = Person
        fields = ("username", "printed_name")


class MembershipInline(TabularInline[Membership, Person]):
    """Roles on the wards that the reader looks after. Ended, never deleted."""

    model = Membership
    extra = 1
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).filter(ward__in=access.wards_for(person_of(request)))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "ward":
            options["queryset"] = access.wards_for(person_of(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if isinstance(db_field, models.DateTimeField):
            options |= {"form_class": forms.DateTimeField, "widget": Moment}
        return alone(super().formfield_for_dbfield(db_field, request, **options))


@admin.register(Person)
class PersonAdmin(UserAdmin[Person], ModelAdmin[Person]):
    """People with their roles on wards. They are ended by unticking "active", never deleted."""

    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("printed_name", "username", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("printed_name", "username")
    ordering = ("printed_name",)
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "printed_name", "password", "is_active")}),
        (_("Administration"), {"fields": ("is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "printed_name", "usable_password", "password1", "password2")},
        ),
    )
    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{"widget": Boxes, "help_text": ""} | options)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return alone(super().formfield_for_dbfield(db_field, request, **options))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return access.people_for(person_of(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights in the admin only for those who may give them."""
        found = super().get_fieldsets(request, obj)
        return found if obj is None or allowed(request, access.may_give_rights) else found[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody gives rights to themselves, and only a superuser makes another one."""
        fixed = [*super().get_readonly_fields(request, obj)]
        if not person_of(request).is_superuser:
            fixed.append("is_superuser")
            if obj == request.user:
                fixed += ["is_staff", "groups"]
        return fixed

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
