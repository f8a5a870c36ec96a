"""Releases as tablets fetch them: a list, and each one's exact bytes."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access, keys, publishing
from procedures.core.errors import Refusal

from .replies import ListedReleases
from .views import TabletView, reply


class ReleaseList(TabletView):
    """All releases, as a tablet needs them."""

    gives = ListedReleases

    def get(self, request: Request) -> Response:
        device, _ = self.device(request)
        statuses = publishing.statuses()
        return reply(
            {
                "releases": [
                    {
                        "digest": release.digest,
                        "protocol": release.protocol_id,
                        "number": release.number,
                        "status": statuses[release.digest],
                        "effective_from_ms": release.effective_from_ms,
                    }
                    for release in access.releases_for(device).defer("document")
                ],
                "new_keys": keys.new_keys(),
            }
        )


class ReleaseBytes(TabletView):
    """A release's exact bytes."""

    refusals = ("release-unknown",)

    def get(self, request: Request, digest: str) -> HttpResponse:
        device, _ = self.device(request)
        release = access.releases_for(device).filter(digest=digest).first()
        if release is None:
            raise Refusal("release-unknown", digest)
        response = HttpResponse(bytes(release.document), content_type="application/json")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        response["ETag"] = f'"{digest}"'
        return response
