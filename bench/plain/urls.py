from django.http import HttpRequest, HttpResponse
from django.urls import path

from .views import Answers, sheets


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("answers", Answers.as_view()), path("sheets.csv", sheets), path("healthz", health)]
