"""Pushing: what a tablet hands in is stored once, in one order, and answered for entry by entry."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.test.client import FakePayload

from procedures import holdings, keys, verification
from procedures.core import canonical, log, seal
from procedures.core.entry import MAX_BATCH_BYTES
from procedures.models import Device, Entry, EntryContent, Person, Record, Release, Ward, WardLog
from tests.conftest import PASSWORD
from tests.tablet import Json, Tablet, Writer, Written, answer, open_case, point, seal_entry

pytestmark = pytest.mark.usefixtures("published_once")

Send = Callable[..., tuple[int, Json]]


@pytest.fixture
def case(writer: Writer, ward: Ward, release: Release) -> list[Written]:
    return open_case(writer, str(ward.id), release.digest)


def test_every_entry_is_stored_with_its_bytes_and_its_place(tablet: Tablet, ward: Ward, case: list[Written]) -> None:
    reply = tablet.send(*case)

    assert [receipt["digest"] for receipt in sorted(reply["receipts"], key=lambda row: row["position"])] == [
        entry.digest for entry in case
    ]
    assert not reply["refused"]
    for position, written in enumerate(case, start=1):
        content = EntryContent.objects.get(ward=ward, position=position)
        stored_private = bytes(content.private) if content.private else None
        assert (bytes(content.data), bytes(content.signature), stored_private) == (
            written.data,
            written.signature,
            written.private,
        )


def test_the_log_keeps_the_order_in_which_two_people_wrote_on_one_tablet(
    tablet: Tablet, writer: Writer, second_nurse: Person, ward: Ward, case: list[Written]
) -> None:
    colleague = tablet.enrol(second_nurse.username, PASSWORD)
    name = json.loads(case[0].data)["case"]
    turns = [(colleague, "no"), (writer, "yes"), (colleague, "no")]
    both = case + [
        who.write("answer.given", answer("bleed.warfarin", said), ward=str(ward.id), case=name) for who, said in turns
    ]

    tablet.send(*both)

    kept = Entry.objects.filter(ward=ward).order_by("position").values_list("digest", flat=True)
    assert list(kept) == [entry.digest for entry in both]


def test_the_log_rolls_its_hash_over_all_entries(tablet: Tablet, ward: Ward, case: list[Written]) -> None:
    tablet.send(*case)

    last = log.start_hash(ward.id)
    for row in Entry.objects.filter(ward=ward).order_by("position"):
        last = log.next_hash(last, row.position, row.received_ms, row.case, row.digest)
        assert row.hash == last.hex()
    head = WardLog.objects.get(ward=ward)
    assert (head.position, head.hash) == (len(case), last.hex())


def test_the_same_batch_again_changes_nothing_and_gets_the_same_receipts(tablet: Tablet, case: list[Written]) -> None:
    first = tablet.send(*case)
    second = tablet.send(*case)

    assert second["receipts"] == first["receipts"]
    assert Entry.objects.count() == len(case)


def test_an_entry_twice_in_one_batch_is_stored_once(tablet: Tablet, case: list[Written]) -> None:
    reply = tablet.send(*case, *case)

    assert len(reply["receipts"]) == len(case) == Entry.objects.count()


def test_the_reply_says_up_to_where_the_chain_is_held(
    tablet: Tablet, writer: Writer, case: list[Written], ward: Ward
) -> None:
    more = [
        writer.write("answer.given", answer("bleed.warfarin", "no"), ward=str(ward.id), case=case_of(case))
        for _ in range(4)
    ]
    reply = tablet.send(case[0], case[1], more[0], more[3])
    assert reply["enrolments"] == [
        {
            "enrolment": writer.enrolment,
            "upto": 2,
            "digest": case[1].digest,
            "highest": 7,
            "missing": [[3, 3], [5, 6]],
            "blobs": [],
        }
    ]

    reply = tablet.send(case[2], more[1], more[2])
    assert reply["enrolments"] == [
        {"enrolment": writer.enrolment, "upto": 7, "digest": more[3].digest, "highest": 7, "missing": [], "blobs": []}
    ]


def test_an_empty_batch_asks_what_is_held(tablet: Tablet, writer: Writer, case: list[Written]) -> None:
    tablet.send(*case)
    status, reply = tablet.push({**tablet.sealed([]), "entries": [], "enrolments": [writer.enrolment]})

    assert status == 200
    assert reply["enrolments"][0]["upto"] == 3


def test_a_record_is_there_with_the_receipt(tablet: Tablet, ward: Ward, case: list[Written]) -> None:
    tablet.send(*case)

    record = Record.objects.get()
    assert (str(record.case), record.ward, record.identifier, record.name) == (
        case_of(case),
        ward,
        "010119 12345",
        "Emma Solberg",
    )
    assert record.status == "preparation"


def test_a_revoked_tablet_may_still_hand_in_and_nothing_else(tablet: Tablet, case: list[Written]) -> None:
    Device.objects.filter(id=tablet.device).update(revoked_at="2026-01-01T00:00Z")

    assert len(tablet.send(*case)["receipts"]) == 3
    status, problem = tablet.http("GET", "/api/v1/releases", None, tablet.token)
    assert (status, problem["code"]) == (403, "tablet-revoked")


class TestOneBadEntry:
    """Each is refused by its digest with a code, and the good ones around it are stored."""

    @pytest.fixture
    def send(self, tablet: Tablet, case: list[Written]) -> Callable[[Callable[[Json], None]], Json]:
        def send(bend: Callable[[Json], None]) -> Json:
            batch = tablet.sealed(case)
            bend(batch)
            status, reply = tablet.push(batch)
            assert status == 200, reply
            return reply

        return send

    def refused(self, reply: Json) -> dict[str, str]:
        assert len(reply["receipts"]) + len(reply["refused"]) == 3
        assert Entry.objects.count() == len(reply["receipts"])
        return {item["digest"]: item["code"] for item in reply["refused"]}

    def test_a_seal_that_does_not_open(self, send: Any, case: list[Written]) -> None:
        def bend(batch: Json) -> None:
            batch["entries"][1]["sealed"] = "A" * 200

        assert self.refused(send(bend)) == {case[1].digest: "seal-broken"}

    def test_another_place_than_it_was_sealed_for(self, send: Any, case: list[Written]) -> None:
        def bend(batch: Json) -> None:
            batch["entries"][1]["seq"] = 9

        assert self.refused(send(bend)) == {case[1].digest: "seal-broken"}

    def test_another_digest_than_its_own(self, send: Any) -> None:
        def bend(batch: Json) -> None:
            batch["entries"][1]["digest"] = "0" * 64

        assert self.refused(send(bend)) == {"0" * 64: "entry-digest-wrong"}

    def test_an_envelope_that_did_not_come(self, send: Any, case: list[Written]) -> None:
        reply = send(lambda batch: batch.update(envelopes=[]))
        assert self.refused(reply) == dict.fromkeys((entry.digest for entry in case), "envelope-missing")

    def test_an_envelope_for_another_tablet(
        self, send: Any, case: list[Written], new_tablet: Callable[..., Tablet], ward: Ward
    ) -> None:
        foreign = new_tablet(ward).envelope(b"k" * 32)

        def bend(batch: Json) -> None:
            batch["envelopes"].append(foreign)
            batch["entries"][2]["envelope"] = foreign["id"]

        assert self.refused(send(bend)) == {case[2].digest: "envelope-broken"}

    def test_an_envelope_that_comes_twice_and_serves_again(self, tablet: Tablet, case: list[Written]) -> None:
        """Two batches under one envelope, which stands in the second one twice: nothing is wrong with that."""
        aes_key = b"k" * 32
        envelope = tablet.envelope(aes_key)
        for entry in case:
            batch = {**tablet.sealed([entry]), "envelopes": [envelope, envelope]}
            batch["entries"] = [seal_entry(entry, envelope["id"], aes_key)]
            status, reply = tablet.push(batch)
            assert (status, reply["refused"]) == (200, [])

    def test_a_server_key_that_never_was(self, send: Any, case: list[Written]) -> None:
        reply = send(lambda batch: batch["envelopes"][0].update(key=7))
        assert self.refused(reply) == dict.fromkeys((entry.digest for entry in case), "key-unknown")

    def test_a_certificate_that_did_not_come(self, send: Any, case: list[Written]) -> None:
        reply = send(lambda batch: batch.update(certificates=[]))
        assert self.refused(reply) == dict.fromkeys((entry.digest for entry in case), "certificate-missing")

    @pytest.mark.parametrize(
        ("bent", "code"),
        [
            ({"v": 2}, "version-unknown"),
            ({"type": "robot"}, "version-unknown"),
            ({"key": 7}, "key-unknown"),
            ({"roles": "nurse"}, "shape-wrong"),
            ({"issued_ms": "now"}, "shape-wrong"),
            ({"issued_ms": 1.5}, "certificate-missing"),  # not canonical: it does not say whose it is
            ({"extra": None}, "shape-wrong"),
        ],
    )
    def test_a_certificate_that_cannot_be_read(self, send: Any, case: list[Written], bent: Json, code: str) -> None:
        def bend(batch: Json) -> None:
            data = as_text({**json.loads(batch["certificates"][0]["certificate"]), **bent})
            signature = seal.to_text(keys.sign_for("certificate", data.encode()))
            batch["certificates"][0] = {"certificate": data, "signature": signature}

        assert self.refused(send(bend)) == dict.fromkeys((entry.digest for entry in case), code)

    def test_a_certificate_of_another_hospital(self, send: Any, case: list[Written]) -> None:
        """Well made and well signed, under the number of a key that is here; but by another server's."""
        their_key = ec.generate_private_key(ec.SECP256R1())

        def bend(batch: Json) -> None:
            signed = seal.purpose_bytes("certificate", batch["certificates"][0]["certificate"].encode())
            batch["certificates"][0] |= {"signature": seal.to_text(seal.sign(their_key, signed))}

        assert self.refused(send(bend)) == dict.fromkeys((entry.digest for entry in case), "certificate-forged")

    def test_a_certificate_that_the_server_did_not_sign(self, send: Any, case: list[Written]) -> None:
        def bend(batch: Json) -> None:
            text = batch["certificates"][0]["certificate"]
            batch["certificates"][0] = {
                **batch["certificates"][0],
                "certificate": text.replace('"nurse"', '"clinician"'),
            }

        assert self.refused(send(bend)) == dict.fromkeys((entry.digest for entry in case), "certificate-forged")


