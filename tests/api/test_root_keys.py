"""A root key is added: tablets that registered before it learn of it, and take it only from a key that they know."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from procedures import keys
from procedures.core import canonical, seal
from procedures.core.errors import Refusal
from procedures.models import Person, Release, Ward
from tests.api.test_pull import from_zero
from tests.conftest import PASSWORD
from tests.environment import ROOT_KEYS
from tests.tablet import Json, Tablet, Writer, open_case

FIRST, SECOND = ROOT_KEYS.split(",")
THIRD = SECOND.replace("2:IC", "3:JD")


@pytest.fixture
def only_the_first(settings: Settings) -> None:
    settings.BEDSIDE_ROOT_KEYS = FIRST


@pytest.fixture
def old(only_the_first: None, tablet: Tablet) -> Tablet:
    """A tablet that registered when there was one root key."""
    return tablet


@pytest.fixture
def old_writer(old: Tablet, writer: Writer) -> Writer:
    return writer


@pytest.mark.parametrize(("given", "code"), [("", "root-keys-missing"), ("1:short", "root-keys-broken")])
def test_without_root_keys_a_push_is_refused_and_can_be_sent_again(
    settings: Settings, tablet: Tablet, writer: Writer, ward: Ward, release: Release, given: str, code: str
) -> None:
    entries = open_case(writer, str(ward.id), release.digest)
    batch, token = tablet.sealed(entries), tablet.pull_token(writer)
    settings.BEDSIDE_ROOT_KEYS = given
    for status, problem in (tablet.push(batch), tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": []}, token)):
        assert (status, problem["code"]) == (500, code)
    settings.BEDSIDE_ROOT_KEYS = ROOT_KEYS
    assert len(tablet.send(*entries)["receipts"]) == 3


def add_keys(settings: Settings, *added: str) -> None:
    settings.BEDSIDE_ROOT_KEYS = ",".join([FIRST, *added])


def new_keys(tablet: Tablet) -> list[Json]:
    status, reply = tablet.http("GET", "/api/v1/releases", None, tablet.token)
    assert status == 200
    listed: list[Json] = reply["new_keys"]
    return listed


def test_what_somebody_writes_under_a_new_key_reaches_an_old_tablet(
    settings: Settings,
    old: Tablet,
    old_writer: Writer,
    new_tablet: Callable[..., Tablet],
    second_nurse: Person,
    ward: Ward,
    release: Release,
) -> None:
    add_keys(settings, SECOND)
    another = new_tablet(ward)
    entries = open_case(another.enrol("second_nurse", PASSWORD), str(ward.id), release.digest)
    another.send(*entries)

    reply = from_zero(old, old.pull_token(old_writer), ward)

    (certificate,) = reply["certificates"]
    with pytest.raises(Refusal, match="key-unknown"):
        seal.read_certificate(certificate["certificate"], certificate["signature"], old.signing_keys())
    old.learn(reply["new_keys"])
    read = seal.read_certificate(certificate["certificate"], certificate["signature"], old.signing_keys())
    assert (read.key, read.enrolment) == (2, entries[0].enrolment)


def test_an_old_tablet_seals_to_the_new_key_once_it_knows_it(
    settings: Settings, old: Tablet, old_writer: Writer, ward: Ward, release: Release
) -> None:
    add_keys(settings, SECOND)
    entries = open_case(old_writer, str(ward.id), release.digest)
    assert old.sealed(entries[:1])["envelopes"][0]["key"] == 1
    assert len(old.send(*entries[:1])["receipts"]) == 1

    old.learn(new_keys(old))
    assert old.sealed(entries)["envelopes"][0]["key"] == 2
    assert len(old.send(*entries)["receipts"]) == 3


def test_who_enrols_on_an_old_tablet_gets_the_key_with_the_certificate(
    settings: Settings, old: Tablet, second_nurse: Person
) -> None:
    add_keys(settings, SECOND)
    signed = old.enrol("second_nurse", PASSWORD).certificate
    assert seal.read_certificate(signed["certificate"], signed["signature"], old.signing_keys()).key == 2


def test_a_tablet_that_slept_through_two_keys_follows_them_one_by_one(settings: Settings, old: Tablet) -> None:
    add_keys(settings, SECOND, THIRD)
    old.learn(new_keys(old))
    assert [known["key"] for known in old.server_keys] == [1, 2, 3]
    assert {number: keys.point(key) for number, key in old.signing_keys().items()} == {
        number: keys.point(key) for number, key in keys.signing_public_keys().items()
    }


def test_one_root_key_says_nothing(old: Tablet) -> None:
    assert new_keys(old) == []


def signed_by(number: int, **bent: Any) -> Json:
    """A statement about the third key, signed by one of ours."""
    stranger = seal.to_text(keys.point(keys.hpke_key(1).public_key()))
    statement = {"v": 1, "key": 3, "by": number, "hpke": stranger, "signing": stranger} | bent
    data = canonical.encode(statement)
    signature = seal.sign(keys.signing_key(number), seal.purpose_bytes("server-key", data))
    return {"statement": data.decode(), "signature": seal.to_text(signature)}


@pytest.mark.parametrize(
    ("number", "bent"),
    [
        (1, {}),  # an old key no longer vouches
        (1, {"by": 2}),  # nor under the newest one's number
        (2, {"key": 0}),  # numbers only grow
        (2, {"key": 1}),  # what is known is not replaced
    ],
)
def test_a_forged_key_is_refused_and_nothing_is_learned(
    settings: Settings, old: Tablet, number: int, bent: Json
) -> None:
    add_keys(settings, SECOND)
    good = new_keys(old)
    with pytest.raises(Refusal, match="server-key-forged"):
        old.learn([*good, signed_by(number, **bent)])
    assert [known["key"] for known in old.server_keys] == [1]
    old.learn([*good, signed_by(2)])
    assert [known["key"] for known in old.server_keys] == [1, 2, 3]
