"""Ways into a case: a list of patients, a child who returns, a wristband before the camera."""

import json
import urllib.request
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import segno
from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory, wait_until
from tests.journeys.test_consent import SIX_MINUTES_LATER

PATIENCE_MS = 60_000
# So many that the browser is dead long before the last one is taken, however slow the machine is to kill it.
CHILDREN = 72
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
    many = [row(f"020219 {n:05}", f"Barn Åsen {n}", at=f"{8 + n // 6:02}:{n % 6 * 10:02}") for n in range(CHILDREN)]
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
    # On each frame: `expect` looks again only after up to a second, and all might be taken by then.
    nora.page.wait_for_function(
        """() => document.querySelector('[data-testid="row-8"]')?.dataset.standing === 'taken'""",
        polling="raf",
        timeout=PATIENCE_MS,
    )

    nora.tablet.kill()
    nora.tablet.start()
    nora.open()
    nora.unlock("nora")
    nora.tap("import")
    choose_list(nora, content)
    expect(nora.on("row-4")).to_have_attribute("data-standing", "taken")
    expect(nora.on(f"row-{3 + CHILDREN}")).to_have_attribute("data-standing", "new")
    nora.on("import-confirm").dblclick()
    expect(nora.on("import-outcome")).to_be_visible(timeout=PATIENCE_MS)
    expect(nora.on("rows-taken").get_by_role("listitem")).to_have_count(CHILDREN)
    nora.tablet.screenshot("taken")
    nora.tap("import-finish")
    expect(nora.page.get_by_text(f"Barn Åsen {CHILDREN - 1}")).to_be_visible()

    server.start()
    nora.network_is_back()
    nora.expect_sent()
    assert open_cases(server) == 1 + CHILDREN
    assert "entries verify" in server.manage("verify_journal")


NO_LISTS = [
    ("liste.xlsx", b"PK\x03\x04\x14\x00", "Excel workbook"),
    ("liste.csv", b"<!DOCTYPE html><html>", "web page"),
    ("liste.csv", b"x" * 10_000_000, "too large"),
    ("liste.csv", b"", "nothing in this list"),
    ("liste.csv", list_of([row(str(n), "Emma") for n in range(201)]), "more than 200"),
    ("liste.csv", b"Navn;ID\r\nEmma;1\r\n", "Not found: Date of birth, Sex, Planned start"),
]


def test_what_is_no_list_is_refused_in_plain_words(nora: Hands) -> None:
    nora.tap("import")
    for name, content, words in NO_LISTS:
        choose_list(nora, content, name=name)
        expect(nora.on("list-problem")).to_contain_text(words)
        expect(nora.on("import-confirm")).to_be_hidden()
    nora.tablet.colour_scheme("dark")
    nora.tablet.screenshot("refused")


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


def end(hands: Hands, outcome: str, username: str) -> None:
    hands.ending(f"end-{outcome}")
    hands.on("reason").fill("Fever")
    hands.prove("end-dialog", username)
    expect(hands.on("case-closed")).to_be_visible()


def previous_of(server: Server, folder: Path, case: str) -> str | None:
    """The case that a case was opened from, as its export says."""
    path = folder / "case.zip"
    server.manage("export_case", case, "--by", "arne", "--out", str(path))
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("entries.jsonl").splitlines()
    entries = [json.loads(json.loads(line)["entry"]) for line in lines]
    (opened,) = [entry for entry in entries if entry["type"] == "case.opened"]
    previous: str | None = opened["body"]["previous"]
    return previous


def case_of(hands: Hands) -> str:
    return hands.page.url.split("#/case/")[1].split("/")[0]


