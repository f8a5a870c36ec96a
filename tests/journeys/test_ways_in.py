"""Ways into a case: a list of patients, a child who returns, a wristband before the camera."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory

PATIENCE_MS = 60_000
TOMORROW = date.today() + timedelta(days=1)  # noqa: DTZ011 (the tablet and the tests stand in one zone)


@pytest.fixture
def nora(server: Server, tablet_factory: TabletFactory) -> Hands:
    """A tablet of the ward, with a nurse at work."""
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol("nora", "nora-demo-pass")
    hands.expect_sent()
    return hands


def list_of(rows: Sequence[str]) -> bytes:
    """As Excel writes it in Norway."""
    heading = "Pasient-ID;Navn;Fødselsdato;Kjønn;Dato;Klokkeslett"
    return "\r\n".join([heading, *rows, ""]).encode("cp1252")


def row(identifier: str, name: str, *, born: str = "01.01.2019", sex: str = "jente", at: str = "08:30") -> str:
    return ";".join([identifier, name, born, sex, TOMORROW.strftime("%d.%m.%Y"), at])


def choose_list(hands: Hands, content: bytes, *, name: str = "liste.csv") -> None:
    hands.on("list-file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def open_cases(server: Server) -> int:
    ((count,),) = server.rows("SELECT COUNT(DISTINCT \"case\") FROM procedures_entry WHERE type = 'case.opened'")
    return int(count)


def test_a_list_becomes_cases_once_however_often_it_is_cut_short(server: Server, nora: Hands) -> None:
    """Without the server; one row has a mistake, one child is on the ward already, and the browser dies midway."""
    nora.new_case(identifier="010119 00000", name="Emma Solberg", born="2019-01-01")
    nora.tap("to-ward")
    nora.expect_sent()
    server.kill()
    many = [row(f"020219 {n:05}", f"Barn Åsen {n}", at=f"{8 + n // 4:02}:{n % 4 * 15:02}") for n in range(24)]
    content = list_of([row("01011900000", "Emma Solberg"), row("030319 00000", "Ola Lie", born="31.02.2019"), *many])

    nora.tap("import")
    nora.tablet.screenshot("choose")
    choose_list(nora, content)
    expect(nora.on("row-2")).to_have_attribute("data-standing", "here")
    expect(nora.on("take-2")).not_to_be_checked()
    expect(nora.on("row-3")).to_have_attribute("data-standing", "mistake")
    expect(nora.on("row-3")).to_contain_text("31.02.2019")
    expect(nora.on("row-4")).to_contain_text("Barn Åsen 0")
    nora.tablet.screenshot("preview")
    nora.tap("import-confirm")
    expect(nora.on("row-8")).to_have_attribute("data-standing", "taken", timeout=PATIENCE_MS)

    nora.tablet.kill()
    nora.tablet.start()
    nora.open()
    nora.unlock("nora")
    nora.tap("import")
    choose_list(nora, content)
    expect(nora.on("row-4")).to_have_attribute("data-standing", "taken")
    nora.on("import-confirm").dblclick()
    expect(nora.on("import-outcome")).to_be_visible(timeout=PATIENCE_MS)
    expect(nora.on("rows-taken").get_by_role("listitem")).to_have_count(24)
    nora.tablet.screenshot("taken")
    nora.tap("import-finish")
    expect(nora.page.get_by_text("Barn Åsen 23")).to_be_visible()

    server.start()
    nora.network_is_back()
    nora.expect_sent()
    assert open_cases(server) == 1 + 24
    assert "entries verify" in server.manage("verify_journal")


NO_LISTS = [
    ("liste.xlsx", b"PK\x03\x04\x14\x00", "Excel workbook"),
    ("liste.csv", b"<!DOCTYPE html><html>", "web page"),
    ("liste.csv", b"x" * 10_000_000, "too large"),
    ("liste.csv", b"", "nothing in this list"),
    ("liste.csv", list_of([row(str(n), "Emma") for n in range(201)]), "more than 200"),
    ("liste.csv", b"Navn;ID\r\nEmma;1\r\n", "Not found: Date of birth, Sex, Planned start"),
]


@pytest.mark.screens
def test_what_is_no_list_is_refused_in_plain_words(nora: Hands) -> None:
    nora.tap("import")
    for name, content, words in NO_LISTS:
        choose_list(nora, content, name=name)
        expect(nora.on("list-problem")).to_contain_text(words)
        expect(nora.on("import-confirm")).to_be_hidden()
    nora.tablet.colour_scheme("dark")
    nora.tablet.screenshot("refused")


@pytest.mark.screens
def test_the_example_is_a_list_that_can_be_pasted_at_a_desk(
    server: Server, tablet_factory: TabletFactory, folder: Path
) -> None:
    """A browser at a desk is a device like any other."""
    desk = Hands(tablet_factory(viewport={"width": 1180, "height": 820}, has_touch=False, accept_downloads=True))
    desk.register(server.seed["tablet_codes"][0])
    desk.enrol("nora", "nora-demo-pass")
    desk.tap("import")
    with desk.page.expect_download() as downloading:
        desk.tap("example-download")
    downloading.value.save_as(folder / "example.csv")
    example = (folder / "example.csv").read_text("utf-8-sig")
    assert example.strip() == desk.on("list-example").inner_text()

    desk.on("list-pasted").fill(example)
    desk.tap("list-read")
    expect(desk.on("rows-new").get_by_role("listitem")).to_have_count(2)
    desk.on("take-3").uncheck()
    desk.tablet.colour_scheme("dark")
    desk.tablet.screenshot("preview-at-a-desk")
    desk.tap("import-confirm")
    expect(desk.on("import-outcome")).to_be_visible()
    expect(desk.on("rows-new").get_by_role("listitem")).to_have_count(1)
    desk.expect_sent()
    assert open_cases(server) == 1
