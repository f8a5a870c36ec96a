"""A root key is added: a tablet from before it goes on, reads what others write under it, and seals to it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.test_client import run_client

PATIENCE_MS = 60_000
SECOND = "2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"


def test_a_tablet_from_before_it_goes_on(server: Server, tablet_factory: TabletFactory, folder: Path) -> None:
    old_code, new_code = server.tablet_codes(2)
    nora = Hands(tablet_factory())
    nora.register(old_code)
    nora.enrol("nora", "nora-demo-pass")
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    nora.expect_sent()

    server.kill()
    server.environment["BEDSIDE_ROOT_KEYS"] = f"{(server.folder / 'root-keys').read_text().strip()},{SECOND}"
    server.start()
    said = run_client(folder, server.url, new_code, "noah", "noah-demo-pass")
    assert "with 3 rows of open cases" in said  # its own certificate is under the second key, Nora's under the first

    nora.network_is_back()
    nora.tap("to-ward")
    expect(nora.page.get_by_text("Example Person")).to_be_visible(timeout=PATIENCE_MS)
    expect(nora.on("sync-trouble")).to_be_hidden()
    nora.tablet.screenshot("written-under-the-new-key")

    # Whoever unlocks from now on seals to the new key, and who enrols is certified under it.
    nora.lock()
    nora.enrol("clara", "clara-demo-pass")
    nora.new_case(identifier="020219 23456", name="Noor Haddad", born="2019-02-02")
    nora.expect_sent()
    expect(nora.on("sync-trouble")).to_be_hidden()
    certified = server.rows("SELECT certificate FROM procedures_enrolment WHERE ward_id IS NULL ORDER BY issued_at")
    assert ['"key":1' in text for (text,) in certified] == [True, False, False]
    assert "entries verify" in server.manage("verify_journal")
