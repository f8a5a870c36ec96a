"""Registering a tablet with a code, and people on it with name and password."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from procedures import enrolment, keys
from procedures.core import canonical, seal
from procedures.models import Device, Enrolment, Membership, Person, TabletCode, Ward
from tests.conftest import PASSWORD
from tests.tablet import Http, Tablet

pytestmark = pytest.mark.django_db


def code_problem(http: Http, code: str) -> tuple[int, str]:
    status, problem = http("POST", "/api/v1/registrations", {"v": 1, "code": code}, None)
    return status, problem["code"]


class TestRegistration:
    @pytest.fixture
    def device(self, ward: Ward) -> Device:
        device = Device.objects.create(name="Tablet 9")
        device.wards.add(ward)
        return device

    def test_a_code_gives_what_a_tablet_needs(self, http: Http, device: Device, ward: Ward) -> None:
        status, reply = http(
            "POST", "/api/v1/registrations", {"v": 1, "code": enrolment.make_code(device, by=None)}, None
        )

        assert status == 201
        assert reply["device"] == str(device.id)
        assert reply["wards"] == [{"ward": str(ward.id), "name": ward.name}]
        assert keys.read_device_token(reply["token"]) == (device.id, keys.current_number())
        assert [row["key"] for row in reply["keys"]] == list(keys.root_keys())

    def test_a_code_is_read_as_people_type_it(self, http: Http, device: Device) -> None:
        code = enrolment.make_code(device, by=None)
        status, _ = http("POST", "/api/v1/registrations", {"v": 1, "code": f" {code.lower().replace('-', ' ')} "}, None)
        assert status == 201

    def test_a_code_works_once(self, http: Http, device: Device) -> None:
        code = enrolment.make_code(device, by=None)
        http("POST", "/api/v1/registrations", {"v": 1, "code": code}, None)
        assert code_problem(http, code) == (400, "code-wrong")

    def test_a_code_ends_after_fifteen_minutes(self, http: Http, device: Device) -> None:
        code = enrolment.make_code(device, by=None)
        assert timezone.now() + timedelta(minutes=16) > TabletCode.objects.get().expires_at
        TabletCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert code_problem(http, code) == (410, "code-expired")

    def test_a_new_code_ends_the_one_before(self, http: Http, device: Device) -> None:
        first = enrolment.make_code(device, by=None)
        enrolment.make_code(device, by=None)
        assert code_problem(http, first) == (400, "code-wrong")

    def test_a_code_for_a_tablet_out_of_use(self, http: Http, device: Device) -> None:
        code = enrolment.make_code(device, by=None)
        Device.objects.update(revoked_at=timezone.now())
        assert code_problem(http, code) == (403, "tablet-revoked")

    def test_guessing_is_slowed_down(self, http: Http) -> None:
        answers = [code_problem(http, f"GUESS-{number}") for number in range(21)]
        assert answers[-1] == (429, "too-many-tries")

    def test_the_code_itself_is_not_kept(self, device: Device) -> None:
        code = enrolment.make_code(device, by=None)
        assert code.replace("-", "") not in TabletCode.objects.get().digest


class TestEnrolment:
    def problem(self, tablet: Tablet, **bent: Any) -> tuple[int, str]:
        request = tablet.enrolment_request("nurse", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        status, problem = tablet.http("POST", "/api/v1/enrolments", {**request, **bent}, tablet.token)
        return status, problem["code"]

    def test_the_certificate_says_who_the_writer_is(self, tablet: Tablet, nurse: Person, ward: Ward) -> None:
        writer = tablet.enrol("nurse", PASSWORD)

        certificate = seal.read_certificate(
            writer.certificate["certificate"], writer.certificate["signature"], keys.signing_public_keys()
        )
        assert certificate.person == str(nurse.id)
        assert certificate.name == "Nurse"
        assert certificate.roles == ["nurse"]
        assert certificate.wards == [str(ward.id)]
        assert certificate.device == tablet.device
        assert certificate.key == keys.current_number()

    def test_the_same_request_again_gives_the_same_answer(self, tablet: Tablet, nurse: Person) -> None:
        request = tablet.enrolment_request("nurse", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        first = tablet.http("POST", "/api/v1/enrolments", request, tablet.token)[1]
        second = tablet.http("POST", "/api/v1/enrolments", request, tablet.token)[1]

        assert first["certificate"] == second["certificate"]
        assert Enrolment.objects.count() == 1

    def test_all_people_of_a_tablet_share_its_data_key(
        self, tablet: Tablet, nurse: Person, second_nurse: Person
    ) -> None:
        def data_key(username: str) -> str:
            request = tablet.enrolment_request(username, PASSWORD, ec.generate_private_key(ec.SECP256R1()))
            return str(tablet.http("POST", "/api/v1/enrolments", request, tablet.token)[1]["data_key"])

        assert data_key("nurse") == data_key("second_nurse")

    def test_a_wrong_password(self, tablet: Tablet, nurse: Person) -> None:
        assert self.problem(tablet, password="wrong") == (403, "login-wrong")

    def test_an_unknown_name(self, tablet: Tablet) -> None:
        assert self.problem(tablet) == (403, "login-wrong")

    def test_someone_who_left(self, tablet: Tablet, nurse: Person) -> None:
        Person.objects.update(is_active=False)
        assert self.problem(tablet) == (403, "login-wrong")

    def test_someone_from_another_ward(self, tablet: Tablet, stranger: Person) -> None:
        request = tablet.enrolment_request("stranger", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        status, problem = tablet.http("POST", "/api/v1/enrolments", request, tablet.token)
        assert (status, problem["code"]) == (403, "role-missing")

    def test_a_role_that_has_ended(self, tablet: Tablet, nurse: Person) -> None:
        Membership.objects.update(until=timezone.now())
        assert self.problem(tablet) == (403, "role-missing")

    def test_a_key_that_the_tablet_does_not_hold(self, tablet: Tablet, nurse: Person) -> None:
        other = tablet.enrolment_request("nurse", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        assert self.problem(tablet, public_key=other["public_key"]) == (400, "possession-unproved")

    def test_a_proof_made_for_another_tablet(
        self, tablet: Tablet, new_tablet: Callable[..., Tablet], ward: Ward, nurse: Person
    ) -> None:
        request = new_tablet(ward).enrolment_request("nurse", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        status, problem = tablet.http("POST", "/api/v1/enrolments", request, tablet.token)
        assert (status, problem["code"]) == (400, "possession-unproved")

    def test_an_enrolment_that_is_anothers(self, tablet: Tablet, nurse: Person, second_nurse: Person) -> None:
        tablet.enrol("second_nurse", PASSWORD)
        taken = str(Enrolment.objects.get().id)
        key = ec.generate_private_key(ec.SECP256R1())
        request = tablet.enrolment_request("nurse", PASSWORD, key)
        claim = {"device": tablet.device, "enrolment": taken, "public_key": request["public_key"], "username": "nurse"}
        proof = seal.to_text(seal.sign(key, seal.purpose_bytes("enrolment", canonical.encode(claim))))
        assert self.problem(tablet, **{**request, "enrolment": taken, "proof": proof}) == (400, "possession-unproved")

    @pytest.mark.parametrize("public_key", ["", "AAAA", "B" + "A" * 86, "!"])
    def test_a_key_that_is_none(self, tablet: Tablet, nurse: Person, public_key: str) -> None:
        assert self.problem(tablet, public_key=public_key) == (400, "shape-wrong")

    @pytest.mark.parametrize("bent", [{"username": "nurse\0"}, {"username": "x" * 151}, {"password": "x" * 1001}])
    def test_a_name_or_password_that_nobody_has(self, tablet: Tablet, nurse: Person, bent: dict[str, str]) -> None:
        assert self.problem(tablet, **bent) == (400, "shape-wrong")

    def test_guessing_is_slowed_down(self, tablet: Tablet, nurse: Person) -> None:
        answers = [self.problem(tablet, password=str(number)) for number in range(11)]
        assert answers[-1] == (429, "too-many-tries")

    def test_a_tablet_out_of_use(self, tablet: Tablet, nurse: Person) -> None:
        Device.objects.update(revoked_at=timezone.now())
        assert self.problem(tablet) == (403, "tablet-revoked")

    def test_without_a_token(self, tablet: Tablet, nurse: Person) -> None:
        request = tablet.enrolment_request("nurse", PASSWORD, ec.generate_private_key(ec.SECP256R1()))
        status, problem = tablet.http("POST", "/api/v1/enrolments", request, None)
        assert (status, problem["code"]) == (401, "token-wrong")


def test_a_token_of_an_old_root_key_still_counts(tablet: Tablet) -> None:
    """Root keys are added, never removed: a tablet that registered long ago goes on."""
    device = uuid.UUID(tablet.device)
    newest = keys.current_number()
    old = keys.device_token(device).replace(f".{newest}.", ".1.")
    assert tablet.http("GET", "/api/v1/releases", None, old)[0] == 401  # the secret is another key's

    from procedures.core import derivation

    secret = seal.to_text(derivation.device_token(keys.root_keys()[1], device))
    assert tablet.http("GET", "/api/v1/releases", None, f"bd1.device.1.{device}.{secret}")[0] == 200
