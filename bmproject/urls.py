"""Every address. The tablet, its API and the admin keep apart."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("admin/", admin.site.urls),
    path("", include("frontend.urls")),
    path("", include("pwa.urls")),
]

admin.site.site_header = admin.site.site_title = "Bedside"
