from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from procedures import tasks
from procedures.models import JournalCheck

from .readonly import ReadOnlyAdmin


@admin.register(JournalCheck)
class JournalCheckAdmin(ReadOnlyAdmin):
    """What the worker's checks of the journal found, and a button that asks for one now."""

    list_display = ("started_at", "finished_at", "entries", "finding_count")
    change_list_template = "procedures/admin/journalcheck_list.html"

    @admin.display(description=gettext_lazy("findings"))
    def finding_count(self, check: JournalCheck) -> int:
        return len(check.findings)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("now/", self.admin_site.admin_view(require_POST(self.check_now)), name="check_journal_now"),
            *super().get_urls(),
        ]

    def check_now(self, request: HttpRequest) -> HttpResponse:
        """Hand the check to the worker."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tasks.verify_journal.delay()
        messages.success(request, _("The worker was asked to check the journal. Reload to see how far it is."))
        return HttpResponseRedirect(reverse("admin:procedures_journalcheck_changelist"))
