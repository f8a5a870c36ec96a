"""One tap, all the way: from a tablet without a network, through a killed browser, to a file that proves itself."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import PIN, Hands
from tests.journeys.harness import Server, TabletFactory, wait_until
from tests.journeys.services import ROOT


@pytest.mark.databases
def test_from_a_tap_without_network_to_a_file_that_proves_itself(
    server: Server, tablet_factory: TabletFactory, folder: Path
) -> None:
    nurse = next(person for person in server.seed["people"] if person["role"] == "nurse")
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol(nurse["username"], nurse["password"])
    hands.expect_sent()
    wait_until(lambda: worker_controls(hands), "the service worker controls the page")

    # The server's processes die, and the browser starts cold.
    server.kill()
    hands.tablet.kill()
    hands.tablet.start()
    hands.open()
    hands.unlock(nurse["username"])

    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    hands.phase("bleeding")
    hands.choose("bleed.hemophilia", "no")
    hands.choose("bleed.warfarin", "yes")
    hands.number("bleed.inr", "3.1")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_visible()
    expect(hands.on("sign-bleeding-performed")).to_be_disabled()
    hands.tablet.screenshot("stop-at-3.1")
    hands.number("bleed.inr", "3.0")
    expect(hands.on("hold-bleed.inr-inr-high")).to_be_hidden()
    hands.number("bleed.platelets", "180")
    hands.tablet.screenshot("before-signing")
    hands.sign("bleeding", "performed", nurse["username"])
    expect(hands.on("signature-bleeding-performed")).to_contain_text(nurse["name"])
    waiting = hands.waiting()

    # Right after the screen said saved, all of the browser's processes die.
    hands.tablet.kill()
    hands.tablet.start()
    hands.open()
    expect(hands.on("sync-status")).to_have_attribute("data-waiting", str(waiting))
    hands.unlock(nurse["username"])
    hands.page.get_by_text("Emma Solberg").click()
    hands.phase("bleeding")
    expect(hands.on("answer-bleed.inr")).to_contain_text("3.0")
    expect(hands.on("signature-bleeding-performed")).to_contain_text(nurse["name"])

    server.start()
    hands.expect_sent()
    (case,), *more = server.rows('SELECT DISTINCT "case" FROM procedures_entry WHERE "case" IS NOT NULL')
    assert not more
    assert server.rows("SELECT COUNT(*), COUNT(DISTINCT digest) FROM procedures_entry") == [(waiting, waiting)]
    assert "entries verify" in server.manage("verify_journal")

    export = folder / "case.zip"
    server.manage(
        "export_case", str(case), "--by", "arne", "--out", str(export), "--identified", "--purpose", "journey"
    )
    assert_exported(export, nurse["name"])
    assert_each_flipped_byte_is_named(export, server)
    hands.tablet.screenshot("sent")


def worker_controls(hands: Hands) -> bool:
    return bool(hands.page.evaluate("navigator.serviceWorker.ready.then(() => true)"))


def assert_exported(export: Path, nurse: str) -> None:
    """Value by value what was tapped."""
    files = members(export)
    (row,) = csv.DictReader(io.StringIO(files["cases.csv"].decode()))
    tapped = {
        "identifier": "010119 12345",
        "name": "Emma Solberg",
        "birth_date": "2019-01-01",
        "sex": "female",
        "bleed.hemophilia": "no",
        "bleed.warfarin": "yes",
        "bleed.inr": "3.0",
        "bleed.platelets": "180",
    }
    assert {name: row[name] for name in tapped} == tapped
    entries = [json.loads(json.loads(line)["entry"]) for line in files["entries.jsonl"].splitlines()]
    answers = [(e["body"]["item"], e["body"]["value"]) for e in entries if e["type"] == "answer.given"]
    assert answers == [
        ("bleed.hemophilia", "no"),
        ("bleed.warfarin", "yes"),
        ("bleed.inr", "3.1"),
        ("bleed.inr", "3.0"),
        ("bleed.platelets", "180"),
    ]
    assert [e["body"]["phase"] for e in entries if e["type"] == "phase.signed"] == ["bleeding"]
    certificates = [json.loads(json.loads(line)["certificate"]) for line in files["certificates.jsonl"].splitlines()]
    assert [certificate["name"] for certificate in certificates] == [nurse]


def assert_each_flipped_byte_is_named(export: Path, server: Server) -> None:
    fingerprint = server.manage("fingerprint").split()[-1]
    assert verify(export, fingerprint).returncode == 0
    files = members(export)
    for name, data in files.items():
        bent = bytearray(data)
        bent[len(data) // 2] ^= 1
        with zipfile.ZipFile(export, "w") as archive:
            for other, content in files.items():
                archive.writestr(other, bytes(bent) if other == name else content)
        run = verify(export, fingerprint)
        assert run.returncode == 1
        assert f"CHANGED  {name}" in run.stdout


def verify(export: Path, fingerprint: str) -> "subprocess.CompletedProcess[str]":
    command: list[Any] = [sys.executable, ROOT / "verify_export.py", "--key", fingerprint, export]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def members(export: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(export) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wrong_pin_opens_nothing(server: Server, tablet_factory: TabletFactory) -> None:
    nurse = server.seed["people"][0]
    hands = Hands(tablet_factory())
    hands.register(server.seed["tablet_codes"][0])
    hands.enrol(nurse["username"], nurse["password"])
    hands.lock()
    hands.tap(f"person-{nurse['username']}")
    hands.type_pin(PIN[::-1])
    expect(hands.on("pin-said")).not_to_be_empty()
    expect(hands.on("signed-in-as")).to_be_hidden()