class TestWhatOthersWrote:
    """A tablet may hand in what was written on another one, as after a restore; it cannot add anything to it."""

    @pytest.fixture
    def other(self, new_tablet: Callable[..., Tablet], writer: Writer, ward: Ward) -> Tablet:
        """Another tablet of the ward that holds the nurse's entries and certificate."""
        other = new_tablet(ward)
        other.writers[writer.enrolment] = writer
        return other

    def test_it_is_stored_as_its_writers_and_verifies(
        self, other: Tablet, tablet: Tablet, writer: Writer, case: list[Written]
    ) -> None:
        reply = other.send(*case)
        assert (len(reply["receipts"]), reply["refused"]) == (3, [])
        assert verification.findings() == ([], 3)
        assert tablet.send(*case)["receipts"] == reply["receipts"]

    def test_holdings_are_told_to_the_writers_own_tablet_only(
        self, other: Tablet, writer: Writer, case: list[Written]
    ) -> None:
        assert other.send(*case)["enrolments"] == []
        _, reply = other.push({**other.sealed([]), "enrolments": [writer.enrolment]})
        assert reply["enrolments"] == []

    def test_not_in_an_envelope_of_the_writers_tablet(self, other: Tablet, tablet: Tablet, case: list[Written]) -> None:
        """Who copied a push on its way cannot send it as another tablet's."""
        status, reply = other.push(tablet.sealed(case))
        assert status == 200
        assert {item["code"] for item in reply["refused"]} == {"envelope-broken"}
        assert not reply["receipts"]

    def test_not_what_the_writer_did_not_sign(self, other: Tablet, second_nurse: Person, case: list[Written]) -> None:
        own = other.enrol("second_nurse", PASSWORD)
        forged = copy.copy(case[2])
        forged.signature = seal.sign(own.key, forged.data)
        reply = other.send(case[0], case[1], forged)
        assert [(item["digest"], item["code"]) for item in reply["refused"]] == [
            (forged.digest, "entry-signature-wrong")
        ]

    def test_not_under_a_certificate_of_another_writer(
        self, other: Tablet, second_nurse: Person, writer: Writer, case: list[Written]
    ) -> None:
        own = other.enrol("second_nurse", PASSWORD)
        batch = other.sealed(case)
        batch["certificates"] = [own.certificate]
        _, reply = other.push(batch)
        assert {item["code"] for item in reply["refused"]} == {"certificate-missing"}


