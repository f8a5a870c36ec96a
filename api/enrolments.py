"""A tablet is registered with a code; a person is enrolled on it with name and password."""

from typing import Annotated

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from procedures import enrolment, keys
from procedures.core.entry import Strict
from procedures.core.seal import to_text

from .replies import Enrolled, Registered
from .views import TabletView, body_of, reply


class RegistrationRequest(Strict, frozen=True):
    v: int
    code: Annotated[str, Meta(max_length=40)]


class Registrations(TabletView):
    """POST a one-time code; the answer is all that a tablet needs to begin."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "code"
    takes, gives, status = RegistrationRequest, Registered, 201
    tokens = ()
    refusals = ("code-wrong", "code-expired", "tablet-revoked", "too-many-tries")

    def post(self, request: Request) -> Response:
        device = enrolment.register(body_of(request, RegistrationRequest).code)
        wards = [{"ward": str(ward.id), "name": ward.name} for ward in device.wards.all()]
        server_keys = [keys.public_keys(number) for number in keys.root_keys()]
        known = {"device": str(device.id), "name": device.name, "wards": wards}
        return reply({**known, "token": keys.device_token(device.id), "keys": server_keys}, status=201)


class Enrolments(TabletView):
    """POST a person's name, password and new public key; the answer is the certificate and the tablet's data key."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "login"
    takes, gives, status = enrolment.EnrolmentRequest, Enrolled, 201
    refusals = ("login-wrong", "role-missing", "possession-unproved", "too-many-tries")

    def post(self, request: Request) -> Response:
        device, key_number = self.device(request)
        made = enrolment.enrol(device, body_of(request, enrolment.EnrolmentRequest))
        certificate = {"certificate": made.certificate, "signature": made.signature}
        data_key = to_text(keys.device_data_key(device.id, key_number))
        return reply({"certificate": certificate, "data_key": data_key, "new_keys": keys.new_keys()}, status=201)
