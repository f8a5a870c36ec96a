"""One consent of one case, as an auditor reads it on a page and takes it as PDF/A: both say the same."""

import io
import re
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pypdf import PdfReader

from procedures import loading
from procedures.consentacts import form_of
from procedures.models import AccessRow, Person, Release
from tests.chart import CONSENT, Chart
from tests.conftest import publish, small_draft
from tests.tablet import Tablet, Writer, now_ms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]

Says = Callable[[str], str]


def page_of(client: Client, case: str, consent: str = CONSENT) -> Any:
    return client.get(reverse("admin:procedures_record_consent", args=[case, consent]))


def pdf_of(client: Client, case: str, consent: str = CONSENT) -> Any:
    return client.get(reverse("admin:procedures_record_consent_pdf", args=[case, consent]))


def words_of_page(client: Client, case: str) -> str:
    """What a reader sees, in one line."""
    response = page_of(client, case)
    assert response.status_code == 200
    main = response.content.decode().partition('<main id="main"')[2]
    return _one_line(unescape(re.sub(r"<[^>]*>", " ", main)))


def words_of_pdf(client: Client, case: str) -> str:
    response = pdf_of(client, case)
    assert response.status_code == 200
    return _one_line(" ".join(page.extract_text() for page in read(response).pages))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def read(response: Any) -> Any:
    return PdfReader(io.BytesIO(response.content))


@pytest.fixture
def chart(tablet: Tablet, writer: Writer, release: Release) -> Chart:
    return Chart.begun(tablet, writer, release)


@pytest.fixture(params=["page", "pdf"])
def says(request: pytest.FixtureRequest, client: Client, auditor: Person) -> Says:
    """What the page and what the PDF says of a case."""
    client.force_login(auditor)
    read_by = {"page": words_of_page, "pdf": words_of_pdf}[request.param]
    return lambda case: read_by(client, case)


def about(chart: Chart, **more: Any) -> dict[str, Any]:
    return {"consent": CONSENT, "release": chart.release.digest, "covers": [], "seen": None} | more


def text(chart: Chart, language: str) -> dict[str, str]:
    form = form_of(chart.release.digest, CONSENT)
    assert form
    return {"language": language, "text": form.text[language].digest}


def test_every_kind_of_entry_is_told(says: Says, chart: Chart) -> None:
    told = {"risks": ["bleeding"], "copy": "taken", "interpreter": "relative", "given_ms": now_ms() - 3_600_000}
    private = {"by": "Dr Ødegård", "questions": "Does it hurt?\nA little.", "interpreter": "Aunt Åse"}
    chart.write("consent.informed", about(chart, **told, **text(chart, "nb")), private)
    paper = {"decided_ms": now_ms() - 7_200_000, "checked": "card", "witnessed": True, "blobs": ["a" * 64]}
    elsewhere = {
        "witness": "Nora Witness",
        "where": "Tromsø",
        "seen_by": "Dr Berg",
        "reason": "At sea",
        "checked": "No 7",
    }
    chart.grant("parent-1", "Kari Ærlig", elsewhere, interpreter="video", **paper)
    chart.grant("parent-2", "Per Solberg", method="telephone", drawn=False)
    heard = {"who": "child", "view": "disagrees", "informed": True, "drawn": False, "after": []}
    chart.write(
        "consent.heard", about(chart, **heard), {"name": "Emma S", "words": "I would rather not", "strokes": None}
    )
    chart.write("consent.confirmed", about(chart, relation="parent-1", after=[]), {"changes": "Has a cold"})
    withdrawn = {"relation": "parent-2", "method": "spoken", "tissue": "destroyed"}
    chart.write("consent.withdrawn", about(chart, **withdrawn), {"name": "Per Solberg", "reason": "Changed our minds"})
    chart.send()

    said = says(chart.case)
    for words in (
        *("Children's ward 3", "Emma Solberg", "010119 12345", "born 2019-01-01", "release 1", chart.release.digest),
        *("Dr Ødegård", "Does it hurt?", "A little.", "Bleeding or a bruise", "Aunt Åse", "A relative interpreted"),
        *("Kari Ærlig (A parent): agreed", "By a card with a picture, No 7", "The law", "In person, signed here"),
        *(
            "By video",
            "Nora Witness",
            "Tromsø",
            "Dr Berg",
            "At sea",
            "a" * 64,
            "as told when it was written down later",
        ),
        *("Per Solberg (The other parent): agreed", "By telephone", "Not drawn"),
        *("Emma S (child): disagrees", "I would rather not", "Has a cold"),
        *("Withdrawn: Per Solberg (The other parent)", "Spoken, written down by staff", "Changed our minds"),
        *(
            "It is destroyed",
            "Ended by a withdrawal",
            "Nurse (nurse)",
            "by the tablet’s clock",
            "by the server’s clock",
        ),
        # The words that each of them read, in their language.
        *("Norwegian Bokmål, release 1", "En lege tar en liten prøve av beinmargen", "Blødning eller et blåmerke"),
        *("English, release 1", "A doctor will take a small sample of bone marrow", "To wait", "Å vente"),
        *(text(chart, "nb")["text"], text(chart, "en")["text"]),
        # At the end each entry, provable.
        *(entry.digest for entry in chart.entries[3:]),
        *(f"no. {entry.seq} of it" for entry in chart.entries[3:]),
        chart.writer.enrolment,
    ):
        assert words in said, words


