"""API tokens: making one for oneself, and revoking one."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from procedures import access, tokens
from procedures.models import ApiToken, Scope

from .readonly import ReadOnlyAdmin
from .who import allowed, person_of


class TokenForm(forms.Form):
    """What the token is for. Only scopes that the person may use are offered, and none is chosen beforehand."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "plain-input", "autocomplete": "off"}),
        help_text=gettext_lazy("Which system uses it, and for what."),
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple)
    valid_days = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        coerce=int,
        initial=tokens.VALID_DAYS[1],
        widget=forms.RadioSelect,
    )

    def __init__(self, scopes: list[Scope], data: Any = None) -> None:
        super().__init__(data)
        days = [(days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in tokens.VALID_DAYS]
        for name, choices in (("scopes", [(scope.value, scope.label) for scope in scopes]), ("valid_days", days)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens. Each is made by the person it acts for, and its text is shown once."""

    list_display = ("name", "acts_for", "may", "made_at", "expires_at", "last_used_at", "standing")
    fields = readonly_fields = ("name", "acts_for", "may", "made_at", "expires_at", "last_used_at", "standing")
    change_form_template = "procedures/admin/token.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return access.tokens_for(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request, access.may_hold_tokens)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        own = [path("<uuid:token>/revoke/", guarded(require_POST(self.revoke)), name="token_revoke")]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form; then the token's text, which stands on this page only: its digest is all that is kept."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        person = person_of(request)
        form = TokenForm(access.scopes_for(person), request.POST or None)
        context = {**self.admin_site.each_context(request), "title": _("New API token"), "opts": self.opts}
        if not form.is_valid():
            return render(request, "procedures/admin/token_form.html", context | {"form": form})
        token, text = tokens.make(person, **form.cleaned_data)
        self.log_addition(request, token, "made")
        response = render(request, "procedures/admin/token_made.html", context | {"token": token, "text": text})
        response["Cache-Control"] = "no-store"
        return response

    def revoke(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """End a token at once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=token)
        if tokens.revoke(row):
            self.log_change(request, row, "revoked")
        messages.success(request, _("%(token)s is revoked.") % {"token": row})
        return HttpResponseRedirect(reverse("admin:procedures_apitoken_change", args=[row.pk]))

    @admin.display(description=gettext_lazy("acts for"))
    def acts_for(self, row: ApiToken) -> str:
        """By name: the person's page is not for everybody who sees this one."""
        return str(row.person)

    @admin.display(description=gettext_lazy("may"))
    def may(self, row: ApiToken) -> str:
        return ", ".join(str(Scope(scope).label) if scope in Scope else scope for scope in row.scopes)

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, row: ApiToken) -> str:
        if row.revoked_at:
            when = date_format(timezone.localtime(row.revoked_at), "SHORT_DATETIME_FORMAT")
            return _("revoked (%(when)s)") % {"when": when}
        return _("expired") if row.expires_at <= timezone.now() else _("valid")