def test_a_child_who_returns_is_asked_whether_it_is_still_so(server: Server, nora: Hands, folder: Path) -> None:
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    first = case_of(nora)
    nora.phase("bleeding")
    nora.choose("bleed.hemophilia", "no")
    nora.choose("bleed.warfarin", "no")
    nora.number("bleed.platelets", "180")
    end(nora, "not-done", "nora")

    # By the identifier, however it is typed; who the patient is comes along and is shown.
    nora.tap("home")
    nora.tap("new-case")
    nora.on("case-identifier").fill("01011912345")
    expect(nora.on("was-here")).to_contain_text("Emma Solberg, born 1 Jan 2019")
    nora.tablet.screenshot("was-here")
    nora.tap("carry")
    expect(nora.on("case-name")).to_have_value("Emma Solberg")
    nora.on("case-identifier").fill("150414 54321")
    expect(nora.on("carried")).to_be_hidden()
    nora.on("case-identifier").fill("010119 12345")
    expect(nora.on("carried")).to_be_visible()
    nora.tap("new-case-create")
    expect(nora.on("last-case")).to_be_visible()
    second = case_of(nora)
    assert second != first

    # What seldom changes is suggested and not filled in; what was measured is not even suggested.
    nora.phase("bleeding")
    expect(nora.on("last-bleed.hemophilia")).to_contain_text("No")
    expect(nora.on("last-bleed.hemophilia")).to_contain_text("Nora Nilsen, RN")
    expect(nora.on("item-bleed.hemophilia")).to_have_attribute("data-state", "unanswered")
    for item in ("bleed.warfarin", "bleed.platelets"):
        expect(nora.on(f"item-{item}")).to_have_attribute("data-state", "unanswered")
        expect(nora.on(f"last-{item}")).to_be_hidden()
    nora.tablet.screenshot("last-time")
    nora.tablet.resize(1180, 820)
    nora.tablet.colour_scheme("dark")
    nora.tablet.screenshot("last-time-wide")
    nora.tap("last-confirm-bleed.hemophilia")
    expect(nora.on("item-bleed.hemophilia")).to_have_attribute("data-state", "answered")
    expect(nora.on("last-bleed.hemophilia")).to_be_hidden()
    nora.expect_sent()
    assert previous_of(server, folder, second) == first
    assert previous_of(server, folder, first) is None

    # From the earlier case itself, too.
    nora.tap("to-ward")
    nora.tap(f"case-{first}")
    nora.tap("new-from-previous")
    expect(nora.on("case-identifier")).to_have_value("010119 12345")
    expect(nora.on("carried")).to_be_visible()
    expect(nora.on("perhaps-twice")).to_be_visible()

    # A slip of the identifier: somebody else is there already.
    nora.write("case-name", "Maja Lind")
    nora.tap("new-case-create")
    expect(nora.on("another")).to_contain_text("somebody else: Emma Solberg, born 1 Jan 2019")
    expect(nora.on("case-identifier")).to_be_visible()
    nora.on("another").scroll_into_view_if_needed()
    nora.tablet.screenshot("another")
    nora.tap("another-checked")
    nora.tap("new-case-create")
    expect(nora.on("case-identifier")).to_be_hidden()


def test_a_tablet_without_the_earlier_case_says_so(server: Server, nora: Hands, tablet_factory: TabletFactory) -> None:
    """A new tablet gets the open cases of the ward, not those that have ended."""
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    end(nora, "not-done", "nora")
    nora.tap("new-from-previous")
    nora.tap("new-case-create")
    expect(nora.on("last-case")).to_contain_text("nothing is suggested")
    nora.expect_sent()

    noah = Hands(tablet_factory())
    noah.register(server.tablet_codes(1)[0])
    noah.enrol("noah", "noah-demo-pass")
    noah.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    expect(noah.on("last-case")).to_contain_text("not on this tablet")
    noah.tablet.screenshot("away")


def write_video(path: Path, code: str) -> None:
    """A film of a QR code on a white wall, in YUV4MPEG2: what Chromium shows for a camera."""
    width, height, scale = 640, 480, 10
    modules = [bytes(row) for row in segno.make(code, error="m", micro=False).matrix]
    top, left = (height - len(modules) * scale) // 2, (width - len(modules) * scale) // 2
    picture = [bytearray(b"\xeb" * width) for _ in range(height)]
    for y, modules_of_row in enumerate(modules):
        for x, dark in enumerate(modules_of_row):
            if dark:
                for line in picture[top + y * scale : top + (y + 1) * scale]:
                    line[left + x * scale : left + (x + 1) * scale] = b"\x10" * scale
    colourless = b"\x80" * (width * height // 2)
    frame = b"FRAME\n" + b"".join(picture) + colourless
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)


CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"


def at_work(hands: Hands, server: Server) -> None:
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol("nora", "nora-demo-pass")


def camera_is_off(hands: Hands) -> bool:
    """What the test put in the way of the camera has seen every picture end."""
    return bool(
        hands.page.evaluate(
            "window.opened.every((stream) => stream.getTracks().every((t) => t.readyState === 'ended'))"
        )
    )