def test_a_drawn_signature_is_drawn(client: Client, auditor: Person, chart: Chart) -> None:
    chart.grant_all().send()
    client.force_login(auditor)
    assert page_of(client, chart.case).content.decode().count('<path d="M0 0l500 500"/>') == 2
    drawings = [part for part in pdf_of(client, chart.case).content.split(b"/Alt") if b"Drawn signature" in part[:80]]
    assert len(drawings) >= 2


def test_what_does_not_count_is_kept_and_marked(says: Says, chart: Chart) -> None:
    first = chart.grant("parent-1", "Ida Mistaken")
    chart.write("entry.voided", {"target": first}, {"reason": "Wrong child"})
    second = chart.grant("parent-1", "Ida Early")
    chart.grant("parent-1", "Ida Late", after=[second])
    chart.grant("parent-2", "Odd Silent", drawn=False)
    chart.grant("guardian", "Bo Unbased", basis="other")
    chart.send()
    said = says(chart.case)
    for words in (
        *("Ida Mistaken", "Entered in error", "So wrote Nurse,", "Wrong child"),
        *("Ida Early", "Replaced by a later one of the same person"),
        *("Odd Silent", "Without a signature or a witness it does not count"),
        *("Bo Unbased", "other, which the form does not have", "The legal basis does not apply: it does not count"),
        *("Not signed by all", "Still to agree: 1 of: The other parent, Another person with parental responsibility"),
    ):
        assert words in said, words


def test_what_was_set_aside_or_cannot_be_read_is_there(says: Says, client: Client, chart: Chart) -> None:
    """And breaks neither the sheet nor the record's page."""
    chart.write("consent.decided", {"consent": CONSENT, "decision": 7}, {"name": ["not", "a", "name"]})
    chart.write("consent.moved", {"consent": CONSENT, "relation": None})
    chart.grant("nobody", "Unheard Of", method="magic", release="b" * 64, language="xx")
    chart.write(
        "consent.heard",
        about(chart, who="child", view="agrees", informed=True, drawn=False, after=[]) | {"consent": "unknown-kind"},
        {"name": "Emma", "words": None, "strokes": None},
    )
    chart.send()
    record = client.get(reverse("admin:procedures_record_change", args=[chart.case]))
    for consent in (CONSENT, "unknown-kind"):
        assert f'data-testid="consent-{consent}"' in record.content.decode()
        assert page_of(client, chart.case, consent).status_code == 200
    said = says(chart.case)
    for words in (
        "An entry that cannot be read: consent.decided",
        "An entry that cannot be read: consent.moved",
        "Quarantined: type-unreadable",
        "Quarantined: release-unknown",
        "Set aside for inspection",
        "The release that it names is not here",
        "Unheard Of (nobody): agreed",
        "magic",
    ):
        assert words in said, words


