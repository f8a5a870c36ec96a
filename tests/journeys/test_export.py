"""An auditor exports a ward; the worker is killed in the middle; the file comes all the same, and proves itself."""

import contextlib
import json
import sqlite3
import time
import urllib.request
import zipfile
from collections.abc import Generator
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.harness import Server, TabletFactory, Worker, wait_until
from tests.journeys.harness import Tablet as Browser
from tests.journeys.test_one_tap import verify
from tests.tablet import Json, Tablet, Writer, answer, open_case

CASES = 60
ANSWERS = [("bleed.hemophilia", "no"), ("bleed.warfarin", "yes"), ("bleed.inr", "2.4"), ("bleed.platelets", "180")]
SIZES = {"upright": (820, 1180), "lying": (1180, 820)}


@pytest.fixture
def server(server: Server) -> Server:
    """Here a worker is taken for dead sooner, so that the journey need not wait for it."""
    server.environment["BEDSIDE_EXPORT_STALE_S"] = "4"
    return server


@pytest.mark.databases
def test_an_export_outlives_its_worker(
    server: Server, worker: Worker, tablet_factory: TabletFactory, folder: Path
) -> None:
    fill_ward(server)
    desk = tablet_factory(viewport={"width": 1180, "height": 820}, accept_downloads=True)
    sign_in(desk.page, server)
    desk.open("/admin/procedures/record/")
    expect(desk.page.get_by_test_id("record-count")).to_have_text("0 records")
    look(desk, "yesterday")
    desk.page.get_by_label("Status").select_option("In preparation")
    for day in ("Closed from", "Closed until"):
        desk.page.get_by_label(day).fill("")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.get_by_test_id("record-count")).to_have_text(f"{CASES} records")
    look(desk, "records")
    desk.page.get_by_role("link", name="Export…").click()
    expect(desk.page.get_by_test_id("export-count")).to_have_text(f"{CASES} cases")
    desk.page.get_by_label("Identified").check()
    desk.page.get_by_test_id("export-submit").click()
    expect(desk.page.get_by_text("Say what the names are needed for.")).to_be_visible()
    look(desk, "form")
    desk.page.get_by_label("Purpose").fill("Yearly review")
    desk.page.get_by_test_id("export-submit").click()
    expect(desk.page.get_by_test_id("export-job")).to_be_visible()

    # The worker stands still in the middle, and the page says where.
    with standstill(server) as done:
        assert 0 < done < CASES
        expect(desk.page.get_by_test_id("export-words")).to_have_text(f"{done} of {CASES} cases")
        expect(desk.page.get_by_test_id("export-job")).to_have_attribute("data-state", "running")
        bar = desk.page.get_by_role("progressbar")
        assert (bar.get_attribute("value"), bar.get_attribute("max")) == (str(done), str(CASES))
        look(desk, "running")
        worker.kill()
    left = [path.name for path in (server.folder / "exports").iterdir()]
    assert [name.endswith("-1.zip.part") for name in left] == [True]
    # One more may be counted: what a dead worker had asked of PostgreSQL is still done there.
    assert job(server) in {("running", done, 1), ("running", done + 1, 1)}

    worker.start()
    expect(desk.page.get_by_test_id("export-job")).to_have_attribute("data-state", "finished", timeout=60_000)
    assert job(server) == ("finished", CASES, 2)
    look(desk, "finished")
    with desk.page.expect_download() as downloading:
        desk.page.get_by_role("button", name="Download").click()
    file = folder / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.name.startswith("bedside-export-")
    assert_exported(file, server)
    assert [(path.name.removesuffix("-2.zip"), path.stat().st_mode & 0o777) for path in stored(server)] == [
        (job_id(server), 0o600)
    ]
    kinds = server.rows("SELECT kind, cases FROM procedures_accessrow ORDER BY id")
    assert kinds == [("listed", 0), ("listed", CASES), ("exported", CASES), ("downloaded", CASES)]
    for page in ("exportjob", "accessrow"):
        desk.open(f"/admin/procedures/{page}/")
        look(desk, page)
    for log in (worker.log_text(), server.log_text()):
        assert "Solberg" not in log
        assert "010119" not in log


