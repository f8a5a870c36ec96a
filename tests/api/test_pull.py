"""Pulling: a ward's log in order, a start, cases by name; and who may not."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from procedures import keys, pulling
from procedures.clock import now_ms
from procedures.core import log, seal
from procedures.models import Device, Enrolment, Membership, Person, Record, Release, Ward
from tests.api.test_push import case_of
from tests.conftest import PASSWORD
from tests.tablet import Json, Tablet, Writer, Written, answer, open_case

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def case(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[Written]:
    entries = open_case(writer, str(ward.id), release.digest)
    tablet.send(*entries)
    return entries


@pytest.fixture
def token(tablet: Tablet, writer: Writer) -> str:
    return tablet.pull_token(writer)


def pull(tablet: Tablet, token: str, ward: Ward, position: int, last: str | None) -> Json:
    cursor = {"ward": str(ward.id), "position": position, "hash": last}
    status, reply = tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": [cursor]}, token)
    assert status == 200, reply
    return reply


def from_zero(tablet: Tablet, token: str, ward: Ward) -> Json:
    return pull(tablet, token, ward, 0, log.start_hash(ward.id).hex())


def test_rows_come_in_order_with_their_exact_bytes(tablet: Tablet, token: str, ward: Ward, case: list[Written]) -> None:
    (page,) = from_zero(tablet, token, ward)["wards"]

    assert (page["state"], page["position"], page["more"]) == ("rows", 3, False)
    assert [row["entry"].encode() for row in page["rows"]] == [entry.data for entry in case]
    assert [row["private"] and row["private"].encode() for row in page["rows"]] == [entry.private for entry in case]
    assert [seal.from_text(row["signature"]) for row in page["rows"]] == [entry.signature for entry in case]


def test_the_rolling_hash_can_be_followed_to_the_page_end(
    tablet: Tablet, token: str, ward: Ward, case: list[Written]
) -> None:
    (page,) = from_zero(tablet, token, ward)["wards"]
    last = log.start_hash(ward.id)
    for row in page["rows"]:
        last = log.next_hash(last, row["position"], row["received_ms"], uuid.UUID(row["case"]), row["digest"])
    assert page["hash"] == last.hex()


def test_certificates_of_the_writers_come_along(
    tablet: Tablet, token: str, ward: Ward, writer: Writer, case: list[Written]
) -> None:
    assert from_zero(tablet, token, ward)["certificates"] == [writer.certificate]


def test_only_what_follows_is_sent(tablet: Tablet, token: str, ward: Ward, writer: Writer, case: list[Written]) -> None:
    (page,) = from_zero(tablet, token, ward)["wards"]
    assert pull(tablet, token, ward, page["position"], page["hash"])["wards"][0]["rows"] == []

    new = writer.write("answer.given", answer("bleed.warfarin", "no"), ward=str(ward.id), case=case_of(case))
    tablet.send(new)
    (later,) = pull(tablet, token, ward, page["position"], page["hash"])["wards"]
    assert [row["digest"] for row in later["rows"]] == [new.digest]


def test_pages_are_cut_and_go_on(
    tablet: Tablet, token: str, ward: Ward, case: list[Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "MAX_ROWS", 2)
    (first,) = from_zero(tablet, token, ward)["wards"]
    (second,) = pull(tablet, token, ward, first["position"], first["hash"])["wards"]
    assert (first["more"], second["more"]) == (True, False)
    assert [row["digest"] for row in first["rows"] + second["rows"]] == [entry.digest for entry in case]


@pytest.mark.parametrize(("position", "last"), [(2, "0" * 64), (9, "0" * 64), (0, "0" * 64)])
def test_another_history_is_seen(
    tablet: Tablet, token: str, ward: Ward, case: list[Written], position: int, last: str
) -> None:
    (page,) = pull(tablet, token, ward, position, last)["wards"]
    assert (page["state"], page["rows"]) == ("differs", [])


def test_a_start_names_the_head_and_the_open_cases(
    tablet: Tablet, token: str, ward: Ward, writer: Writer, release: Release, case: list[Written]
) -> None:
    closed = open_case(writer, str(ward.id), release.digest)
    body: Json = {"outcome": "not-done", "release": release.digest, "covers": [], "seen": None, "replaces": []}
    reason = {"reason": "the child was ill"}
    end = writer.write("case.closed", body, ward=str(ward.id), case=case_of(closed), private=reason)
    tablet.send(*closed, end)
    assert Record.objects.get(case=case_of(closed)).status == "not-done"

    (page,) = pull(tablet, token, ward, 0, None)["wards"]
    assert (page["state"], page["position"], page["cases"]) == ("start", 7, [case_of(case)])

    status, reply = tablet.http("POST", "/api/v1/pull/cases", {"v": 1, "cases": page["cases"]}, token)
    assert status == 200
    (whole,) = reply["cases"]
    assert [row["digest"] for row in whole["rows"]] == [entry.digest for entry in case]
    assert reply["certificates"] == [writer.certificate]


def test_each_case_comes_with_its_own_entries(
    tablet: Tablet, token: str, ward: Ward, writer: Writer, release: Release, case: list[Written]
) -> None:
    other = open_case(writer, str(ward.id), release.digest)
    last = writer.write("answer.given", answer("bleed.warfarin", "yes"), ward=str(ward.id), case=case_of(case))
    tablet.send(*other, last)
    wanted = {case_of(case): [*case, last], case_of(other): other}
    _, reply = tablet.http("POST", "/api/v1/pull/cases", {"v": 1, "cases": list(wanted)}, token)
    found = {one["case"]: [row["digest"] for row in one["rows"]] for one in reply["cases"]}
    assert found == {name: [entry.digest for entry in entries] for name, entries in wanted.items()}


def test_cases_that_do_not_fit_are_named(
    tablet: Tablet,
    token: str,
    ward: Ward,
    writer: Writer,
    release: Release,
    case: list[Written],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tablet.send(*open_case(writer, str(ward.id), release.digest))
    monkeypatch.setattr(pulling, "MAX_CASE_ENTRIES", 4)
    cases = [str(record.case) for record in Record.objects.order_by("case")]
    _, reply = tablet.http("POST", "/api/v1/pull/cases", {"v": 1, "cases": cases}, token)
    assert [found["case"] for found in reply["cases"]] == cases[:1]
    assert reply["left"] == cases[1:]


class TestWhoMayNot:
    def test_another_wards_log_and_cases(
        self,
        new_tablet: Callable[..., Tablet],
        tablet: Tablet,
        ward: Ward,
        other_ward: Ward,
        stranger: Person,
        case: list[Written],
    ) -> None:
        theirs = new_tablet(other_ward)
        token = theirs.pull_token(theirs.enrol("stranger", PASSWORD))

        reply = pull(theirs, token, ward, 0, None)
        assert (reply["wards"], reply["left"]) == ([], [str(ward.id)])
        _, cases = theirs.http("POST", "/api/v1/pull/cases", {"v": 1, "cases": [case_of(case)]}, token)
        assert (cases["cases"], cases["left"]) == ([], [])

    def test_a_ward_of_the_tablet_where_the_person_has_no_role(
        self, new_tablet: Callable[..., Tablet], ward: Ward, other_ward: Ward, stranger: Person
    ) -> None:
        both = new_tablet(ward, other_ward)
        reply = pull(both, both.pull_token(both.enrol("stranger", PASSWORD)), ward, 0, None)
        assert reply["left"] == [str(ward.id)]

    def test_a_role_that_ended_after_the_token_was_given(self, tablet: Tablet, token: str, ward: Ward) -> None:
        Membership.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert pull(tablet, token, ward, 0, None)["left"] == [str(ward.id)]

    @pytest.mark.parametrize(
        ("end", "code"),
        [
            (lambda: Device.objects.update(revoked_at=timezone.now()), "tablet-revoked"),
            (lambda: Enrolment.objects.update(ended_at=timezone.now(), ended_as="left"), "enrolment-ended"),
            (lambda: Person.objects.update(is_active=False), "enrolment-ended"),
        ],
    )
    def test_what_has_ended(self, tablet: Tablet, token: str, ward: Ward, end: Callable[[], Any], code: str) -> None:
        end()
        status, problem = tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": []}, token)
        assert (status, problem["code"]) == (403, code)

    def test_the_tablets_own_token_does_not_read(self, tablet: Tablet, ward: Ward) -> None:
        """Who steals the push token can append and hear receipts, and read nothing."""
        status, problem = tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": []}, tablet.token)
        assert (status, problem["code"]) == (401, "token-wrong")

    def test_a_token_that_has_expired(self, tablet: Tablet, writer: Writer) -> None:
        token, _ = keys.pull_token(uuid.UUID(writer.enrolment), now_ms() - keys.PULL_VALID_MS - 1)
        status, problem = tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": []}, token)
        assert (status, problem["code"]) == (401, "token-expired")

    def test_a_token_whose_end_was_moved(self, tablet: Tablet, token: str) -> None:
        parts = token.split(".")
        parts[4] = str(int(parts[4]) + 1)
        status, problem = tablet.http("POST", "/api/v1/pull", {"v": 1, "wards": []}, ".".join(parts))
        assert (status, problem["code"]) == (401, "token-wrong")


class TestTheChallenge:
    def problem(self, tablet: Tablet, request: Json) -> tuple[int, str]:
        status, problem = tablet.http("POST", "/api/v1/pull-tokens", request, tablet.token)
        return status, problem["code"]

    def test_signed_by_another(self, tablet: Tablet, writer: Writer, second_nurse: Person) -> None:
        other = tablet.enrol("second_nurse", PASSWORD)
        request = {**tablet.signed_challenge(other), "enrolment": writer.enrolment}
        assert self.problem(tablet, request) == (403, "challenge-wrong")

    def test_made_for_another_tablet(
        self, tablet: Tablet, writer: Writer, new_tablet: Callable[..., Tablet], ward: Ward
    ) -> None:
        foreign = new_tablet(ward).signed_challenge(writer)
        assert self.problem(tablet, foreign) == (403, "challenge-wrong")

    def test_too_old(self, tablet: Tablet, writer: Writer) -> None:
        old = keys.challenge(uuid.UUID(tablet.device), now_ms() - keys.CHALLENGE_VALID_MS - 1)
        signature = seal.to_text(seal.sign(writer.key, seal.purpose_bytes("challenge", old)))
        request = {"v": 1, "enrolment": writer.enrolment, "challenge": seal.to_text(old), "signature": signature}
        assert self.problem(tablet, request) == (403, "challenge-wrong")

    @pytest.mark.parametrize("challenge", ["", "AAAA", "A" * 96])
    def test_not_made_here(self, tablet: Tablet, writer: Writer, challenge: str) -> None:
        signed = seal.sign(writer.key, seal.purpose_bytes("challenge", seal.from_text(challenge)))
        request = {"v": 1, "enrolment": writer.enrolment, "challenge": challenge, "signature": seal.to_text(signed)}
        assert self.problem(tablet, request) == (403, "challenge-wrong")

    def test_for_an_enrolment_of_another_tablet(
        self, tablet: Tablet, writer: Writer, new_tablet: Callable[..., Tablet], ward: Ward
    ) -> None:
        thief = new_tablet(ward)
        assert self.problem(thief, thief.signed_challenge(writer)) == (403, "enrolment-ended")
