"""A tablet in Python: enrols people, writes, seals and pushes as the one in the browser does, through the same API.

The tests' door to the server; what it sends can be bent on the way, as a broken or hostile tablet would.
"""

import os
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from procedures.core import canonical, seal
from procedures.core.errors import Refusal

BOOT = str(uuid.uuid4())
Json = dict[str, Any]


class Http(Protocol):
    """What carries requests: Django's test client, or a real connection. Gives (status, JSON)."""

    def __call__(self, method: str, path: str, body: Json | None, token: str | None) -> tuple[int, Json]: ...


@dataclass
class Written:
    """An entry as the tablet keeps it."""

    enrolment: str
    seq: int
    digest: str
    data: bytes
    signature: bytes
    private: bytes | None


@dataclass
class Writer:
    """One person enrolled on the tablet, with the key that never leaves it and the head of the chain."""

    enrolment: str
    key: ec.EllipticCurvePrivateKey
    certificate: Json
    head: str
    seq: int = 0

    def write(
        self, kind: str, body: Json, *, ward: str, case: str | None, private: Json | None = None, **bent: Any
    ) -> Written:
        """The next entry of this chain. `bent` replaces header fields."""
        private_bytes = canonical.encode({"salt": salt(), **private}) if private is not None else None
        entry = {
            "v": 1,
            "enrolment": self.enrolment,
            "seq": self.seq + 1,
            "prev": self.head,
            "ward": ward,
            "case": case,
            "type": kind,
            "salt": salt(),
            "clock": clock(),
            "body": body,
            "private": canonical.digest_of(private_bytes) if private_bytes else None,
            **bent,
        }
        data = canonical.encode(entry)
        digest = canonical.digest_of(data)
        self.seq, self.head = entry["seq"], digest
        return Written(self.enrolment, entry["seq"], digest, data, seal.sign(self.key, data), private_bytes)


@dataclass
class Tablet:
    """A registered tablet. `sealed` and `push` are apart, so that a test can meddle in between.

    `server_keys` are in order of their numbers.
    """

    http: Http
    device: str
    token: str
    wards: list[str]
    server_keys: list[Json]
    writers: dict[str, Writer] = field(default_factory=dict)

    @classmethod
    def register(cls, http: Http, code: str) -> "Tablet":
        status, reply = http("POST", "/api/v1/registrations", {"v": 1, "code": code}, None)
        assert status == 201, reply
        wards = [ward["ward"] for ward in reply["wards"]]
        return cls(http, reply["device"], reply["token"], wards, reply["keys"])

    def enrol(self, username: str, password: str) -> Writer:
        key = ec.generate_private_key(ec.SECP256R1())
        status, reply = self.http(
            "POST", "/api/v1/enrolments", self.enrolment_request(username, password, key), self.token
        )
        assert status == 201, reply
        self.learn(reply["new_keys"])
        text = reply["certificate"]["certificate"]
        enrolment = canonical.decode(text.encode())["enrolment"]
        writer = Writer(enrolment, key, reply["certificate"], canonical.digest_of(text.encode()))
        self.writers[enrolment] = writer
        return writer

    def enrolment_request(self, username: str, password: str, key: ec.EllipticCurvePrivateKey) -> Json:
        claim = {
            "device": self.device,
            "enrolment": str(uuid.uuid4()),
            "public_key": seal.to_text(point(key)),
            "username": username,
        }
        proof = seal.sign(key, seal.purpose_bytes("enrolment", canonical.encode(claim)))
        del claim["device"]
        return {"v": 1, **claim, "password": password, "proof": seal.to_text(proof)}

    def learn(self, new_keys: list[Json]) -> None:
        """Take what a reply says of new server keys, all of it or nothing. Raises Refusal("server-key-forged")."""
        known = self.server_keys
        for signed in new_keys:
            known = with_key(known, signed)
        self.server_keys = known

    def signing_keys(self) -> dict[int, seal.PublicKey]:
        return {known["key"]: seal.read_public_key(known["signing"]) for known in self.server_keys}

    def sealed(self, entries: list[Written]) -> Json:
        """A batch with one envelope, all entries, and their writers' certificates."""
        aes_key = os.urandom(32)
        envelope = self.envelope(aes_key)
        writers = {
            entry.enrolment: self.writers[entry.enrolment] for entry in entries if entry.enrolment in self.writers
        }
        return {
            "v": 1,
            "certificates": [writer.certificate for writer in writers.values()],
            "envelopes": [envelope],
            "entries": [seal_entry(entry, envelope["id"], aes_key) for entry in entries],
            "enrolments": [],
        }

    def sealed_blob(self, data: bytes, digest: str | None = None) -> Json:
        """A photograph as it travels; `digest`: under another name than its own."""
        aes_key, nonce = os.urandom(32), os.urandom(12)
        envelope, named = self.envelope(aes_key), digest or canonical.digest_of(data)
        sealed = nonce + AESGCM(aes_key).encrypt(nonce, data, seal.blob_aad(envelope["id"], named))
        return {"v": 1, "envelope": envelope, "digest": named, "sealed": seal.to_text(sealed)}

    def push_blob(self, blob: Json) -> tuple[int, Json]:
        return self.http("POST", "/api/v1/blobs", blob, self.token)

    def send_blob(self, data: bytes) -> str:
        """Seal and push a photograph, which must be taken; gives its digest."""
        status, reply = self.push_blob(self.sealed_blob(data))
        assert status == 200, reply
        return str(reply["digest"])

    def envelope(self, aes_key: bytes) -> Json:
        number = self.server_keys[-1]["key"]
        public = seal.read_public_key(self.server_keys[-1]["hpke"])
        info = seal.envelope_info(uuid.UUID(self.device), number)
        sealed = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM).encrypt(aes_key, public, info=info)
        return {"id": canonical.digest_of(sealed), "key": number, "sealed": seal.to_text(sealed)}

    def signed_challenge(self, writer: Writer) -> Json:
        """What a tablet sends for a pull token: that this person is here now."""
        status, reply = self.http("POST", "/api/v1/challenges", {"v": 1}, self.token)
        assert status == 201, reply
        signature = seal.sign(writer.key, seal.purpose_bytes("challenge", seal.from_text(reply["challenge"])))
        return {
            "v": 1,
            "enrolment": writer.enrolment,
            "challenge": reply["challenge"],
            "signature": seal.to_text(signature),
        }

    def pull_token(self, writer: Writer) -> str:
        status, reply = self.http("POST", "/api/v1/pull-tokens", self.signed_challenge(writer), self.token)
        assert status == 201, reply
        return str(reply["token"])

    def push(self, batch: Json) -> tuple[int, Json]:
        return self.http("POST", "/api/v1/push", batch, self.token)

    def send(self, *entries: Written) -> Json:
        """Seal and push; the reply, which must be a good one."""
        status, reply = self.push(self.sealed(list(entries)))
        assert status == 200, reply
        return reply


