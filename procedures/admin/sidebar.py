"""What stands at the side of every page: the lists that the reader may open, in the order of their work."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

# Title of a group, and its models with their icons. What a reader may not see is left out, empty groups with it.
_GROUPS: Final = (
    (gettext_lazy("Protocols"), {"Protocol": "edit_note", "Release": "verified"}),
    (gettext_lazy("Records"), {"Record": "clinical_notes", "ExportJob": "download", "AccessRow": "policy"}),
    (gettext_lazy("Ward"), {"Person": "group", "Device": "tablet", "Ward": "local_hospital"}),
    (gettext_lazy("System"), {"JournalCheck": "fact_check", "ApiToken": "key"}),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """unfold's navigation: groups of links."""
    found = {
        model["object_name"]: model
        for app in admin.site.get_app_list(request)
        for model in app["models"]
        if model["admin_url"]
    }
    groups = [
        (str(title), [_link(found[name], icon) for name, icon in models.items() if name in found])
        for title, models in _GROUPS
    ]
    home = {"title": gettext("Home"), "icon": "home", "link": reverse("admin:index")}
    return [{"items": [home]}] + [{"title": title, "items": links} for title, links in groups if links]


def _link(model: dict[str, Any], icon: str) -> dict[str, Any]:
    return {"title": capfirst(model["name"]), "icon": icon, "link": model["admin_url"]}
