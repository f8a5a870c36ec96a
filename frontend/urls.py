from django.templatetags.static import static
from django.urls import path, re_path
from django.views.generic import RedirectView

from . import views

urlpatterns = [
    path("", views.start, name="start"),
    # Browsers ask for it on pages that name no icon, such as the admin's.
    path("favicon.ico", RedirectView.as_view(url=static("tablet/icon.svg"))),
    path("healthz", views.health, name="health"),
    path("serviceworker.js", views.service_worker, name="serviceworker"),
    re_path(r"^tablet/(?P<rest>.*)$", views.tablet, name="tablet"),
]
