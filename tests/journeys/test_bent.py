"""Cases into which a bent tablet wrote nonsense: another tablet lists and opens each of them all the same."""

from playwright.sync_api import expect

from tests.api.test_push import case_of
from tests.journeys.hands import Hands
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.test_export import request
from tests.procedures.test_bent_entries import BENT, write_bent
from tests.tablet import Tablet, open_case


def test_every_case_is_listed_and_opens(server: Server, tablet_factory: TabletFactory) -> None:
    """Whatever a screen stumbles over would stand on the browser's console, which fails the journey."""
    people = {person["username"]: person["password"] for person in server.seed["people"]}
    codes = server.tablet_codes(2)
    bent = Tablet.register(lambda *call: request(server, *call), codes[0])
    noah = bent.enrol("noah", people["noah"])
    ((release,),) = server.rows("SELECT digest FROM procedures_release")
    names = []
    for what in BENT:
        case = open_case(noah, bent.wards[0], str(release))
        entry = write_bent(what, noah, case, bent.wards[0], str(release))
        assert len(bent.send(*case, entry)["receipts"]) == 4
        if BENT[what][0] != "case.closed":  # those are no longer fetched
            names.append(case_of(case))

    hands = Hands(tablet_factory())
    hands.open()
    hands.register(codes[1])
    hands.enrol("nora", people["nora"])
    for name in names:
        row = hands.on(f"case-{name}")
        expect(row).to_be_visible(timeout=60_000)
        row.click()
        expect(hands.on("patient")).to_be_visible()
        hands.tap("to-ward")
