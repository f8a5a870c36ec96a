"""The server as a writer: one enrolment of its own for each ward, and a new one after a backup was restored."""

import os
import uuid

from django.utils import timezone

from . import keys
from .core import canonical, seal
from .core.batch import Proved
from .core.entry import VERSION, parse
from .models import Enrolment, Entry, Ward


def enrolment_of(ward: Ward) -> Enrolment:
    """The server's newest enrolment on a ward; made when there is none. Call it under the ward's lock."""
    newest = Enrolment.objects.filter(ward=ward, ended_at=None).order_by("-issued_at").first()
    return newest or new_enrolment(ward)


def new_enrolment(ward: Ward) -> Enrolment:
    """Begin a new chain; the ones before end here, since a restored server cannot know how far they went."""
    now = timezone.now()
    Enrolment.objects.filter(ward=ward, ended_at=None).update(ended_at=now, ended_as=Enrolment.Ending.LEFT)
    enrolment = uuid.uuid4()
    public_key = seal.to_text(keys.point(keys.server_writer_key(enrolment, keys.current_number()).public_key()))
    data = canonical.encode(
        {
            "v": VERSION,
            "type": "server",
            "key": keys.current_number(),
            "enrolment": str(enrolment),
            "device": str(ward.id),
            "wards": [str(ward.id)],
            "person": str(enrolment),
            "name": "Bedside",
            "roles": ["server"],
            "public_key": public_key,
            "issued_ms": int(now.timestamp() * 1000),
        }
    )
    return Enrolment.objects.create(
        id=enrolment,
        ward=ward,
        public_key=public_key,
        certificate=data.decode(),
        signature=seal.to_text(keys.sign_for("certificate", data)),
        issued_at=now,
    )


def write(ward: Ward, kind: str, body: dict[str, object], *, case: uuid.UUID | None, at_ms: int) -> Proved:
    """The next entry of the server on a ward, signed. Call it under the ward's lock, and store it there.

    Its seq follows from what is stored, so each must be stored before the next is written.
    """
    enrolment = enrolment_of(ward)
    certificate = seal.read_certificate(enrolment.certificate, enrolment.signature, keys.signing_public_keys())
    last = Entry.objects.filter(enrolment=enrolment.id).order_by("-seq").first()
    data = canonical.encode(
        {
            "v": VERSION,
            "enrolment": str(enrolment.id),
            "seq": last.seq + 1 if last else 1,
            "prev": last.digest if last else canonical.digest_of(enrolment.certificate.encode()),
            "ward": str(ward.id),
            "case": str(case) if case else None,
            "type": kind,
            "salt": seal.to_text(os.urandom(16)),
            "clock": {"at_ms": at_ms, "zone_min": 0, "offset_ms": 0, "boot": str(enrolment.id), "mono_ms": 0},
            "body": body,
            "private": None,
        }
    )
    key = keys.server_writer_key(enrolment.id, certificate.key)
    return Proved(canonical.digest_of(data), data, seal.sign(key, data), None, parse(data), certificate)
