"""Writers that a restored server forgot, rebuilt from certificates that it signed itself, marked "to be confirmed".

A certificate says who, on which tablet, in which roles, and which wards the tablet had when it was issued: enough for
what was written to count, and for the people on the ward to go on. An administrator confirms or ends it.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import transaction

from . import keys
from .core.batch import Proved, SignedCertificate
from .core.errors import Refusal
from .core.seal import Certificate, read_certificate
from .models import Device, Enrolment, Membership, Person, Role, Ward


def writers(proved: Sequence[Proved], certificates: Iterable[SignedCertificate]) -> None:
    """Make known again the writers of these entries that are not. Idempotent."""
    wanted = {item.entry.enrolment for item in proved}
    known = {str(known) for known in Enrolment.objects.filter(id__in=wanted).values_list("id", flat=True)}
    forgotten = {item.entry.enrolment: item.certificate for item in proved if item.entry.enrolment not in known}
    if not forgotten:
        return
    for signed in certificates:
        certificate = next((one for one in forgotten.values() if _is_of(signed, one)), None)
        if certificate is not None:
            _remember(certificate, signed)


def tablet(device: uuid.UUID) -> Device:
    """A tablet whose token is genuine, though nobody here remembers giving it; its wards come with its people."""
    now = datetime.now(UTC)
    found, _ = Device.objects.get_or_create(id=device, defaults={"name": str(device), "registered_at": now})
    if found.registered_at is None:
        found.registered_at = now
        found.save(update_fields=["registered_at"])
    return found


def _is_of(signed: SignedCertificate, certificate: Certificate) -> bool:
    try:
        return read_certificate(signed.certificate, signed.signature, keys.signing_public_keys()) == certificate
    except Refusal:
        return False


@transaction.atomic
def _remember(certificate: Certificate, signed: SignedCertificate) -> None:
    issued_at = datetime.fromtimestamp(certificate.issued_ms / 1000, UTC)
    written = {"public_key": certificate.public_key, "issued_at": issued_at, "to_be_confirmed": True}
    written |= {"certificate": signed.certificate, "signature": signed.signature}
    wards = list(Ward.objects.filter(id__in=certificate.wards))
    if not wards:
        return
    if certificate.type == "server":
        # The server goes on under a newer one: nothing more is written under this.
        ended = {"ward": wards[0], "ended_at": datetime.now(UTC), "ended_as": Enrolment.Ending.LEFT}
        Enrolment.objects.get_or_create(id=certificate.enrolment, defaults=written | ended)
        return
    device = tablet(uuid.UUID(certificate.device))
    if not device.wards.exists():  # one that is remembered keeps the wards that it has now
        device.wards.add(*wards)
    person = _person(certificate, wards, since=issued_at)
    Enrolment.objects.get_or_create(id=certificate.enrolment, defaults=written | {"device": device, "person": person})


def _person(certificate: Certificate, wards: Sequence[Ward], *, since: datetime) -> Person:
    """A person known again by id; without a password, so that they cannot log in before someone has looked."""
    known = Person.objects.filter(id=certificate.person).first()
    if known is not None:
        return known
    fields = {"id": certificate.person, "printed_name": certificate.name}
    made = Person.objects.create_user(f"recalled-{certificate.person}", None, **fields)
    for ward in wards:
        for role in set(certificate.roles) & set(Role.values):
            Membership.objects.create(person=made, ward=ward, role=role, since=since)
    return made
