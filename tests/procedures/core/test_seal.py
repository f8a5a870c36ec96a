"""What is sealed, signed and derived, by the vector that the tablet's tests run too."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from procedures.core import canonical, derivation, log, seal
from procedures.core.batch import Batch, ServerKeys, open_batch
from procedures.core.entry import shaped
from procedures.core.errors import Refusal

VECTOR: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "seal.json").read_text())
SECRET = derivation.parse_root_keys(VECTOR["root_key"])[1]
DEVICE = uuid.UUID(VECTOR["device"])
SIGNING = derivation.private_key(SECRET, b"bedside/1 signing")
HPKE = derivation.private_key(SECRET, b"bedside/1 hpke")


def test_everything_derives_from_the_root_key() -> None:
    def point(key: ec.EllipticCurvePrivateKey) -> str:
        return seal.to_text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    assert VECTOR["derived"] == {
        "signing_public": point(SIGNING),
        "hpke_public": point(HPKE),
        "hpke_private": seal.to_text(HPKE.private_numbers().private_value.to_bytes(32, "big")),
        "device_token": seal.to_text(derivation.device_token(SECRET, DEVICE)),
        "device_data_key": seal.to_text(derivation.device_data_key(SECRET, DEVICE)),
    }


def test_a_new_key_is_vouched_for_by_the_one_before_it() -> None:
    new = VECTOR["new_key"]
    stated = {"v": 1, "by": 1} | {name: new[name] for name in ("key", "hpke", "signing")}
    data = canonical.encode(stated)
    assert data.decode() == new["statement"]
    assert seal.verifies(SIGNING.public_key(), seal.from_text(new["signature"]), seal.purpose_bytes("server-key", data))


def test_a_batch_opens_to_the_entry() -> None:
    batch = {
        "v": 1,
        "certificates": [{name: VECTOR["certificate"][name] for name in ("certificate", "signature")}],
        "envelopes": [{name: VECTOR["envelope"][name] for name in ("id", "key", "sealed")}],
        "entries": [{name: value for name, value in VECTOR["sealed"].items() if name != "nonce"}],
        "enrolments": [],
    }
    keys = ServerKeys({1: SIGNING.public_key()}, {1: HPKE}.__getitem__)
    (proved,), refused = open_batch(shaped(batch, Batch), DEVICE, keys, set())

    assert not refused
    assert proved.data.decode() == VECTOR["entry"]["data"]
    assert proved.private
    assert proved.private.decode() == VECTOR["entry"]["private"]
    assert seal.to_text(proved.signature) == VECTOR["entry"]["signature"]
    assert proved.certificate.name == "Nora Åsen, sykepleier"
    assert proved.entry.prev == VECTOR["certificate"]["digest"]


def test_the_log_rolls_as_written() -> None:
    last = log.start_hash(uuid.UUID(VECTOR["log"]["ward"]))
    assert last.hex() == VECTOR["log"]["start"]
    for row in VECTOR["log"]["rows"]:
        case = uuid.UUID(row["case"]) if row["case"] else None
        last = log.next_hash(last, row["position"], row["received_ms"], case, row["digest"])
        assert last.hex() == row["hash"]


@pytest.mark.parametrize("text", ["A", "AB", "AA=", "A+", "A/", "AA\n", "é"])
def test_base64url_is_read_strictly(text: str) -> None:
    with pytest.raises(Refusal):
        seal.from_text(text)


@given(st.binary(max_size=200))
def test_base64url_comes_back(data: bytes) -> None:
    assert seal.from_text(seal.to_text(data)) == data


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "root-keys-missing"),
        ("secret", "root-keys-broken"),
        ("1:short", "root-keys-broken"),
        (f"{VECTOR['root_key']},{VECTOR['root_key']}", "root-keys-broken"),
        ("x:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "root-keys-broken"),
    ],
)
def test_root_keys_that_cannot_be_read(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        derivation.parse_root_keys(text)
    assert refused.value.code == code


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_reads_back_and_is_the_only_way_to_write(value: Any) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert data == plain
    spaced = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1).encode()
    if spaced != data:
        with pytest.raises(Refusal):
            canonical.decode(spaced)
