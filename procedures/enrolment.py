"""Tablets and people on them: codes, registration, enrolment. The only writer of TabletCode and Enrolment."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import Annotated, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from msgspec import Meta

from . import keys
from .core import canonical, seal
from .core.entry import VERSION, Strict, Uuid
from .core.errors import Refusal
from .models import Device, Enrolment, Membership, Person, TabletCode

CODE_VALID_MINUTES: Final = 15
# No 0, O, 1, I, L: read from a screen and typed with gloves on.
_CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = 8


class EnrolmentRequest(Strict, frozen=True):
    """What a tablet asks for a person. `proof` signs `proof_bytes` with the new key; the id is the tablet's choice."""

    v: int
    enrolment: Uuid
    username: Annotated[str, Meta(max_length=150, pattern=r"^[^\x00]*$")]
    password: Annotated[str, Meta(max_length=1000)]
    public_key: seal.Base64Url
    proof: seal.Base64Url


def make_code(device: Device, *, by: Person | None) -> str:
    """A new one-time code for a tablet, written XXXX-XXXX, valid 15 minutes. Earlier unused ones end."""
    text = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    with transaction.atomic():
        TabletCode.objects.filter(device=device, used_at=None).delete()
        expires_at = timezone.now() + timedelta(minutes=CODE_VALID_MINUTES)
        TabletCode.objects.create(device=device, digest=_code_digest(text), expires_at=expires_at, made_by=by)
    return f"{text[:4]}-{text[4:]}"


@transaction.atomic
def register(code: str) -> Device:
    """Use a code up. Raises Refusal: "code-wrong", "code-expired", "tablet-revoked"."""
    found = TabletCode.objects.select_for_update().filter(digest=_code_digest(code), used_at=None).first()
    if found is None:
        raise Refusal("code-wrong")
    now = timezone.now()
    if found.expires_at < now:
        raise Refusal("code-expired")
    device = found.device
    if device.revoked_at:
        raise Refusal("tablet-revoked")
    found.used_at = now
    found.save(update_fields=["used_at"])
    device.registered_at = device.last_seen_at = now
    device.save(update_fields=["registered_at", "last_seen_at"])
    return device


def enrol(device: Device, request: EnrolmentRequest) -> Enrolment:
    """Give a person a certificate on a tablet.

    Idempotent by the tablet's enrolment id: a repeated request, after a reply that was lost, gets the same answer.
    Raises Refusal: "login-wrong", "possession-unproved", "role-missing", "shape-wrong".
    """
    person = _authenticated(request.username, request.password)
    _prove_possession(device, request)
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update().filter(id=request.enrolment).first()
        if enrolment is None:
            return _issue(device, person, request)
    same = (enrolment.device_id, enrolment.person_id, enrolment.public_key)
    if same != (device.id, person.id, request.public_key):
        raise Refusal("possession-unproved", "this enrolment is another's")
    return enrolment


def end(enrolment: Enrolment, ending: Enrolment.Ending) -> bool:
    """End a writer for good; False if it had ended before, which stays as it was.

    Left: tablets refuse new acts of it, and what it wrote still counts. Compromised: whatever arrives from now on is
    quarantined, too (`quarantine.py`).
    """
    going_on = Enrolment.objects.filter(pk=enrolment.pk, ended_at=None)
    return going_on.update(ended_at=timezone.now(), ended_as=ending) == 1


def proof_bytes(device: uuid.UUID, request: EnrolmentRequest) -> bytes:
    """What the proof of possession is signed over, with purpose "enrolment"."""
    claim = {
        "device": str(device),
        "enrolment": request.enrolment,
        "public_key": request.public_key,
        "username": request.username,
    }
    return seal.purpose_bytes("enrolment", canonical.encode(claim))


def _authenticated(username: str, password: str) -> Person:
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        make_password(password)  # The same work as for a known name, so that time does not tell names.
        raise Refusal("login-wrong")
    if not person.check_password(password):
        raise Refusal("login-wrong")
    return person


def _prove_possession(device: Device, request: EnrolmentRequest) -> None:
    key = seal.read_public_key(request.public_key)
    if not seal.verifies(key, seal.from_text(request.proof), proof_bytes(device.id, request)):
        raise Refusal("possession-unproved")


def _issue(device: Device, person: Person, request: EnrolmentRequest) -> Enrolment:
    wards = sorted(device.wards.values_list("id", flat=True))
    held = Membership.objects.current().filter(person=person, ward__in=wards)
    roles = sorted(set(held.values_list("role", flat=True)))
    if not roles:
        raise Refusal("role-missing")
    issued_at = timezone.now()
    data = canonical.encode(
        {
            "v": VERSION,
            "type": "person",
            "key": keys.current_number(),
            "enrolment": request.enrolment,
            "device": str(device.id),
            "wards": [str(ward) for ward in wards],
            "person": str(person.id),
            "name": person.printed_name,
            "roles": roles,
            "public_key": request.public_key,
            "issued_ms": int(issued_at.timestamp() * 1000),
        }
    )
    return Enrolment.objects.create(
        id=request.enrolment,
        device=device,
        person=person,
        public_key=request.public_key,
        certificate=data.decode(),
        signature=seal.to_text(keys.sign_for("certificate", data)),
        issued_at=issued_at,
    )


def _code_digest(text: str) -> str:
    plain = "".join(char for char in text.upper() if char.isalnum())
    return hashlib.sha256(b"bedside/1 tablet code" + plain.encode()).hexdigest()
