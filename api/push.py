"""A tablet hands in what was written on it."""

from rest_framework.request import Request
from rest_framework.response import Response

from procedures import access, journal
from procedures.core.batch import Batch

from .replies import Pushed
from .views import TabletView, bearer, body_of, reply


class Push(TabletView):
    """POST a batch; the answer names every entry of it by digest. Works for revoked tablets too."""

    takes, gives = Batch, Pushed

    def post(self, request: Request) -> Response:
        device, _ = access.device_for_push(bearer(request))
        outcome = journal.append(device, body_of(request, Batch))
        return reply(
            {
                "receipts": [vars(receipt) for receipt in outcome.receipts],
                "refused": [
                    {"digest": item.digest, "code": item.refusal.code, "words": item.refusal.words}
                    for item in outcome.refused
                ],
                "enrolments": [vars(held) for held in outcome.holdings],
            }
        )