class TestOneBadAct:
    """Entries that are sealed well but were written wrongly."""

    def refusal(self, tablet: Tablet, bad: Written, *good: Written) -> str:
        reply = tablet.send(bad, *good)
        assert {receipt["digest"] for receipt in reply["receipts"]} == {entry.digest for entry in good}
        assert [item["digest"] for item in reply["refused"]] == [bad.digest]
        assert reply["refused"][0]["words"]
        return str(reply["refused"][0]["code"])

    def rewritten(self, writer: Writer, entry: Written, data: bytes) -> Written:
        return Written(
            entry.enrolment, entry.seq, canonical.digest_of(data), data, seal.sign(writer.key, data), entry.private
        )

    def test_signed_by_another(self, tablet: Tablet, second_nurse: Person, case: list[Written]) -> None:
        other = tablet.enrol("second_nurse", PASSWORD)
        bad = copy.copy(case[2])
        bad.signature = seal.sign(other.key, bad.data)
        assert self.refusal(tablet, bad, case[0], case[1]) == "entry-signature-wrong"

    @pytest.mark.parametrize(
        ("before", "after", "code"),
        [
            (b'{"body"', b'{ "body"', "json-not-canonical"),
            (b'"v":1', b'"v":2', "version-unknown"),
            (b'"v":1', b'"v":1,"v":1', "json-not-canonical"),
            (b'"v":1', b'"v":1,"w":1', "shape-wrong"),
            (b'"seq":3', b'"seq":3.0', "shape-wrong"),
            (b'"seq":3', b'"seq":"3"', "shape-wrong"),
            (b'"seq":3', b'"seq":0', "shape-wrong"),
            (b'"seq":3', b'"seq":9007199254740992', "shape-wrong"),
            (b'"seq":3', b'"seq":NaN', "json-broken"),
            (b'"seq":3', b'"seq":Infinity', "json-broken"),
            (b'"seq":3', b'"seq":1e999', "json-broken"),
            (b'"zone_min":60', b'"zone_min":1441', "shape-wrong"),
            (b'"mono_ms":1', b'"mono_ms":-1', "shape-wrong"),
            (b'"type":"case.planned"', b'"type":"planned"', "shape-wrong"),
            (b'"salt":"', b'"salt":"A', "shape-wrong"),
            (b"{", b"", "json-broken"),
            (b'"seq":3', b'"seq":4', "entry-place-wrong"),
        ],
    )
    def test_not_written_as_agreed(
        self, tablet: Tablet, writer: Writer, case: list[Written], before: bytes, after: bytes, code: str
    ) -> None:
        bad = self.rewritten(writer, case[2], case[2].data.replace(before, after, 1))
        assert self.refusal(tablet, bad, case[0], case[1]) == code

    def test_larger_than_an_entry_may_be(self, tablet: Tablet, writer: Writer, case: list[Written], ward: Ward) -> None:
        big = writer.write("note.added", {"item": "x" * 70_000, "part": ""}, ward=str(ward.id), case=case_of(case))
        assert self.refusal(tablet, big, *case) == "entry-too-large"

    def test_a_private_part_larger_than_one_may_be(
        self, tablet: Tablet, writer: Writer, case: list[Written], ward: Ward
    ) -> None:
        note = {"item": None, "part": ""}
        big = writer.write("note.added", note, ward=str(ward.id), case=case_of(case), private={"text": "x" * 70_000})
        assert self.refusal(tablet, big, *case) == "entry-too-large"

    def test_another_private_part(self, tablet: Tablet, case: list[Written]) -> None:
        case[1].private = canonical.encode({"salt": "A" * 22, "name": "Somebody else"})
        assert self.refusal(tablet, case[1], case[0], case[2]) == "private-wrong"

    @pytest.mark.parametrize(
        ("part", "code"),
        [
            (b'{ "salt":"AAAAAAAAAAAAAAAAAAAAAA"}', "json-not-canonical"),
            (b"{", "json-broken"),
            (b'{"salt":1.5}', "shape-wrong"),
            (b'{"salt":"short"}', "private-wrong"),
            (b"[]", "private-wrong"),
        ],
    )
    def test_a_private_part_that_is_none(
        self, tablet: Tablet, writer: Writer, case: list[Written], part: bytes, code: str
    ) -> None:
        named = canonical.digest_of(case[1].private or b"").encode()
        bad = self.rewritten(writer, case[1], case[1].data.replace(named, canonical.digest_of(part).encode()))
        bad.private = part
        assert self.refusal(tablet, bad, case[0], case[2]) == code

    def test_without_its_private_part(self, tablet: Tablet, case: list[Written]) -> None:
        case[1].private = None
        assert self.refusal(tablet, case[1], case[0], case[2]) == "private-missing"

    def test_for_a_ward_that_there_is_not(
        self, tablet: Tablet, writer: Writer, case: list[Written], release: Release
    ) -> None:
        lost = open_case(writer, "00000000-0000-4000-8000-000000000000", release.digest)[:1]
        assert self.refusal(tablet, lost[0], *case) == "ward-foreign"


