"""A tablet in one file, written from docs/wire-format.md alone: Python's standard library and cryptography.

    python examples/client.py http://127.0.0.1:8000 <tablet code> <username> <password>

It registers as a tablet, enrols the person, opens a case, answers as a release's own example does, signs the phase
that the example makes ready, pushes, pulls, and checks what it was given: log hash, digests, signatures, certificates.
Not a client to care for patients with: keys and entries are in memory only, and it judges nothing itself.
"""

import hashlib
import json
import secrets
import sys
import time
import urllib.error
import urllib.request
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Json = dict[str, Any]

ECDSA = ec.ECDSA(hashes.SHA256())
HPKE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
BATCH_ENTRIES = 200
BATCH_BYTES = 1_000_000  # of sealed text: a little less than the limit, for what stands around it


class Wrong(Exception):
    """What the server gave does not hold, or it refused what was sent."""


# --- ground rules ------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Canonical JSON, of values with ASCII keys and no numbers but integers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def salt() -> str:
    return base64url(secrets.token_bytes(16))


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def public_key(point: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64url(point))


def sign(key: ec.EllipticCurvePrivateKey, content: bytes) -> bytes:
    """64 bytes r‖s."""
    r, s = decode_dss_signature(key.sign(content, ECDSA))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def check_signature(point: str, signature: str, content: bytes) -> None:
    """Raises InvalidSignature."""
    raw = unbase64url(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public_key(point).verify(pair, content, ECDSA)


# --- talking to the server ---------------------------------------------------------------------------------------


@dataclass
class Server:
    """The tablet API at `base`, e.g. http://127.0.0.1:8000."""

    base: str
    offset_ms: int | None = None

    def call(self, path: str, token: str | None, request: Json | None = None) -> Json:
        """POST a request, or GET without one. Raises Wrong with the problem's code and words."""
        sent_ms = now_ms()
        reply: Json = json.loads(self.fetch(path, token, request))
        self.offset_ms = reply["server_ms"] - (sent_ms + now_ms()) // 2
        return reply

    def fetch(self, path: str, token: str | None, request: Json | None = None) -> bytes:
        body = None if request is None else canonical(request)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        http = urllib.request.Request(f"{self.base}/api/v1/{path}", body, headers)
        try:
            with urllib.request.urlopen(http, timeout=60) as reply:
                return bytes(reply.read())
        except urllib.error.HTTPError as failure:
            problem = json.loads(failure.read())
            raise Wrong(f"{path}: {failure.status} {problem['code']}: {problem['title']}") from failure


@dataclass
class Tablet:
    """What a registration answers; `keys` grow with the server's root keys."""

    server: Server
    device: str
    token: str
    keys: list[Json]

    @classmethod
    def register(cls, server: Server, code: str) -> "Tablet":
        reply = server.call("registrations", None, {"v": 1, "code": code})
        return cls(server, reply["device"], reply["token"], reply["keys"])

    def call(self, path: str, request: Json | None = None, token: str | None = None) -> Json:
        """As Server.call, with the device token unless another is named; what it says of new keys is learned."""
        reply = self.server.call(path, token or self.token, request)
        keys = self.keys
        for signed in reply.get("new_keys", []):
            keys = with_new_key(keys, signed)
        self.keys = keys
        return reply

    def open_certificate(self, signed: Json) -> Json:
        """The certificate, checked against the server's key that it names."""
        certificate: Json = json.loads(signed["certificate"])
        point = next(each["signing"] for each in self.keys if each["key"] == certificate["key"])
        check_signature(point, signed["signature"], b"bedside/1 certificate" + signed["certificate"].encode())
        return certificate

    def releases(self) -> Iterable[tuple[str, Json]]:
        """Digest and document of every release that may be begun on now."""
        for listed in self.call("releases")["releases"]:
            if listed["status"] == "active" and listed["effective_from_ms"] <= now_ms():
                content = self.server.fetch(f"releases/{listed['digest']}", self.token)
                if digest(content) != listed["digest"]:
                    raise Wrong(f"release {listed['digest']} is not the bytes that it is named by")
                yield listed["digest"], json.loads(content)


def with_new_key(known: list[Json], signed: Json) -> list[Json]:
    """The server's keys with one more, if the newest vouches for it. Raises Wrong, InvalidSignature."""
    stated, newest = json.loads(signed["statement"]), known[-1]
    key = {name: stated[name] for name in ("key", "hpke", "signing")}
    if key in known:
        return known
    if stated["by"] != newest["key"] or key["key"] <= newest["key"]:
        raise Wrong(f"server-key-forged: key {key['key']} is not vouched for by the newest")
    check_signature(newest["signing"], signed["signature"], b"bedside/1 server-key" + signed["statement"].encode())
    for name in ("hpke", "signing"):
        public_key(key[name])  # raises ValueError unless it is a point on the curve
    return [*known, key]


# --- writing -----------------------------------------------------------------------------------------------------


@dataclass
class Envelope:
    """A key for sealing entries, itself sealed to the server."""

    key: bytes
    sent: Json

    @classmethod
    def new(cls, tablet: Tablet) -> "Envelope":
        key, server_key = secrets.token_bytes(32), tablet.keys[-1]
        info = b"bedside/1 envelope" + uuid.UUID(tablet.device).bytes + u64(server_key["key"])
        sealed = HPKE.encrypt(key, public_key(server_key["hpke"]), info)
        sent = {"id": digest(sealed), "key": server_key["key"], "sealed": base64url(sealed)}
        return cls(key, sent)

    def seal(self, enrolment: str, seq: int, content: bytes) -> str:
        nonce = secrets.token_bytes(12)
        aad = bytes.fromhex(self.sent["id"]) + uuid.UUID(enrolment).bytes + u64(seq)
        return base64url(nonce + AESGCM(self.key).encrypt(nonce, content, aad))


@dataclass
class Writer:
    """A person enrolled on the tablet, with the chain of what they wrote there."""

    tablet: Tablet
    key: ec.EllipticCurvePrivateKey
    signed_certificate: Json
    enrolment: str
    envelope: Envelope
    prev: str
    seq: int = 0
    outbox: list[Json] = field(default_factory=list)
    boot: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def enrol(cls, tablet: Tablet, username: str, password: str) -> "Writer":
        key, enrolment = ec.generate_private_key(ec.SECP256R1()), str(uuid.uuid4())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        named = {"enrolment": enrolment, "username": username, "public_key": base64url(point)}
        proof = base64url(sign(key, b"bedside/1 enrolment" + canonical(named | {"device": tablet.device})))
        reply = tablet.call("enrolments", named | {"v": 1, "password": password, "proof": proof})
        signed = reply["certificate"]
        certificate = tablet.open_certificate(signed)
        if (certificate["enrolment"], certificate["public_key"]) != (enrolment, named["public_key"]):
            raise Wrong("the certificate is another's")
        return cls(tablet, key, signed, enrolment, Envelope.new(tablet), digest(signed["certificate"].encode()))

    def write(self, ward: str, case: str, kind: str, body: Json, private: Json | None = None) -> str:
        """Write, sign, seal one entry into the outbox. Returns its digest."""
        self.seq += 1
        private_bytes = b"" if private is None else canonical(private | {"salt": salt()})
        content = canonical(
            {
                "v": 1, "type": kind, "ward": ward, "case": case, "enrolment": self.enrolment, "seq": self.seq,
                "prev": self.prev, "salt": salt(), "clock": self.clock(), "body": body,
                "private": digest(private_bytes) if private_bytes else None,
            }
        )  # fmt: skip
        plain = sign(self.key, content) + len(content).to_bytes(4, "big") + content + private_bytes
        self.prev = digest(content)
        sealed = self.envelope.seal(self.enrolment, self.seq, plain)
        place = {"enrolment": self.enrolment, "seq": self.seq, "digest": self.prev}
        self.outbox.append(place | {"envelope": self.envelope.sent["id"], "sealed": sealed})
        return self.prev

    def clock(self) -> Json:
        zone_min, mono_ms = time.localtime().tm_gmtoff // 60, time.monotonic_ns() // 1_000_000
        since = {"boot": self.boot, "mono_ms": mono_ms}
        return since | {"at_ms": now_ms(), "offset_ms": self.tablet.server.offset_ms, "zone_min": zone_min}

    def push(self) -> list[Json]:
        """Send the outbox in batches until it is empty. Returns the receipts; raises Wrong at a refusal."""
        receipts: list[Json] = []
        while self.outbox:
            batch = self.next_batch()
            proofs = {"certificates": [self.signed_certificate], "envelopes": [self.envelope.sent]}
            reply = self.tablet.call("push", proofs | {"v": 1, "entries": batch, "enrolments": [self.enrolment]})
            if reply["refused"]:
                raise Wrong(f"refused: {reply['refused']}")
            del self.outbox[: len(batch)]
            receipts += reply["receipts"]
            self.check_holding(reply["enrolments"], batch[-1])
        return receipts

    def next_batch(self) -> list[Json]:
        count = BATCH_ENTRIES
        while len(canonical(self.outbox[:count])) > BATCH_BYTES:
            count -= 1
        return self.outbox[:count]

    def check_holding(self, holdings: list[Json], last: Json) -> None:
        """That the server's unbroken chain ends where this batch does."""
        whole = {"upto": last["seq"], "digest": last["digest"], "highest": last["seq"], "missing": [], "blobs": []}
        if holdings != [whole | {"enrolment": self.enrolment}]:
            raise Wrong(f"the server holds {holdings}, not all up to {last['seq']}")


# --- reading -----------------------------------------------------------------------------------------------------


@dataclass
class Reader:
    """Pulls a tablet's wards and checks every row; heads are by ward."""

    tablet: Tablet
    token: str
    certificates: dict[str, Json] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def unlock(cls, writer: Writer) -> "Reader":
        tablet = writer.tablet
        challenge = tablet.call("challenges", {"v": 1})["challenge"]
        signature = base64url(sign(writer.key, b"bedside/1 challenge" + unbase64url(challenge)))
        request = {"v": 1, "enrolment": writer.enrolment, "challenge": challenge, "signature": signature}
        return cls(tablet, tablet.call("pull-tokens", request)["token"])

    def call(self, path: str, request: Json) -> Json:
        reply = self.tablet.call(path, {"v": 1} | request, self.token)
        for signed in reply["certificates"]:
            certificate = self.tablet.open_certificate(signed)
            self.certificates[certificate["enrolment"]] = certificate
        return reply

    def start(self, ward: str) -> list[Json]:
        """Begin at the head of the ward's log. Returns the rows of its open cases."""
        reply = self.call("pull", {"wards": [{"ward": ward, "position": 0, "hash": None}]})["wards"][0]
        self.heads[ward] = (reply["position"], reply["hash"])
        cases, rows = reply["cases"], []
        while cases:
            reply = self.call("pull/cases", {"cases": cases})
            for case in reply["cases"]:
                rows += case["rows"]
            cases = reply["left"]
        for row in rows:
            self.check(row)
        return rows

    def follow(self, ward: str) -> list[Json]:
        """All rows after the head, each continuing the rolling hash up to the new head."""
        rows: list[Json] = []
        while True:
            position, rolling = self.heads[ward]
            asked = {"ward": ward, "position": position, "hash": rolling}
            reply = self.call("pull", {"wards": [asked]})["wards"][0]
            if reply["state"] != "rows":
                raise Wrong(f"ward {ward} answers {reply['state']}")
            for row in reply["rows"]:
                self.check(row)
                position, rolling = next_head(position, rolling, row)
            if (position, rolling) != (reply["position"], reply["hash"]):
                raise Wrong(f"the rows of ward {ward} do not lead to its hash at {reply['position']}")
            self.heads[ward] = (position, rolling)
            rows += reply["rows"]
            if not reply["more"]:
                return rows

    def check(self, row: Json) -> None:
        """That the row's bytes are those of its digests, and its writer's. Raises Wrong, InvalidSignature."""
        content = row["entry"].encode()
        entry = json.loads(content)
        check_signature(self.certificates[entry["enrolment"]]["public_key"], row["signature"], content)
        if digest(content) != row["digest"]:
            raise Wrong(f"row {row['position']} is not the entry that its digest names")
        if row["private"] is not None and digest(row["private"].encode()) != entry["private"]:
            raise Wrong(f"the private part of row {row['position']} is not the entry's")
        if any(entry[name] != row[name] for name in ("ward", "case", "enrolment")):
            raise Wrong(f"row {row['position']} names another place than its entry")


def first_head(ward: str) -> tuple[int, str]:
    """Where to follow a log from in order to check all of it."""
    return 0, digest(b"bedside log 1" + uuid.UUID(ward).bytes)


def next_head(position: int, rolling: str, row: Json) -> tuple[int, str]:
    if row["position"] != position + 1:
        raise Wrong(f"a gap in the log after {position}")
    case = uuid.UUID(row["case"]).bytes if row["case"] else bytes(16)
    numbers = u64(row["position"]) + u64(row["received_ms"])
    return position + 1, digest(bytes.fromhex(rolling) + numbers + case + bytes.fromhex(row["digest"]))


# --- a case, from a release's own example ------------------------------------------------------------------------


def ready_example(tablet: Tablet) -> tuple[str, Json, Json, str]:
    """(digest, release, example, phase) of the first example after which a phase is ready to be signed."""
    for release_digest, release in tablet.releases():
        for example in release["examples"]:
            for phase, status in example["phases"].items():
                if status == "ready":
                    return release_digest, release, example, phase
    raise Wrong("no release has an example that makes a phase ready")


def write_case(writer: Writer, ward: str, head: tuple[int, str]) -> str:
    """Open a case, give the patient and the example's answers, sign the phase. Returns the case."""
    release, document, example, phase = ready_example(writer.tablet)
    case = str(uuid.uuid4())
    opened = {"protocol": document["protocol"], "release": release, "session": None, "previous": None}
    writer.write(ward, case, "case.opened", opened)
    subject = {"sex": example["sex"], "birth_year": int(example["birth_date"][:4]), "replaces": []}
    person = {"identifier": "EXAMPLE", "name": "Example Person", "birth_date": example["birth_date"]}
    covers = [
        writer.write(ward, case, "subject.given", subject, person),
        writer.write(ward, case, "case.planned", {"start_ms": now_ms() + 3_600_000, "replaces": []}),
    ]
    for answer in example["answers"]:
        body = answer | {"replaces": [], "occurred_ms": None, "late": False}
        covers.append(writer.write(ward, case, "answer.given", body))
    seen = {"ward": ward, "position": head[0], "hash": head[1]}
    signature = {"phase": phase, "meaning": "performed", "release": release, "guest": None}
    writer.write(ward, case, "phase.signed", signature | {"covers": sorted(covers), "seen": seen})
    return case


def main(base: str, code: str, username: str, password: str) -> None:
    tablet = Tablet.register(Server(base.rstrip("/")), code)
    print(f"registered as tablet {tablet.device}")
    writer = Writer.enrol(tablet, username, password)
    certificate = tablet.open_certificate(writer.signed_certificate)
    ward = certificate["wards"][0]
    print(f"enrolled {certificate['name']} as {', '.join(certificate['roles'])}")
    reader = Reader.unlock(writer)
    rows = reader.start(ward)
    print(f"started at position {reader.heads[ward][0]} with {len(rows)} rows of open cases")
    case = write_case(writer, ward, reader.heads[ward])
    receipts = writer.push()
    print(f"pushed case {case}: {len(receipts)} receipts")
    rows = reader.follow(ward)
    receipted = {(receipt["digest"], receipt["position"], receipt["received_ms"]) for receipt in receipts}
    if missing := receipted - {(row["digest"], row["position"], row["received_ms"]) for row in rows}:
        raise Wrong(f"receipted but not in the log: {sorted(missing)}")
    print(f"pulled {len(rows)} rows, of which all verify")
    reader.heads[ward] = first_head(ward)
    print(f"the ward's whole log verifies: {len(reader.follow(ward))} rows to {reader.heads[ward][1]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
