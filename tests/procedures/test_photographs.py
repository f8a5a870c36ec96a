"""A photographed paper on the server: who sees it, what an export holds of it, and how it is erased."""

import base64
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from procedures import blobs, verification
from procedures.core import canonical
from procedures.exports import manifest
from procedures.models import AccessRow, Blob, Person, Record, Release
from tests.api.test_blobs import jpeg
from tests.chart import CONSENT, Chart
from tests.procedures.test_exports import members, rewrite, verify
from tests.tablet import Tablet, Writer

pytestmark = pytest.mark.django_db

PAPER = b"\xff\xd8\xff\xe0" + bytes(range(256))
# One grey point.
DOT = base64.b64decode(
    "/9j/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA"
    "/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)
NAME = canonical.digest_of(PAPER)
FILE = f"blobs/{NAME}.jpg"


@pytest.fixture
def chart(tablet: Tablet, writer: Writer, release: Release) -> Chart:
    """A consent on paper, and its photograph."""
    chart = Chart.begun(tablet, writer, release)
    tablet.send_blob(PAPER)
    chart.decide("granted", blobs=[NAME])
    return chart.send()


@pytest.fixture
def unsent(tablet: Tablet, writer: Writer, release: Release) -> Chart:
    """One whose photograph has never come."""
    chart = Chart.begun(tablet, writer, release)
    chart.decide("granted", blobs=["0" * 64])
    return chart.send()


def address(chart: Chart, digest: str = NAME) -> str:
    return reverse("admin:procedures_record_photograph", args=[chart.case, digest])


def record_page(client: Client, chart: Chart) -> str:
    return client.get(reverse("admin:procedures_record_change", args=[chart.case])).content.decode()


def pictures_in_pdf(client: Client, chart: Chart) -> tuple[int, str]:
    """How many pictures the consent's PDF/A holds, and its words in one line."""
    response = client.get(reverse("admin:procedures_record_consent_pdf", args=[chart.case, CONSENT]))
    assert response.status_code == 200
    pages = PdfReader(io.BytesIO(response.content)).pages
    return sum(len(page.images) for page in pages), " ".join(" ".join(page.extract_text() for page in pages).split())


class TestOnTheConsentsPage:
    def test_it_is_shown(self, client: Client, auditor: Person, chart: Chart) -> None:
        client.force_login(auditor)
        page = client.get(reverse("admin:procedures_record_consent", args=[chart.case, CONSENT])).content.decode()
        assert f'src="{address(chart)}"' in page
        assert NAME in page

    def test_it_is_in_the_pdf(
        self, client: Client, auditor: Person, tablet: Tablet, writer: Writer, release: Release
    ) -> None:
        client.force_login(auditor)
        chart = Chart.begun(tablet, writer, release)
        tablet.send_blob(DOT)
        chart.decide("granted", blobs=[canonical.digest_of(DOT)])
        count, words = pictures_in_pdf(client, chart.send())
        assert count == 1
        assert canonical.digest_of(DOT) in words

    def test_one_that_is_no_picture_is_named_alone(self, client: Client, auditor: Person, chart: Chart) -> None:
        client.force_login(auditor)
        count, words = pictures_in_pdf(client, chart)
        assert count == 0
        assert NAME in words

    def test_one_that_has_not_come_is_said(self, client: Client, auditor: Person, unsent: Chart) -> None:
        client.force_login(auditor)
        count, words = pictures_in_pdf(client, unsent)
        assert count == 0
        assert "has not arrived" in words


class TestOnTheRecordsPage:
    def test_an_auditor_sees_it_and_is_noted(self, client: Client, auditor: Person, chart: Chart) -> None:
        client.force_login(auditor)
        assert f'src="{address(chart)}"' in record_page(client, chart)
        response = client.get(address(chart))
        assert (response.status_code, response.content, response["Content-Type"]) == (200, PAPER, "image/jpeg")
        assert "no-store" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        page, photograph = AccessRow.objects.order_by("at")
        assert (page.kind, photograph.kind) == ("viewed", "viewed")
        assert (photograph.person, str(photograph.case)) == (auditor, chart.case)

    def test_who_may_not_look_is_neither_shown_nor_noted(
        self, client: Client, nurse: Person, editor: Person, chart: Chart
    ) -> None:
        for person, status in ((None, 302), (nurse, 302), (editor, 403)):
            if person is not None:
                client.force_login(person)
            assert client.get(address(chart)).status_code == status
        assert not AccessRow.objects.exists()

    def test_it_is_to_be_had_with_its_own_case_only(
        self, client: Client, auditor: Person, chart: Chart, unsent: Chart
    ) -> None:
        client.force_login(auditor)
        assert client.get(address(unsent)).status_code == 404
        assert client.get(address(unsent, "0" * 64)).status_code == 404
        assert client.get(address(chart, "x")).status_code == 404
        assert client.post(address(chart)).status_code == 405
        assert not AccessRow.objects.exists()

    def test_one_that_has_not_come_is_said_and_marked(self, client: Client, auditor: Person, unsent: Chart) -> None:
        client.force_login(auditor)
        page = record_page(client, unsent)
        assert "The photograph has not arrived" in page
        assert "photograph-missing</dd>" in page
        listed = client.get(reverse("admin:procedures_record_changelist"), {"flags": "photograph-missing"})
        assert listed.context["cl"].result_count == 1
        assert "photograph has not arrived" in listed.content.decode()


class TestInAnExport:
    def export(self, chart: Chart, path: Path, *, identified: bool = True) -> Path:
        purpose = "test" if identified else None
        call_command("export_case", chart.case, by="auditor", out=path, identified=identified, purpose=purpose)
        return path

    @pytest.fixture
    def whole(self, chart: Chart, auditor: Person, tmp_path: Path) -> Path:
        return self.export(chart, tmp_path / "case.zip")

    def test_identified_it_is_there_and_verifies(self, whole: Path) -> None:
        assert members(whole)[FILE] == PAPER
        code, said = verify(whole)
        assert (code, ", 1 photograph" in said and "photographs" not in said) == (0, True)

    def test_pseudonymised_it_is_left_out(self, chart: Chart, auditor: Person, tmp_path: Path) -> None:
        path = self.export(chart, tmp_path / "case.zip", identified=False)
        assert not [name for name in members(path) if name.startswith("blobs/")]
        assert verify(path)[0] == 0

    @pytest.mark.parametrize("state", ["missing", "erased"])
    def test_what_is_not_here_is_listed(
        self, state: str, unsent: Chart, auditor: Person, tmp_path: Path, tablet: Tablet
    ) -> None:
        if state == "erased":
            Blob.objects.create(digest="0" * 64, data=b"", device=uuid.UUID(tablet.device), received_ms=1)
        path = self.export(unsent, tmp_path / "case.zip")
        assert canonical.decode(members(path)["manifest.json"])["blobs_missing"] == ["0" * 64]
        assert verify(path)[0] == 0

    def test_another_picture_is_named(self, whole: Path) -> None:
        rewrite(whole, members(whole) | {FILE: jpeg()})
        assert f"CHANGED  {FILE}: is not the photograph of that digest" in verify(whole)[1]

    @pytest.mark.parametrize(
        ("identified", "photographs", "said"),
        [
            (True, [], f"CHANGED  {FILE}: was left out"),
            (True, [PAPER, b"another"], "is named by no entry"),
            (False, [PAPER], "is named by no entry"),
        ],
    )
    def test_it_is_named_also_where_the_manifest_agrees(
        self, chart: Chart, auditor: Person, tmp_path: Path, identified: bool, photographs: list[bytes], said: str
    ) -> None:
        """Whoever holds the server could sign a manifest over less, or more."""
        path = self.export(chart, tmp_path / "case.zip", identified=identified)
        files = {name: data for name, data in members(path).items() if not name.startswith("blobs/")}
        rewrite(path, signed(files | {f"blobs/{canonical.digest_of(data)}.jpg": data for data in photographs}))
        assert said in verify(path)[1]


def signed(files: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest of exactly these files."""
    facts: dict[str, Any] = canonical.decode(files["manifest.json"])
    members = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    listed = [{"name": name, "bytes": len(data), "sha256": canonical.digest_of(data)} for name, data in members.items()]
    data = manifest.manifest(listed, {name: fact for name, fact in facts.items() if name not in ("v", "files")})
    return members | {"manifest.json": data, "manifest.sig": manifest.signed(data)}


@pytest.mark.django_db(transaction=True, databases="__all__")
class TestErasing:
    def test_it_empties_what_this_case_alone_names(
        self, client: Client, administrator: Person, tablet: Tablet, writer: Writer, release: Release, chart: Chart
    ) -> None:
        other, shared = Chart.begun(tablet, writer, release), jpeg()
        for each in (chart, other):
            each.decide("granted", blobs=[tablet.send_blob(shared)])
            each.send()
        assert blobs.erase(uuid.UUID(chart.case)) == 1

        assert bytes(Blob.objects.get(digest=NAME).data) == b""
        assert bytes(Blob.objects.get(digest=canonical.digest_of(shared)).data) == shared
        client.force_login(administrator)
        assert "The photograph was erased." in record_page(client, chart)
        assert client.get(address(chart)).status_code == 404
        assert Record.objects.get(case=chart.case).flag_codes == []

    def test_one_that_was_still_on_its_tablet_does_not_come(
        self, tablet: Tablet, writer: Writer, release: Release
    ) -> None:
        chart = Chart.begun(tablet, writer, release)
        chart.decide("granted", blobs=[NAME])
        chart.send()
        blobs.erase(uuid.UUID(chart.case))
        _, reply = tablet.push({**tablet.sealed([]), "enrolments": [writer.enrolment]})
        assert reply["enrolments"][0]["blobs"] == []
        assert tablet.send_blob(PAPER) == NAME
        assert bytes(Blob.objects.get().data) == b""

    def test_it_does_not_come_back(self, tablet: Tablet, writer: Writer, chart: Chart) -> None:
        blobs.erase(uuid.UUID(chart.case))
        assert tablet.send_blob(PAPER) == NAME
        assert bytes(Blob.objects.get().data) == b""
        _, reply = tablet.push({**tablet.sealed([]), "enrolments": [writer.enrolment]})
        assert reply["enrolments"][0]["blobs"] == []
        assert verification.findings()[0] == []


def test_the_journals_check_names_one_that_was_exchanged(chart: Chart, tablet: Tablet) -> None:
    Blob.objects.create(digest="1" * 64, data=PAPER, device=uuid.UUID(tablet.device), received_ms=1)
    found, _ = verification.findings()
    assert found == [{"digest": "1" * 64, "problem": "the photograph is not that of the digest"}]
