"""The server as a writer: one enrolment of its own for each ward, and a new one after a backup was restored."""

import os
import uuid
from collections.abc import Sequence
from typing import NamedTuple

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


class Act(NamedTuple):
    """What the server has to say: the type of an entry, its body, its case."""

    kind: str
    body: dict[str, object]
    case: uuid.UUID | None


def write(ward: Ward, acts: Sequence[Act], *, at_ms: int) -> list[Proved]:
    """The next entries of the server on a ward, signed. Call it under the ward's lock, and store them there.

    Their seqs follow from what is stored, so they must be stored before others are written.
    """
    enrolment = enrolment_of(ward)
    certificate = seal.read_certificate(enrolment.certificate, enrolment.signature, keys.signing_public_keys())
    key = keys.server_writer_key(enrolment.id, certificate.key)
    last = Entry.objects.filter(enrolment=enrolment.id).order_by("-seq").first()
    seq = last.seq if last else 0
    prev = last.digest if last else canonical.digest_of(enrolment.certificate.encode())
    written: list[Proved] = []
    for act in acts:
        seq += 1
        data = _entry(act, enrolment, seq, prev, at_ms)
        prev = canonical.digest_of(data)
        written.append(Proved(prev, data, seal.sign(key, data), None, parse(data), certificate, None))
    return written


def _entry(act: Act, enrolment: Enrolment, seq: int, prev: str, at_ms: int) -> bytes:
    return canonical.encode(
        {
            "v": VERSION,
            "enrolment": str(enrolment.id),
            "seq": seq,
            "prev": prev,
            "ward": str(enrolment.ward_id),
            "case": str(act.case) if act.case else None,
            "type": act.kind,
            "salt": seal.to_text(os.urandom(16)),
            "clock": {"at_ms": at_ms, "zone_min": 0, "offset_ms": 0, "boot": str(enrolment.id), "mono_ms": 0},
            "body": act.body,
            "private": None,
        }
    )