@pytest.mark.databases
def test_tablets_send_while_an_export_runs(server: Server, worker: Worker, tablet_factory: TabletFactory) -> None:
    """The ward is never kept waiting: in the middle of an export a push is answered at once."""
    tablet, writer, release = fill_ward(server)
    desk = tablet_factory(viewport={"width": 1180, "height": 820})
    sign_in(desk.page, server)
    desk.open("/admin/procedures/exportjob/add/")
    desk.page.get_by_test_id("export-submit").click()
    wait_until(lambda: job(server)[1] > 0, "the export has begun")
    slowest_s = 0.0
    while job(server)[0] == "running":
        begun = time.monotonic()
        tablet.send(*open_case(writer, tablet.wards[0], release))
        slowest_s = max(slowest_s, time.monotonic() - begun)
    assert 0 < slowest_s < 5
    assert job(server) == ("finished", CASES, 1)


def fill_ward(server: Server) -> tuple[Tablet, Writer, str]:
    """Sixty cases with answers, sent by a tablet over real HTTP."""
    nurse = server.seed["people"][0]
    tablet = Tablet.register(lambda *call: request(server, *call), server.seed["tablet_codes"][0])
    writer = tablet.enrol(nurse["username"], nurse["password"])
    ((release,),) = server.rows("SELECT digest FROM procedures_release")
    for _ in range(CASES):
        entries = open_case(writer, tablet.wards[0], release)
        case = json.loads(entries[0].data)["case"]
        for item, value in ANSWERS:
            entries.append(writer.write("answer.given", answer(item, value), ward=tablet.wards[0], case=case))
        tablet.send(*entries)
    return tablet, writer, release


def request(server: Server, method: str, path: str, body: Json | None, token: str | None) -> tuple[int, Json]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(f"{server.url}{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:
            return reply.status, json.load(reply)
    except HTTPError as refused:
        return refused.code, json.load(refused)


def sign_in(page: Page, server: Server) -> None:
    auditor = next(person for person in server.seed["people"] if person["role"] == "auditor")
    page.goto(f"{server.url}/admin/")
    page.get_by_label("User name").fill(auditor["username"])
    page.locator("input[name=password]").fill(auditor["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Site administration")).to_be_visible()


@contextlib.contextmanager
def standstill(server: Server) -> Generator[int]:
    """Wait for the worker to be in the middle, and hold what it must write next. Gives the count that it saved last."""
    with contextlib.ExitStack() as stack:
        hold = hold_postgres if "DATABASE_OWNER_URL" in server.environment else hold_sqlite
        wait_until(lambda: 0 < job(server)[1] < CASES, "the worker is in the middle")
        stack.enter_context(hold(server))
        yield job(server)[1]


@contextlib.contextmanager
def hold_sqlite(server: Server) -> Generator[None]:
    """The database's only write lock; who reads is not kept waiting."""
    with contextlib.closing(sqlite3.connect(server.folder / "bedside.sqlite3", isolation_level=None)) as file:
        file.execute("PRAGMA busy_timeout = 20000")
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")


@contextlib.contextmanager
def hold_postgres(server: Server) -> Generator[None]:
    with psycopg.connect(server.environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute("SELECT 1 FROM procedures_exportjob FOR UPDATE")
        yield
        connection.rollback()


def job(server: Server) -> tuple[str, int, int]:
    ((state, done, attempt),) = server.rows("SELECT state, done, attempt FROM procedures_exportjob")
    return state, done, attempt


def job_id(server: Server) -> str:
    """As it stands in file names; SQLite keeps UUIDs without hyphens."""
    (path,) = stored(server)
    return path.name.rsplit("-", 1)[0]


def stored(server: Server) -> list[Path]:
    return list((server.folder / "exports").iterdir())


def assert_exported(file: Path, server: Server) -> None:
    run = verify(file, server.manage("fingerprint").split()[-1])
    assert run.returncode == 0, run.stdout
    assert f"{CASES * (3 + len(ANSWERS))} entries" in run.stdout
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.read("cases.csv").count(b"Emma Solberg") == CASES
    assert (manifest["identified"], manifest["purpose"], len(manifest["cases"])) == (True, "Yearly review", CASES)


def look(desk: Browser, name: str) -> None:
    """Screenshots upright and lying, by day and by night."""
    for position, size in SIZES.items():
        desk.resize(*size)
        for scheme in ("light", "dark"):
            desk.colour_scheme(scheme)
            desk.page.wait_for_timeout(300)  # links fade to their new colour
            desk.screenshot(f"{name}-{position}-{scheme}")
    desk.colour_scheme("light")