@pytest.mark.parametrize(
    ("bent", "remark"),
    [
        ({"text": "e" * 64}, f"It names another text than its release has: {'e' * 64}"),
        ({"language": "so"}, "The release that it names has no text in this language."),
    ],
)
def test_another_text_than_the_release_has_is_remarked(
    says: Says, chart: Chart, bent: dict[str, Any], remark: str
) -> None:
    chart.grant("parent-2", "Odd Solberg")
    assert remark not in says(chart.send().case)
    chart.grant("parent-1", "Ida Solberg", **bent)
    assert says(chart.send().case).count(remark) == 2  # beside the words, and beside the decision


HOSTILE = [
    '#read("/etc/passwd") *bold* _it_ $x$ @ref <label> \\u{41} `raw`',
    "<script>alert(1)</script><b>x</b> {{ sheet }} {% now %}",
    "// nothing after this /* gone",
    "Łukasz Ñandú Ωμέγα Жанна – «Æ»",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_people_typed_is_text_and_nothing_else(
    client: Client, auditor: Person, chart: Chart, hostile: str
) -> None:
    chart.grant("parent-1", hostile)
    chart.send()
    client.force_login(auditor)
    page = page_of(client, chart.case).content.decode()
    assert page.count(escape(hostile)) >= 2
    assert escape(hostile) == hostile or hostile not in page
    said = words_of_pdf(client, chart.case)
    assert hostile in said
    assert "root:" not in said
    assert "stand in brackets" not in said


def test_the_words_of_a_release_are_text_with_its_few_tags(
    client: Client, auditor: Person, tablet: Tablet, writer: Writer
) -> None:
    draft = small_draft() | {"protocol": "other"}
    html = "<h3>#panic()</h3><p>*a* &lt;b&gt; &amp;amp; <strong>c</strong></p><ul><li>one<br>two</li></ul>"
    draft["consents"][0]["text"]["en"]["html"] = html
    chart = Chart.begun(tablet, writer, publish(loading.load(draft)))
    chart.grant("parent-1", "Ida Solberg")
    chart.send()
    client.force_login(auditor)
    assert html in page_of(client, chart.case).content.decode()
    assert "#panic() *a* <b> &amp; c • one two" in words_of_pdf(client, chart.case)


@pytest.mark.parametrize("name", ["محمد علی", "שלום", "สมชาย", "गीता", "თამარ"])
def test_a_name_in_other_letters_is_printed(client: Client, auditor: Person, chart: Chart, name: str) -> None:
    """Letters come out of a PDF in the order in which they are drawn, which is not always that of writing."""
    chart.grant("parent-1", name)
    chart.send()
    client.force_login(auditor)
    assert name in words_of_page(client, chart.case)
    said = words_of_pdf(client, chart.case)
    assert "stand in brackets" not in said
    assert [letter for letter in name if unicodedata.category(letter) == "Lo" and letter not in said] == []


def test_a_sign_without_type_is_named_on_paper(client: Client, auditor: Person, chart: Chart) -> None:
    chart.grant("parent-1", "李 😀 \u202egnort", {"reason": "\x07" + "W" * 400})
    chart.send()
    client.force_login(auditor)
    said = words_of_pdf(client, chart.case)
    assert "[U+674E] [U+1F600] [U+202E]gnort" in said
    assert "[U+0007]" in said
    assert "stand in brackets, by their number in Unicode" in said
    # What would turn text around is named on the page too; the rest stands there as it is.
    assert "李 😀 [U+202E]gnort" in words_of_page(client, chart.case)


class TestPdf:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, auditor: Person) -> None:
        client.force_login(auditor)

    def test_it_is_pdf_a_2b_with_its_type_in_it(self, client: Client, chart: Chart) -> None:
        """By what it says of itself and the type that it holds; there is no complete checker among the packages."""
        pdf = read(pdf_of(client, chart.grant_all().send().case))
        said = pdf.root_object["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in said
        assert "<pdfaid:conformance>B</pdfaid:conformance>" in said
        assert not pdf.is_encrypted
        assert "/OutputIntents" in pdf.root_object
        fonts = set()
        for page in pdf.pages:
            for font in page["/Resources"]["/Font"].values():
                (inner,) = font.get_object()["/DescendantFonts"]
                descriptor = inner.get_object()["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & descriptor.keys()
                fonts.add(descriptor["/FontName"].rpartition("+")[2])
        assert {name.partition("-")[0] for name in fonts} == {"FiraGO", "DejaVuSansMono"}

    def test_each_page_says_of_whom_and_in_which_state(self, client: Client, chart: Chart) -> None:
        chart.grant_all()
        for number in range(6):
            chart.grant("guardian", f"Guardian {number}")
        chart.withdraw()
        pages = [page.extract_text() for page in read(pdf_of(client, chart.send().case)).pages]
        assert len(pages) > 3
        for number, said in enumerate(pages, start=1):
            head = said[:200]
            for words in ("Consent: The procedure", "Emma Solberg", "Withdrawn"):
                assert words in head
            assert f"{number} / {len(pages)}" in said
            assert chart.case in said

    def test_it_is_a_file_without_a_name_in_its_name(self, client: Client, chart: Chart) -> None:
        response = pdf_of(client, chart.grant_all().send().case)
        assert response["Content-Type"] == "application/pdf"
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Disposition"] == f'attachment; filename="bedside-consent-{chart.case}-procedure.pdf"'

    def test_in_norwegian(self, client: Client, chart: Chart) -> None:
        client.cookies["django_language"] = "nb"
        chart.grant_all()
        chart.withdraw()
        said = words_of_pdf(client, chart.send().case)
        for words in ("Samtykke: Inngrepet", "Trukket tilbake", "Ordene som ble vist", "A doctor will take"):
            assert words in said


class TestRights:
    def test_an_auditor_finds_it_from_the_record(self, client: Client, auditor: Person, chart: Chart) -> None:
        chart.grant_all().send()
        client.force_login(auditor)
        record = client.get(reverse("admin:procedures_record_change", args=[chart.case])).content.decode()
        address = reverse("admin:procedures_record_consent", args=[chart.case, CONSENT])
        assert f'href="{address}"' in record
        assert f'href="{address}pdf/"' in page_of(client, chart.case).content.decode()

    @pytest.mark.parametrize("get", [page_of, pdf_of])
    @pytest.mark.parametrize("name", ["nurse", "editor", "approver"])
    def test_nobody_else_is_shown_it_or_noted(
        self, client: Client, chart: Chart, request: pytest.FixtureRequest, name: str, get: Callable[..., Any]
    ) -> None:
        chart.grant_all().send()
        assert get(client, chart.case).status_code == 302
        client.force_login(request.getfixturevalue(name))
        assert get(client, chart.case).status_code in (302, 403)
        assert not AccessRow.objects.exists()

    def test_who_may_look_and_not_export_gets_no_pdf(self, client: Client, chart: Chart, editor: Person) -> None:
        chart.grant_all().send()
        give(editor, "view_record")
        client.force_login(editor)
        page = page_of(client, chart.case)
        assert page.status_code == 200
        assert "PDF/A" not in page.content.decode()
        assert pdf_of(client, chart.case).status_code == 403
        assert [row.kind for row in AccessRow.objects.all()] == ["viewed"]

    def test_both_are_noted(self, client: Client, auditor: Person, chart: Chart) -> None:
        chart.grant_all().send()
        client.force_login(auditor)
        page_of(client, chart.case)
        pdf_of(client, chart.case)
        rows = [(row.person, row.kind, str(row.case), row.filter) for row in AccessRow.objects.order_by("at")]
        of = {"consent": CONSENT}
        assert rows == [(auditor, "viewed", chart.case, of), (auditor, "printed", chart.case, of)]
        log = client.get(reverse("admin:procedures_accessrow_changelist")).content.decode()
        assert "consent taken as PDF" in log
        assert f"{chart.case} · consent: {CONSENT}" in log

    def test_what_is_not_there_is_not_found(self, client: Client, auditor: Person, chart: Chart) -> None:
        chart.send()
        client.force_login(auditor)
        for get in (page_of, pdf_of):
            assert get(client, chart.case).status_code == 200  # nobody was asked, and that is what it says
            assert get(client, chart.case, "other").status_code == 404
            assert get(client, "7d3c1d3e-0000-4000-8000-000000000000").status_code == 404


def give(person: Person, codename: str) -> None:
    person.user_permissions.add(Permission.objects.get(codename=codename))
