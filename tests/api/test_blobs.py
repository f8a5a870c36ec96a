"""Photographs: what a tablet hands in beside its entries is kept once, and is what its name says."""

import os
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from procedures.core import canonical, seal
from procedures.core.entry import MAX_BATCH_BYTES, MAX_BLOB_BYTES
from procedures.models import Blob, Device, Record, RecordBlob, Release, Ward
from tests.chart import Chart
from tests.tablet import Json, Tablet, Writer

pytestmark = pytest.mark.usefixtures("published_once")


def jpeg(size: int = 1000) -> bytes:
    """Begins as a JPEG does, and is none that another test has."""
    start = b"\xff\xd8\xff\xe0"
    return start + os.urandom(size - len(start))


def kept(digest: str) -> bytes:
    return bytes(Blob.objects.get(digest=digest).data)


class TestAPhotograph:
    def test_is_kept_byte_for_byte_and_named(self, tablet: Tablet) -> None:
        data = jpeg()
        status, reply = tablet.push_blob(tablet.sealed_blob(data))
        assert (status, reply["digest"]) == (200, canonical.digest_of(data))
        assert kept(reply["digest"]) == data
        assert reply["received_ms"] <= reply["server_ms"]

    def test_again_is_kept_once_with_the_same_answer(self, tablet: Tablet) -> None:
        data = jpeg()
        first, second = (tablet.push_blob(tablet.sealed_blob(data)) for _ in range(2))
        assert (first[0], second[0]) == (200, 200)
        assert first[1]["received_ms"] == second[1]["received_ms"]
        assert Blob.objects.count() == 1

    def test_as_large_as_one_may_be_fits_into_a_request(self, tablet: Tablet) -> None:
        assert tablet.send_blob(jpeg(MAX_BLOB_BYTES))
        assert len(canonical.encode(tablet.sealed_blob(jpeg(MAX_BLOB_BYTES)))) <= MAX_BATCH_BYTES

    def test_of_a_revoked_tablet_is_still_wanted(self, tablet: Tablet) -> None:
        Device.objects.filter(id=tablet.device).update(revoked_at="2026-01-01T00:00Z")
        assert tablet.send_blob(jpeg())


class TestRefused:
    """Nothing is kept, and the code says why."""

    def refusal(self, tablet: Tablet, blob: Json) -> tuple[int, str]:
        status, problem = tablet.push_blob(blob)
        assert problem["title"]
        assert not Blob.objects.exists()
        return status, str(problem["code"])

    def test_under_another_name(self, tablet: Tablet) -> None:
        assert self.refusal(tablet, tablet.sealed_blob(jpeg(), "0" * 64)) == (400, "blob-digest-wrong")

    @pytest.mark.parametrize("data", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"\xff\xd8\x00"])
    def test_what_is_no_jpeg(self, tablet: Tablet, data: bytes) -> None:
        assert self.refusal(tablet, tablet.sealed_blob(data)) == (400, "blob-not-jpeg")

    def test_larger_than_one_may_be(self, tablet: Tablet) -> None:
        assert self.refusal(tablet, tablet.sealed_blob(jpeg(MAX_BLOB_BYTES + 1))) == (413, "blob-too-large")
        assert self.refusal(tablet, tablet.sealed_blob(jpeg(5_000_000))) == (413, "too-large")

    def test_sealed_for_another_name(self, tablet: Tablet) -> None:
        blob = tablet.sealed_blob(jpeg()) | {"digest": "0" * 64}
        assert self.refusal(tablet, blob) == (400, "seal-broken")

    def test_sealed_in_another_envelope(self, tablet: Tablet) -> None:
        blob = tablet.sealed_blob(jpeg()) | {"envelope": tablet.envelope(b"k" * 32)}
        assert self.refusal(tablet, blob) == (400, "seal-broken")

    def test_an_envelope_of_another_tablet(self, tablet: Tablet, new_tablet: Callable[..., Tablet], ward: Ward) -> None:
        """Who copied one on its way cannot send it as another tablet's."""
        assert self.refusal(tablet, new_tablet(ward).sealed_blob(jpeg())) == (400, "envelope-broken")

    def test_an_envelope_that_is_none_or_for_a_key_that_never_was(self, tablet: Tablet) -> None:
        blob = tablet.sealed_blob(jpeg())
        named = blob | {"envelope": {**blob["envelope"], "id": "0" * 64}}
        assert self.refusal(tablet, named) == (400, "envelope-broken")
        numbered = blob | {"envelope": {**blob["envelope"], "key": 7}}
        assert self.refusal(tablet, numbered) == (400, "key-unknown")

    @pytest.mark.parametrize(
        ("bent", "code"),
        [
            ({"v": 2}, "version-unknown"),
            ({"sealed": "=="}, "shape-wrong"),
            ({"digest": "A" * 64}, "shape-wrong"),
            ({"case": None}, "shape-wrong"),
        ],
    )
    def test_another_shape(self, tablet: Tablet, bent: Json, code: str) -> None:
        assert self.refusal(tablet, tablet.sealed_blob(jpeg()) | bent) == (400, code)

    def test_what_is_no_json(self, client: Client, tablet: Tablet) -> None:
        headers = {"Authorization": f"Bearer {tablet.token}"}
        for data in (b"", b"<html>Please log in</html>", jpeg()):
            response = client.post("/api/v1/blobs", data, content_type="application/json", headers=headers)
            assert (response.status_code, response.json()["code"]) == (400, "json-broken")

    def test_without_a_token_that_was_given(self, tablet: Tablet) -> None:
        blob = tablet.sealed_blob(jpeg())
        for token in (None, "x", tablet.token[:-8] + "AAAAAAAA"):
            status, problem = tablet.http("POST", "/api/v1/blobs", blob, token)
            assert (status, problem["code"]) == (401, "token-wrong")
        assert not Blob.objects.exists()

    def test_a_stolen_token_fills_no_disk(self, tablet: Tablet, new_tablet: Callable[..., Tablet], ward: Ward) -> None:
        thief = Tablet(tablet.http, tablet.device, tablet.token, tablet.wards, tablet.server_keys)
        answers = [thief.push_blob(thief.sealed_blob(b"no picture")) for _ in range(61)]
        assert [status for status, _ in answers] == [400] * 60 + [429]
        assert answers[-1][1]["code"] == "too-many-tries"
        assert new_tablet(ward).send_blob(jpeg())

    def test_a_stolen_token_reads_none(self, tablet: Tablet) -> None:
        digest = tablet.send_blob(jpeg())
        for address in ("blobs", f"blobs/{digest}"):
            assert tablet.http("GET", f"/api/v1/{address}", None, tablet.token)[0] in (404, 405)


