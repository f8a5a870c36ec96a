"""A backup is put back: what was acknowledged since is on the tablets, and comes back from them."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory, wait_until

PATIENCE_MS = 60_000


@pytest.fixture
def backup(server: Server, folder: Path) -> Path:
    """Where the copy of the database goes."""
    if "DATABASE_URL" in server.environment:
        pytest.skip("the backup of this journey is a copy of the SQLite file")
    return folder / "backup"


@pytest.mark.databases
def test_nothing_acknowledged_is_lost(server: Server, tablet_factory: TabletFactory, backup: Path) -> None:
    nora_code, noah_code = server.tablet_codes(2)
    nora = Hands(tablet_factory())
    nora.register(nora_code)
    nora.enrol("nora", "nora-demo-pass")
    nora.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    nora.phase("bleeding")
    nora.choose("bleed.warfarin", "no")
    nora.expect_sent()

    server.kill()
    server.copy_database(backup)
    server.start()

    # After the backup: another tablet, another nurse, and what both write.
    noah = Hands(tablet_factory())
    noah.register(noah_code)
    noah.enrol("noah", "noah-demo-pass")
    noah.page.get_by_text("Emma Solberg").click(timeout=PATIENCE_MS)
    noah.phase("bleeding")
    noah.choose("bleed.hemophilia", "no")
    noah.expect_sent()
    nora.network_is_back()
    nora.number("bleed.platelets", "180")
    nora.expect_sent()
    expect(noah.on("answer-bleed.platelets")).to_contain_text("180", timeout=PATIENCE_MS)
    acknowledged = digests(server)

    # Nora's tablet is switched off, and the server loses all that came after the backup.
    nora.tablet.kill()
    server.kill()
    server.put_database_back(backup)
    lost = acknowledged - digests(server)
    assert len(lost) == 2
    # Until Noah's tablet has shown its certificate, the server does not know him.
    noah.tablet.expect_error("403")
    server.start()

    noah.network_is_back()
    wait_until(lambda: acknowledged <= digests(server), "the tablet has offered all that the server lost")
    noah.expect_sent()
    expect(noah.on("sync-trouble")).to_be_hidden(timeout=PATIENCE_MS)
    noah.tablet.screenshot("offered")
    assert_whole(server, acknowledged)

    # Nora's comes back with its old view of the log, offers too, and nothing is there twice.
    nora.tablet.start()
    nora.open()
    nora.unlock("nora")
    nora.page.get_by_text("Emma Solberg").click()
    nora.phase("bleeding")
    expect(nora.on("item-bleed.hemophilia")).to_contain_text("Noah Berg, RN", timeout=PATIENCE_MS)
    noah.tap("note-bleed.warfarin")
    noah.on("reason").fill("Written after the restore")
    noah.tap("reason-save")
    expect(nora.on("item-bleed.warfarin")).to_contain_text("Written after the restore", timeout=PATIENCE_MS)
    for hands in (nora, noah):
        hands.expect_sent()
        expect(hands.on("sync-trouble")).to_be_hidden()
        expect(hands.on("item-bleed.platelets")).to_contain_text("Nora Nilsen, RN")
    nora.tablet.screenshot("after-the-restore")
    assert_whole(server, acknowledged)


def digests(server: Server) -> set[str]:
    return {digest for (digest,) in server.rows("SELECT digest FROM procedures_entry")}


def assert_whole(server: Server, acknowledged: set[str]) -> None:
    assert acknowledged <= digests(server)
    (count, distinct) = server.rows("SELECT COUNT(*), COUNT(DISTINCT digest) FROM procedures_entry")[0]
    assert count == distinct
    assert server.rows("SELECT COUNT(*) FROM procedures_entry WHERE type = 'entry.quarantined'") == [(0,)]
    assert "entries verify" in server.manage("verify_journal")