def with_key(known: list[Json], signed: Json) -> list[Json]:
    """The keys with one more, if the newest of them vouches for it. Raises Refusal("server-key-forged")."""
    data, newest = signed["statement"].encode(), known[-1]
    stated = canonical.decode(data)
    key = {name: stated[name] for name in ("key", "hpke", "signing")}
    if key["key"] in {each["key"] for each in known}:
        if key not in known:
            raise Refusal("server-key-forged", f"key {key['key']} is another")
        return known
    vouched = seal.verifies(
        seal.read_public_key(newest["signing"]),
        seal.from_text(signed["signature"]),
        seal.purpose_bytes("server-key", data),
    )
    if not vouched or stated["by"] != newest["key"] or key["key"] < newest["key"]:
        raise Refusal("server-key-forged", f"key {key['key']}")
    return [*known, key]


def seal_entry(entry: Written, envelope: str, aes_key: bytes) -> Json:
    nonce = os.urandom(12)
    aad = seal.entry_aad(envelope, uuid.UUID(entry.enrolment), entry.seq)
    plain = entry.signature + len(entry.data).to_bytes(4, "big") + entry.data + (entry.private or b"")
    sealed = nonce + AESGCM(aes_key).encrypt(nonce, plain, aad)
    return {
        "enrolment": entry.enrolment,
        "seq": entry.seq,
        "digest": entry.digest,
        "envelope": envelope,
        "sealed": seal.to_text(sealed),
    }


def open_case(
    writer: Writer, ward: str, release: str, protocol: str = "bone-marrow-iliac-crest-child"
) -> list[Written]:
    """The entries with which a case begins; the case's id is in each."""
    case = str(uuid.uuid4())
    opened = {"protocol": protocol, "release": release, "session": None, "previous": None}
    subject = {"sex": "female", "birth_year": 2019, "replaces": []}
    identity = {"identifier": "010119 12345", "name": "Emma Solberg", "birth_date": "2019-01-01"}
    planned = {"start_ms": now_ms() + 3_600_000, "replaces": []}
    return [
        writer.write("case.opened", opened, ward=ward, case=case),
        writer.write("subject.given", subject, ward=ward, case=case, private=identity),
        writer.write("case.planned", planned, ward=ward, case=case),
    ]


def answer(item: str, value: Any, *, replaces: list[str] | None = None, part: str = "") -> Json:
    """The body of an answer."""
    return {"item": item, "part": part, "value": value, "replaces": replaces or [], "occurred_ms": None, "late": False}


def clock() -> Json:
    return {"at_ms": now_ms(), "zone_min": 60, "offset_ms": 0, "boot": BOOT, "mono_ms": 1}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def salt() -> str:
    return seal.to_text(os.urandom(16))


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
