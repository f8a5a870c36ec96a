"""What all views of the tablet API share: tokens, strict bodies, no cookies."""

from typing import Any, ClassVar, TypeVar

import msgspec
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from procedures import access
from procedures.clock import now_ms
from procedures.core.entry import MAX_BATCH_BYTES, VERSION, Strict
from procedures.core.errors import Refusal
from procedures.models import Device

Body = TypeVar("Body", bound=Strict)
_OF_TOKENS = ("token-wrong", "tablet-revoked")
# What `decoded` refuses.
OF_BODIES = ("json-broken", "shape-wrong", "too-large")


class TabletView(APIView):
    """A view for tablets: the token in the Authorization header is all that counts."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    # For the description of the API: what a request and a good reply are, under which status, with which token.
    takes: ClassVar[type[Strict] | None] = None
    gives: ClassVar[type[Strict] | None] = None
    status: ClassVar[int] = 200
    tokens: ClassVar[tuple[str, ...]] = ("TabletToken",)
    refusals: ClassVar[tuple[str, ...]] = ()

    def refusals_of(self, method: str) -> tuple[str, ...]:
        """The codes with which a whole request may be refused."""
        token = (*_OF_TOKENS, *(("token-expired", "enrolment-ended") if "PullToken" in self.tokens else ()))
        body = (*OF_BODIES, "version-unknown") if method == "POST" else ()
        return (*self.refusals, *(token if self.tokens else ()), *body)

    def device(self, request: Request) -> tuple[Device, int]:
        """The calling tablet, in use, and its token's key number. Raises Refusal: "token-wrong", "tablet-revoked"."""
        return access.device_in_use(bearer(request))


def bearer(request: Request) -> str:
    """The token of the Authorization header. Raises Refusal("token-wrong")."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal("token-wrong")
    return token


def body_of(request: Request, shape: type[Body]) -> Body:
    """Read a request strictly. Raises Refusal: "too-large", "json-broken", "shape-wrong", "version-unknown"."""
    body: Body = decoded(request, shape)
    if getattr(body, "v", VERSION) != VERSION:
        raise Refusal("version-unknown", "v")
    return body


def decoded(request: Request, shape: type[Any]) -> Any:
    """The body of a request, as this type. Raises Refusal: "too-large", "json-broken", "shape-wrong".

    What says that it is too large is not read at all, and never more than one byte too many.
    """
    if int(request.headers.get("Content-Length") or 0) > MAX_BATCH_BYTES:
        raise Refusal("too-large")
    data = request._request.read(MAX_BATCH_BYTES + 1)
    if len(data) > MAX_BATCH_BYTES:
        raise Refusal("too-large")
    try:
        return msgspec.json.decode(data, type=shape, strict=True)
    except msgspec.ValidationError as wrong:
        raise Refusal("shape-wrong", str(wrong)) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise Refusal("json-broken", str(broken)) from broken


def reply(content: dict[str, Any], status: int = 200) -> Response:
    """A reply that a tablet believes: version, the server's clock, and never from a cache."""
    response = Response({"v": VERSION, "server_ms": now_ms(), **content}, status=status)
    response["Cache-Control"] = "no-store"
    return response
