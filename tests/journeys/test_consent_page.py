"""An auditor goes from a record to one of its consents, reads it on any screen and takes it as PDF/A."""

import json

from playwright.sync_api import expect

from tests.chart import CONSENT, DRAWN, SIGNER, WITHDRAWN
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.looking import Looker
from tests.journeys.test_administration import sign_in
from tests.journeys.test_export import request
from tests.tablet import Json, Tablet, open_case


def test_an_auditor_reads_a_consent_and_takes_it(server: Server, tablet_factory: TabletFactory) -> None:
    case = withdrawn_consent(server)
    desk = tablet_factory(accept_downloads=True)
    looker = Looker(Hands(desk))
    sign_in(desk.page, server, "auditor")
    desk.open(f"/admin/procedures/record/{case}/change/")
    desk.page.get_by_test_id(f"consent-{CONSENT}").click()
    expect(desk.page.get_by_test_id("state")).to_contain_text("Withdrawn")
    looker.look("consent")
    assert not looker.problems(), looker.problems()
    with desk.page.expect_download() as downloading:
        desk.page.get_by_test_id("pdf").click()
    assert downloading.value.suggested_filename == f"bedside-consent-{case}-{CONSENT}.pdf"
    assert downloading.value.path().read_bytes().startswith(b"%PDF-1.7")
    assert server.rows("SELECT kind FROM procedures_accessrow ORDER BY id") == [("viewed",), ("viewed",), ("printed",)]
    assert "Solberg" not in server.log_text()


def withdrawn_consent(server: Server) -> str:
    """A case whose consent was given on another text, and withdrawn."""
    nurse = server.seed["people"][0]
    tablet = Tablet.register(lambda *call: request(server, *call), server.seed["tablet_codes"][0])
    writer = tablet.enrol(nurse["username"], nurse["password"])
    ((release,),) = server.rows("SELECT digest FROM procedures_release")
    entries = open_case(writer, tablet.wards[0], release)
    case = str(json.loads(entries[0].data)["case"])
    about: Json = {"consent": CONSENT, "release": release, "covers": [], "seen": None}
    said = {"decision": "granted", "relation": "parent-1", "basis": "law", "method": "in-person", "after": []}
    drawn = {"name": "Ida Solberg", "strokes": [[200, 500, 0, 900, -300, 90, 900, 300, 90]]}
    text = {"language": "nb", "text": "e" * 64}
    for kind, body, private in (
        ("consent.decided", about | said | text | DRAWN, SIGNER | drawn),
        ("consent.withdrawn", about | WITHDRAWN, {"name": "Ida Solberg", "reason": "Wants to wait"}),
    ):
        entries.append(writer.write(kind, body, ward=tablet.wards[0], case=case, private=private))
    tablet.send(*entries)
    return case
