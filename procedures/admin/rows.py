"""The rows below a draft's page, read and saved in few queries however many they are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _


class KnownRow(forms.Field):
    """A row's key. Django's own field asks the database for each row anew; here they were all read together."""

    widget = forms.HiddenInput

    def __init__(self, rows: "DraftRows", **options: Any) -> None:
        super().__init__(required=False, **options)
        self.rows = rows

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        row = self.rows._existing_object(int(value)) if str(value).isdigit() else None
        if row is None:
            raise ValidationError(_("This row was deleted meanwhile."))
        return row

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


class DraftRows(BaseInlineFormSet[Any, Any, Any]):
    model: Any
    _pk_field: Any  # Django's own, which its types do not name
    _existing_object: Any

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        name = self._pk_field.name
        form.fields[name] = KnownRow(self, initial=form.fields[name].initial)

    def save(self, commit: bool = True) -> Any:
        """As Django does, with one statement for all rows that were changed: a drag may number them all anew."""
        saved = super().save(commit=False)
        if not commit:
            return saved
        rows = self.model._default_manager
        rows.filter(pk__in=[row.pk for row in self.deleted_objects]).delete()
        for row in self.new_objects:
            row.save()
        names = {name for _row, names in self.changed_objects for name in names}
        if names:
            rows.bulk_update([row for row, _names in self.changed_objects], sorted(names))
        return saved
