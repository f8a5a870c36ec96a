from django.http import HttpRequest, HttpResponse
from django.urls import path

from .views import Answers


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("answers", Answers.as_view()), path("healthz", health)]
