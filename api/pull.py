"""A tablet gets back what its wards' logs hold."""

import uuid
from typing import Annotated

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access, keys, pulling
from procedures.clock import now_ms
from procedures.core.entry import Count, Digest, Strict, Uuid
from procedures.core.seal import Base64Url, from_text, to_text
from procedures.models import Ward

from .replies import Challenged, Pulled, PulledCases, PullTokenGiven
from .views import TabletView, bearer, body_of, reply


class Nothing(Strict, frozen=True):
    v: int


class PullTokenRequest(Strict, frozen=True):
    """`signature` is the person's, with purpose "challenge", over the challenge's bytes."""

    v: int
    enrolment: Uuid
    challenge: Base64Url
    signature: Base64Url


class Cursor(Strict, frozen=True):
    """Where a tablet stands in a ward's log; `hash` null asks for a start."""

    ward: Uuid
    position: Count
    hash: Digest | None


class PullRequest(Strict, frozen=True):
    v: int
    wards: Annotated[list[Cursor], Meta(max_length=50)]


class CasesRequest(Strict, frozen=True):
    v: int
    cases: Annotated[list[Uuid], Meta(max_length=1000)]


class Challenges(TabletView):
    """POST for something to sign."""

    takes, gives, status = Nothing, Challenged, 201

    def post(self, request: Request) -> Response:
        device, _ = self.device(request)
        body_of(request, Nothing)
        return reply({"challenge": to_text(keys.challenge(device.id, now_ms()))}, status=201)


class PullTokens(TabletView):
    """POST the signed challenge for a token to pull with."""

    takes, gives, status = PullTokenRequest, PullTokenGiven, 201
    refusals = ("challenge-wrong", "enrolment-ended")

    def post(self, request: Request) -> Response:
        device, _ = self.device(request)
        wanted = body_of(request, PullTokenRequest)
        challenge, signature = from_text(wanted.challenge), from_text(wanted.signature)
        token, expires_ms = access.pull_token(device, wanted.enrolment, challenge, signature)
        return reply({"token": token, "expires_ms": expires_ms}, status=201)


class Pull(TabletView):
    """POST where the tablet stands; the answer is what follows. Wards that it may not read are named as "left"."""

    takes, gives = PullRequest, Pulled
    tokens = ("PullToken",)

    def post(self, request: Request) -> Response:
        wards = {str(ward.id): ward for ward in access.wards_for_pull(bearer(request))}
        cursors = body_of(request, PullRequest).wards
        pages = [_page(wards[cursor.ward], cursor) for cursor in cursors if cursor.ward in wards]
        return reply(
            {
                "wards": [vars(page) for page in pages],
                "left": [cursor.ward for cursor in cursors if cursor.ward not in wards],
                "certificates": pulling.certificates_for(row for page in pages for row in page.rows),
                "new_keys": keys.new_keys(),
            }
        )


class PullCases(TabletView):
    """POST the names of cases; the answer is their entries, as far as they fit and the tablet may read them."""

    takes, gives = CasesRequest, PulledCases
    tokens = ("PullToken",)

    def post(self, request: Request) -> Response:
        wards = list(access.wards_for_pull(bearer(request)))
        wanted = [uuid.UUID(case) for case in body_of(request, CasesRequest).cases]
        found, left = pulling.cases(wanted, wards)
        certificates = pulling.certificates_for(row for case in found for row in case["rows"])
        return reply({"cases": found, "left": left, "certificates": certificates})


def _page(ward: Ward, cursor: Cursor) -> pulling.Page:
    if cursor.hash is None:
        return pulling.start(ward)
    return pulling.rows_after(ward, cursor.position, cursor.hash)
