"""A tablet hands in a photograph."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from procedures import access, blobs
from procedures.core.blob import SealedBlob

from .replies import BlobKept
from .views import TabletView, bearer, body_of, reply


class OneTablet(SimpleRateThrottle):
    """Nobody signs a photograph: whoever has stolen a tablet's token could fill the server's disk with them."""

    scope = "blob"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        device, _ = access.device_for_push(bearer(request))
        return self.cache_format % {"scope": self.scope, "ident": device.id}


class Blobs(TabletView):
    """POST one photograph; the answer names it. Works for revoked tablets too."""

    throttle_classes = (OneTablet,)
    takes, gives = SealedBlob, BlobKept
    refusals = (
        "key-unknown",
        "envelope-broken",
        "seal-broken",
        "blob-too-large",
        "blob-digest-wrong",
        "blob-not-jpeg",
        "too-many-tries",
    )

    def post(self, request: Request) -> Response:
        device, _ = access.device_for_push(bearer(request))
        kept = blobs.keep(device, body_of(request, SealedBlob))
        return reply({"digest": kept.digest, "received_ms": kept.received_ms})
