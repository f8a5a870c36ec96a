from django.urls import path, re_path

from . import views

urlpatterns = [
    path("", views.start, name="start"),
    path("healthz", views.health, name="health"),
    path("serviceworker.js", views.service_worker, name="serviceworker"),
    re_path(r"^tablet/(?P<rest>.*)$", views.tablet, name="tablet"),
]