class TestTheWholeBatch:
    """A batch that cannot be read at all is refused with a problem document and stores nothing."""

    def post(self, client: Client, tablet: Tablet, data: bytes, **headers: str) -> tuple[int, Json]:
        given = {"Authorization": f"Bearer {tablet.token}", **headers}
        response = client.post("/api/v1/push", data, content_type="application/json", headers=given)
        assert response["Content-Type"] == "application/problem+json"
        assert Entry.objects.count() == 0
        return response.status_code, json.loads(response.content)

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"", 400, "json-broken"),
            (b"<html>Please log in</html>", 400, "json-broken"),
            (b"\xff\xfe", 400, "json-broken"),
            (b'{"v":' + b"[" * 100_000, 400, "shape-wrong"),
            (b'{"certificates":[{"certificate":"\\ud800"', 400, "json-broken"),
            (b"[]", 400, "shape-wrong"),
            (b'{"v":1}', 400, "shape-wrong"),
            (b'{"v":2,"certificates":[],"envelopes":[],"entries":[],"enrolments":[]}', 400, "version-unknown"),
            (b'{"v":1,"certificates":[],"envelopes":[],"entries":[],"enrolments":[],"x":1}', 400, "shape-wrong"),
            (b'{"v":NaN,"certificates":[],"envelopes":[],"entries":[],"enrolments":[]}', 400, "json-broken"),
            (b'{"v":Infinity,"certificates":[],"envelopes":[],"entries":[],"enrolments":[]}', 400, "json-broken"),
            (b'{"v":"1","certificates":[],"envelopes":[],"entries":[],"enrolments":[]}', 400, "shape-wrong"),
            (b'"' + b"x" * 10_000_000 + b'"', 413, "too-large"),
        ],
    )
    def test_a_body_that_is_not_a_batch(
        self, client: Client, tablet: Tablet, data: bytes, status: int, code: str
    ) -> None:
        answered, problem = self.post(client, tablet, data)
        assert (answered, problem["code"], problem["status"]) == (status, code, status)
        assert problem["title"]

    @pytest.mark.parametrize("seq", [0, -1, 1.5, 2**53, 2**63, 2**64, 10**30])
    def test_a_place_that_no_entry_can_have(
        self, client: Client, tablet: Tablet, case: list[Written], seq: float
    ) -> None:
        batch = tablet.sealed(case)
        batch["entries"][1]["seq"] = seq
        status, problem = self.post(client, tablet, json.dumps(batch).encode())
        assert (status, problem["code"]) == (400, "shape-wrong")

    @pytest.mark.parametrize(
        ("size", "status", "most"), [(10_000_000, 413, 0), (MAX_BATCH_BYTES, 400, MAX_BATCH_BYTES + 1)]
    )
    def test_what_is_too_large_is_not_read(
        self, client: Client, tablet: Tablet, size: int, status: int, most: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not at all where its length says so; else no more than one byte too many, so that memory is bounded."""
        asked: list[int] = []
        read = FakePayload.read

        def counted(self: FakePayload, size: int = -1) -> bytes:
            asked.append(size)
            return read(self, size)

        monkeypatch.setattr(FakePayload, "read", counted)
        assert self.post(client, tablet, b"x" * size)[0] == status
        assert sum(asked) <= most
        assert min(asked, default=0) >= 0

    def test_too_many_entries(self, client: Client, tablet: Tablet, case: list[Written]) -> None:
        sealed = seal_entry(case[0], "0" * 64, b"k" * 32)
        batch = {**tablet.sealed([]), "entries": [sealed] * 201}
        assert self.post(client, tablet, json.dumps(batch).encode())[1]["code"] == "shape-wrong"

    def test_what_nobody_expected(
        self, client: Client, tablet: Tablet, case: list[Written], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A fault of the server's own, after it had begun to write: all of it is undone, and can be sent again."""
        with monkeypatch.context() as broken:
            broken.setattr(holdings, "follow", lambda note: 1 / 0)
            status, problem = self.post(client, tablet, json.dumps(tablet.sealed(case)).encode())
        assert (status, problem["code"]) == (500, "server-error")
        assert "division" not in json.dumps(problem)
        assert len(tablet.send(*case)["receipts"]) == 3

    @pytest.mark.parametrize("token", ["", "x", "bd1.device.1.00000000-0000-4000-8000-000000000000.AAAA"])
    def test_a_token_that_was_not_given(self, client: Client, tablet: Tablet, token: str) -> None:
        status, problem = self.post(client, tablet, b"{}", Authorization=f"Bearer {token}")
        assert (status, problem["code"]) == (401, "token-wrong")

    def test_one_changed_letter_of_the_token(self, client: Client, tablet: Tablet) -> None:
        last = "A" if tablet.token[-2] != "A" else "B"
        status, problem = self.post(
            client, tablet, b"{}", Authorization=f"Bearer {tablet.token[:-2]}{last}{tablet.token[-1]}"
        )
        assert (status, problem["code"]) == (401, "token-wrong")


class TestAStolenToken:
    """The push token of a tablet, in other hands: it hands in what others signed, and nothing else."""

    @pytest.fixture
    def thief(self, tablet: Tablet) -> Tablet:
        """Knows what lies on the tablet outside of its vault; has no person's key."""
        return Tablet(tablet.http, tablet.device, tablet.token, tablet.wards, tablet.server_keys)

    def test_writes_nothing_of_its_own(
        self, thief: Tablet, writer: Writer, ward: Ward, release: Release, case: list[Written]
    ) -> None:
        """Not under the nurse's certificate, which it may have copied, nor under one of its own making."""
        own = ec.generate_private_key(ec.SECP256R1())
        forger = Writer(writer.enrolment, own, writer.certificate, writer.head, writer.seq)
        thief.writers[writer.enrolment] = forger
        forged = open_case(forger, str(ward.id), release.digest)
        reply = thief.send(*forged)
        assert {item["code"] for item in reply["refused"]} == {"entry-signature-wrong"}

        made_up = {**json.loads(writer.certificate["certificate"]), "public_key": seal.to_text(point(own))}
        signature = seal.sign(own, seal.purpose_bytes("certificate", as_text(made_up).encode()))
        forger.certificate = {"certificate": as_text(made_up), "signature": seal.to_text(signature)}
        reply = thief.send(*forged)
        assert {item["code"] for item in reply["refused"]} == {"certificate-forged"}
        assert Entry.objects.count() == 0

    def test_hands_in_what_was_signed_which_is_then_stored_once(
        self, thief: Tablet, tablet: Tablet, writer: Writer, case: list[Written]
    ) -> None:
        thief.writers[writer.enrolment] = writer
        reply = thief.send(*case)
        assert tablet.send(*case)["receipts"] == reply["receipts"]

    @pytest.mark.parametrize("revoked", [False, True])
    def test_reads_nothing_and_enrols_nobody(self, thief: Tablet, nurse: Person, ward: Ward, *, revoked: bool) -> None:
        if revoked:
            Device.objects.update(revoked_at="2026-01-01T00:00Z")
        cursor = {"ward": str(ward.id), "position": 0, "hash": None}
        for path, body in (("pull", {"v": 1, "wards": [cursor]}), ("pull/cases", {"v": 1, "cases": []})):
            status, problem = thief.http("POST", f"/api/v1/{path}", body, thief.token)
            assert (status, problem["code"]) == (401, "token-wrong")
        asked = thief.enrolment_request(nurse.username, "guessed", ec.generate_private_key(ec.SECP256R1()))
        status, problem = thief.http("POST", "/api/v1/enrolments", asked, thief.token)
        assert (status, problem["code"]) == (403, "tablet-revoked" if revoked else "login-wrong")

    def test_gets_no_pull_token_without_a_persons_key(self, thief: Tablet, writer: Writer) -> None:
        _, given = thief.http("POST", "/api/v1/challenges", {"v": 1}, thief.token)
        signed = seal.purpose_bytes("challenge", seal.from_text(given["challenge"]))
        signature = seal.to_text(seal.sign(ec.generate_private_key(ec.SECP256R1()), signed))
        asked = {"v": 1, "enrolment": writer.enrolment, "challenge": given["challenge"], "signature": signature}
        status, problem = thief.http("POST", "/api/v1/pull-tokens", asked, thief.token)
        assert (status, problem["code"]) == (403, "challenge-wrong")


def as_text(value: Json) -> str:
    """Canonical, without the checks: what is bent is written all the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def case_of(entries: list[Written]) -> str:
    return str(canonical.decode(entries[0].data)["case"])
