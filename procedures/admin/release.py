"""Releases, to look at only."""

import json
from datetime import UTC, datetime

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures import publishing
from procedures.models import Release

from .readonly import ReadOnlyAdmin


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """A release with who published it, when and why, and all that it says."""

    list_display = ("__str__", "status", "effective_from", "published_at", "publisher", "reason")
    list_filter = ("protocol",)
    fields = (
        *("protocol", "number", "status", "effective_from", "published_at", "publisher", "reason", "digest"),
        "content",
    )
    change_form_template = "procedures/admin/release.html"

    @admin.display(description=gettext_lazy("status"))
    def status(self, release: Release) -> str:
        words = {"active": _("active"), "retired": _("retired")}
        found = publishing.statuses()[release.digest]
        return words.get(found, found)

    @admin.display(description=gettext_lazy("in effect from"))
    def effective_from(self, release: Release) -> str:
        moment = datetime.fromtimestamp(release.effective_from_ms / 1000, UTC)
        return date_format(localtime(moment), "DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("published by"))
    def publisher(self, release: Release) -> str:
        """By name, without the link that Django would make: who reads releases may not read about people."""
        return str(release.published_by or "")

    @admin.display(description=gettext_lazy("content"))
    def content(self, release: Release) -> SafeString:
        pretty = json.dumps(json.loads(bytes(release.document)), ensure_ascii=False, indent=2)
        return format_html('<pre class="document" data-testid="document">{}</pre>', pretty)
