"""Pages on which nothing can be added, changed or deleted."""

from typing import Any

from django.http import HttpRequest

from .look import ModelAdmin


class ReadOnlyAdmin(ModelAdmin[Any]):
    """Looking only; the view permission decides who may look."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