class TestAnEntryThatNamesIt:
    """In either order; until it has come the case is flagged, and the tablet is told."""

    @pytest.fixture
    def chart(self, tablet: Tablet, writer: Writer, release: Release) -> Chart:
        return Chart.begun(tablet, writer, release)

    def told(self, tablet: Tablet, writer: Writer) -> Any:
        """What a locked tablet hears that has nothing to send."""
        _, reply = tablet.push({**tablet.sealed([]), "enrolments": [writer.enrolment]})
        return reply["enrolments"][0]["blobs"]

    def test_comes_after_it(self, tablet: Tablet, writer: Writer, chart: Chart) -> None:
        digest = tablet.send_blob(jpeg())
        chart.decide("granted", blobs=[digest])
        chart.send()
        assert Record.objects.get().flag_codes == []
        assert self.told(tablet, writer) == []

    def test_comes_before_it(self, tablet: Tablet, writer: Writer, chart: Chart) -> None:
        data = [jpeg(), jpeg()]
        digests = sorted(map(canonical.digest_of, data))
        chart.decide("granted", blobs=digests)
        chart.send()
        assert Record.objects.get().flag_codes == ["photograph-missing"]
        assert self.told(tablet, writer) == digests

        tablet.send_blob(data[0])
        assert Record.objects.get().flag_codes == ["photograph-missing"]
        tablet.send_blob(data[1])
        assert Record.objects.get().flag_codes == []
        assert self.told(tablet, writer) == []

    def test_names_it_in_two_cases_and_twice_in_one(
        self, tablet: Tablet, writer: Writer, release: Release, chart: Chart
    ) -> None:
        """Both parents on one paper; and a paper that was put to the wrong child first."""
        digest = canonical.digest_of(data := jpeg())
        other = Chart.begun(tablet, writer, release)
        for each in (chart, chart, other):
            each.decide("granted", blobs=[digest])
        chart.send()
        other.send()
        assert RecordBlob.objects.count() == 2
        assert self.told(tablet, writer) == [digest]
        tablet.send_blob(data)
        assert [record.flag_codes for record in Record.objects.all()] == [[], []]

    def test_is_told_to_its_writers_own_tablet_only(
        self, tablet: Tablet, writer: Writer, chart: Chart, new_tablet: Callable[..., Tablet], ward: Ward
    ) -> None:
        chart.decide("granted", blobs=["0" * 64])
        chart.send()
        _, reply = (other := new_tablet(ward)).push({**other.sealed([]), "enrolments": [writer.enrolment]})
        assert reply["enrolments"] == []

    @pytest.mark.parametrize("named", [None, "x", ["x"], [1], {"0": 1}])
    def test_names_nothing_that_is_a_photograph(
        self, tablet: Tablet, writer: Writer, chart: Chart, named: object
    ) -> None:
        chart.write("consent.decided", {"consent": "procedure", "blobs": named})
        chart.send()
        assert not RecordBlob.objects.exists()


def test_what_is_sealed_as_an_entry_never_opens_as_a_photograph(writer: Writer) -> None:
    """What ties each to its place has another length."""
    envelope = "0" * 64
    entrys = seal.entry_aad(envelope, uuid.UUID(writer.enrolment), 1)
    assert len(entrys) != len(seal.blob_aad(envelope, "1" * 64))
