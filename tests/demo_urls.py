"""All addresses as they are where BEDSIDE_DEMO is on: frontend/urls.py decides it when it is read."""

from django.urls import include, path

from bmproject.urls import urlpatterns as ordinary

urlpatterns = [path("", include("frontend.demo")), *ordinary]
