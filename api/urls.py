from django.urls import URLPattern, URLResolver, include, path, re_path

from .blobs import Blobs
from .enrolments import Enrolments, Registrations
from .problems import not_found
from .pull import Challenges, Pull, PullCases, PullTokens
from .push import Push
from .releases import ReleaseBytes, ReleaseList

# What docs/wire-format.md describes.
of_tablets = [
    path("registrations", Registrations.as_view()),
    path("enrolments", Enrolments.as_view()),
    path("releases", ReleaseList.as_view()),
    path("releases/<str:digest>", ReleaseBytes.as_view()),
    path("blobs", Blobs.as_view()),
    path("push", Push.as_view()),
    path("challenges", Challenges.as_view()),
    path("pull-tokens", PullTokens.as_view()),
    path("pull", Pull.as_view()),
    path("pull/cases", PullCases.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # There is nothing of such a name, and PostgreSQL does not even take the question.
    re_path("\0", not_found),
    *of_tablets,
    path("", include("api.read.urls")),
    re_path("^(?P<rest>.*)$", not_found),
]
