from django.conf import settings
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
    # First, since all else below /tablet/ is a page.
    path("tablet/scanner.js", views.scanner, name="scanner"),
    path("", views.start, name="start"),
    # Browsers ask for it on pages that name no icon, such as the admin's.
    path("favicon.ico", RedirectView.as_view(url=static("tablet/icon.svg"))),
    path("healthz", views.health, name="health"),
    path("serviceworker.js", views.service_worker, name="serviceworker"),
    re_path(r"^tablet/(?P<rest>.*)$", views.tablet, name="tablet"),
]

# The demo has its own start page, tablet page and worker under the same addresses, and some that nothing else has.
if settings.BEDSIDE_DEMO:
    urlpatterns.insert(1, path("", include("frontend.demo")))