def test_a_wristband_is_scanned_without_a_network_after_a_cold_start(
    server: Server, tablet_factory: TabletFactory, folder: Path
) -> None:
    film = folder / "wristband.y4m"
    write_video(film, "010119 12345")
    nora = Hands(tablet_factory(args=[CAMERA, ALLOWED, f"--use-file-for-fake-video-capture={film}"]))
    at_work(nora, server)
    nora.expect_sent()
    wait_until(
        lambda: bool(nora.page.evaluate("navigator.serviceWorker.ready.then(() => true)")), "the worker is ready"
    )
    server.kill()
    nora.tablet.kill()
    nora.tablet.start()
    nora.tablet.context.add_init_script(WATCH_THE_CAMERA)
    nora.open()
    nora.unlock("nora")

    # The camera is off again when somebody would rather type.
    nora.tap("new-case")
    nora.tap("scan-identifier")
    nora.tap("scan-type")
    expect(nora.on("scan-dialog")).to_be_hidden()
    expect(nora.on("case-identifier")).to_be_focused()
    wait_until(lambda: camera_is_off(nora), "the camera is off")

    nora.tap("scan-identifier")
    expect(nora.on("case-identifier")).to_have_value("010119 12345", timeout=PATIENCE_MS)
    expect(nora.on("scan-dialog")).to_be_hidden()
    nora.on("case-name").fill("Emma Solberg")
    nora.on("case-birth-date").fill("2019-01-01")
    nora.tap("case-sex-female")
    nora.tap("new-case-create")
    nora.phase("sign-in")
    nora.tap("scan-si.band")
    expect(nora.on("answer-si.band")).to_have_value("010119 12345", timeout=PATIENCE_MS)
    nora.tap("save-si.band")
    expect(nora.on("item-si.band")).to_have_attribute("data-state", "answered")

    nora.tap("to-ward")
    nora.on("search").fill("nobody")
    expect(nora.on("none-found")).to_be_visible()
    nora.tap("scan-search")
    expect(nora.page.get_by_text("Emma Solberg")).to_be_visible(timeout=PATIENCE_MS)
    wait_until(lambda: camera_is_off(nora), "the camera is off")
    assert nora.page.evaluate("window.opened.length") == 4


WATCH_THE_CAMERA = """
  window.opened = [];
  const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wishes) => {
    const stream = await asked(wishes);
    window.opened.push(stream);
    return stream;
  };
"""


def test_the_camera_goes_off_when_the_tablet_is_locked(server: Server, tablet_factory: TabletFactory) -> None:
    """Chromium's own film shows no code, so that the camera stays on until somebody ends it."""
    nora = Hands(tablet_factory(args=[CAMERA, ALLOWED]))
    nora.tablet.context.add_init_script(WATCH_THE_CAMERA)
    at_work(nora, server)
    nora.tap("new-case")
    nora.tap("scan-identifier")
    expect(nora.on("scan-picture")).to_have_attribute("data-live", "true")
    nora.tablet.screenshot("scanning")
    nora.tablet.colour_scheme("dark")
    nora.tablet.resize(1180, 820)
    nora.tablet.screenshot("scanning-wide")
    assert not camera_is_off(nora)
    nora.page.evaluate(SIX_MINUTES_LATER)
    expect(nora.on("add-yourself")).to_be_visible()
    wait_until(lambda: camera_is_off(nora), "the camera is off")


def test_without_leave_or_without_a_camera_the_code_is_typed(server: Server, tablet_factory: TabletFactory) -> None:
    refused = Hands(tablet_factory(args=[CAMERA]))
    at_work(refused, server)
    refused.tap("new-case")
    refused.tap("scan-identifier")
    expect(refused.on("scan-problem")).to_contain_text("does not let Bedside use the camera")
    refused.tablet.screenshot("refused")
    refused.tap("scan-type")
    refused.page.keyboard.type("010119 12345")
    expect(refused.on("case-identifier")).to_have_value("010119 12345")

    blind = Hands(tablet_factory())
    blind.register(server.tablet_codes(1)[0])
    blind.enrol("noah", "noah-demo-pass")
    blind.tap("new-case")
    expect(blind.on("case-identifier")).to_be_visible()
    expect(blind.on("scan-identifier")).to_be_hidden()


def test_only_the_tablet_may_ask_for_the_camera_and_only_the_scanner_may_run_wasm(server: Server) -> None:
    for path, camera, wasm in (
        ("/tablet/", "(self)", False),
        ("/tablet/scanner.js", "()", True),
        ("/admin/login/", "()", False),
        ("/", "()", False),
    ):
        with urllib.request.urlopen(server.url + path) as reply:
            assert f"camera={camera}" in reply.headers["Permissions-Policy"], path
            assert ("'wasm-unsafe-eval'" in reply.headers["Content-Security-Policy"]) is wasm, path
            assert "'unsafe-eval'" not in reply.headers["Content-Security-Policy"], path
