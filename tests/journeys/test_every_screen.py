"""A tour of every screen and dialog of the tablet, each held to the same: axe, targets, nothing cut off at any size."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.casework import FATHER, MOTHER, WORK_UP, ZONE, Ago, CaseHands, Missing
from tests.journeys.hands import PIN
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.looking import Looker
from tests.journeys.services import SHIPPED
from tests.journeys.test_export import request
from tests.journeys.test_ways_in import ALLOWED, CAMERA, choose_list, list_of, row
from tests.tablet import Json, Tablet, answer

PATIENCE_MS = 60_000
LOCALES = {"english": "en-GB", "norwegian": "nb-NO"}


@pytest.fixture
def content() -> Path:
    return SHIPPED


@pytest.mark.parametrize("language", LOCALES)
def test_every_screen_can_be_used_by_anyone(server: Server, tablet_factory: TabletFactory, language: str) -> None:
    """Words and so widths differ between the languages; what axe looks at does not: one is enough for it."""
    tablet = tablet_factory(timezone_id=ZONE.key, locale=LOCALES[language], args=[CAMERA, ALLOWED])
    hands = CaseHands(tablet, SHIPPED)
    looker = Looker(hands, axe=language == "english")
    for name in tour(server, hands):
        looker.look(name)
    assert len(looker.names) == len(set(looker.names))
    assert not looker.problems(), looker.problems()


def tour(server: Server, hands: CaseHands) -> Iterator[str]:
    """Walk through the whole program; gives each place's name when one is there."""
    yield from arriving(server, hands)
    yield from opening(hands)
    yield from planning(hands)
    yield from consenting(hands)
    yield from bleeding(hands)
    hands.phase_from_anywhere("preparation")
    yield "preparation"
    hands.fill_phase(WORK_UP["preparation"])
    yield from in_the_room(hands)
    yield from disagreeing(server, hands)
    yield from ending(hands)
    yield from returning(hands)
    yield from listing(hands)
    yield from mistaking(server, hands)
    yield from leaving(hands)


def arriving(server: Server, hands: CaseHands) -> Iterator[str]:
    people = {person["username"]: person["password"] for person in server.seed["people"]}
    hands.open()
    expect(hands.on("register-code")).to_be_visible()
    yield "register"
    hands.register(server.seed["tablet_codes"][0])
    yield "lock-empty"
    hands.tap("add-yourself")
    yield "enrol"
    hands.tap("enrol-cancel")
    hands.enrol("clara", people["clara"])
    hands.lock()
    hands.tap("add-yourself")
    hands.write("enrol-username", "nora")
    hands.write("enrol-password", people["nora"])
    hands.tap("enrol-next")
    yield "choose-pin"
    hands.type_pin(PIN)
    yield "repeat-pin"
    hands.type_pin(PIN)
    expect(hands.on("signed-in-as")).to_be_visible(timeout=PATIENCE_MS)
    yield "ward-empty"
    hands.tap("settings")
    yield "settings"
    hands.tap("dialog-close")


def opening(hands: CaseHands) -> Iterator[str]:
    hands.tap("new-case")
    hands.tap("new-case-create")
    yield "new-case"
    hands.tap("scan-identifier")
    expect(hands.on("scan-picture")).to_have_attribute("data-live", "true")
    yield "scan"
    hands.tap("scan-type")
    # From now on as if somebody had said no.
    hands.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    hands.tap("scan-identifier")
    expect(hands.on("scan-problem")).to_be_visible()
    yield "scan-refused"
    hands.tap("scan-type")
    hands.tap("new-case-cancel")
    hands.new_case(identifier="010119 12345", name="Emma Solberg", born="2019-01-01")
    yield "phases"
    hands.tap("about")
    yield "about"
    hands.tap("dialog-close")


def planning(hands: CaseHands) -> Iterator[str]:
    hands.phase("plan")
    hands.choose("plan.indication", "leukemia")
    yield "plan"
    hands.tap("save-plan.indication")
    hands.tap("note-plan.indication")
    yield "note"
    hands.write("reason", "Asked for by the regional study")
    hands.tap("reason-save")
    hands.fill_phase(WORK_UP["plan"])
    yield "plan-signed"


def consenting(hands: CaseHands) -> Iterator[str]:
    hands.consent("procedure")
    yield "consent"
    hands.tap("decide")
    hands.tap("paper-next")
    yield "paper"
    hands.tap("dialog-close")
    hands.tap("inform")
    hands.tap("risk-bleeding")
    hands.tap("copy-taken")
    hands.tap("interpreter-telephone")
    yield "inform"
    hands.prove("inform-dialog", "clara")
    for relation, name, strokes in (("parent-1", "Kari Solberg", MOTHER), ("parent-2", "Per Solberg", FATHER)):
        hands.tap("decide")
        hands.fill_paper(name=name, relation=relation)
        hands.draw(*strokes)
        if relation == "parent-1":
            yield "paper-drawn"
        hands.tap("paper-next")
        hands.tap("checked-card")
        if relation == "parent-1":
            yield "paper-attested"
        hands.prove("decide-dialog", "clara")
    hands.tap("decide")
    hands.fill_paper(name="Per Solberg", relation="guardian", method="elsewhere")
    hands.tap("paper-next")
    yield "paper-elsewhere"
    hands.tap("paper-back")
    hands.tap("paper-discard")
    hands.tap("hear-child")
    hands.tap("informed-yes")
    hands.tap("view-disagrees")
    yield "hear"
    hands.tap("paper-next")
    hands.write("heard-words", "Not the hip again")
    hands.prove("hear-dialog", "clara")
    hands.tap("confirm")
    hands.tap("asked-parent-2")
    yield "confirm-consent"
    hands.prove("confirm-dialog", "nora")
    yield "consent-confirmed"
    hands.tap("withdraw")
    yield "withdraw"
    hands.tap("dialog-close")


def bleeding(hands: CaseHands) -> Iterator[str]:
    hands.phase_from_anywhere("bleeding")
    yield "bleeding"
    hands.choose("bleed.hemophilia", "no")
    hands.choose("bleed.warfarin", "yes")
    hands.tap("answer-bleed.inr")
    hands.tap("pad-3")
    yield "number-pad"
    hands.tap("dialog-close")
    hands.number("bleed.inr", "3.1")
    hands.tap("choice-bleed.inr_at-other")
    yield "date-and-time"
    hands.tap("dialog-close")
    hands.tap("absent-bleed.nsaid_asa")
    yield "absent"
    hands.tap("dialog-close")
    hands.tap("earlier-bleed.other")
    hands.tap("earlier-60")
    yield "earlier"
    hands.tap("dialog-close")
    hands.choose("bleed.nsaid_asa", "yes")
    hands.number("bleed.platelets", "42")
    hands.choose("bleed.other", "none")
    yield "holds"
    hands.tap("override-bleed.inr-inr-high")
    hands.write("override-reason", "Heart valve; agreed with the cardiologist")
    yield "override"
    hands.prove("override-dialog", "clara")
    hands.tap("acknowledge-bleed.platelets-platelets-low")
    hands._answer("bleed.inr_at", Ago(hours=3))
    hands.tap("sign-bleeding-performed")
    yield "sign"
    hands.sign("bleeding", "performed", "nora")
    yield "sign-checked"
    hands.sign("bleeding", "checked", "clara")
    hands.choose("bleed.nsaid_asa", "no")
    expect(hands.on("signature-bleeding-performed")).to_have_attribute("data-signed", "false")
    yield "changed-since-signed"
    for meaning, username in WORK_UP["bleeding"].signed:
        hands.sign("bleeding", meaning, username)


def in_the_room(hands: CaseHands) -> Iterator[str]:
    hands.phase_from_anywhere("sign-in")
    hands.tap("choice-si.identity-not-so")
    yield "not-so"
    hands.tap("dialog-close")
    yield "sign-in"
    hands.phase_from_anywhere("time-out")
    yield "read-aloud"
    hands.tap("aloud-how-list")
    yield "time-out"
    hands.phase_from_anywhere("sign-out")
    hands.choose("so.end", "now")
    yield "sign-out"
    hands.phase_from_anywhere("aftercare")
    hands._answer("ac.site/30", Missing("not-obtained", "Asleep on the side"))
    yield "aftercare"


def disagreeing(server: Server, hands: CaseHands) -> Iterator[str]:
    """Another tablet has answered the same question otherwise."""
    hands.expect_sent()
    write_elsewhere(server, "answer.given", answer("bleed.hemophilia", "dont-know"))
    hands.phase_from_anywhere("bleeding")
    expect(hands.on("item-bleed.hemophilia")).to_have_attribute("data-state", "disputed", timeout=PATIENCE_MS)
    yield "disputed"


def write_elsewhere(server: Server, kind: str, body: Json, **more: Json) -> None:
    """Noah writes on another tablet, in the case that was opened first."""
    people = {person["username"]: person["password"] for person in server.seed["people"]}
    other = Tablet.register(lambda *call: request(server, *call), server.tablet_codes(1)[0])
    noah = other.enrol("noah", people["noah"])
    cases = server.rows('SELECT "case" FROM procedures_entry WHERE "case" IS NOT NULL ORDER BY position')
    other.send(noah.write(kind, body, ward=other.wards[0], case=as_uuid(cases[0][0]), **more))


def as_uuid(case: object) -> str:
    """SQLite keeps UUIDs without hyphens."""
    return str(uuid.UUID(str(case)))


def ending(hands: CaseHands) -> Iterator[str]:
    hands.tap("ending")
    yield "ending"
    hands.tap("postpone")
    hands.tap("new-time-yes")
    yield "postpone"
    hands.tap("dialog-close")
    hands.ending("plan-again")
    yield "plan-again"
    hands.tap("dialog-close")
    hands.ending("end-stopped")
    yield "end"
    hands.tap("dialog-close")
    hands.tap("all-phases")
    hands.tap("handover")
    yield "handover"


def returning(hands: CaseHands) -> Iterator[str]:
    """A child whose case has ended comes again."""
    hands.tap("to-ward")
    hands.new_case(identifier="030321 11111", name="Ole", born="2021-03-03", sex="male")
    hands.phase("bleeding")
    hands.choose("bleed.hemophilia", "no")
    hands.ending("end-not-done")
    hands.write("reason", "The child has a fever")
    hands.prove("end-dialog", "nora")
    yield "closed"
    hands.tap("new-from-previous")
    expect(hands.on("carried")).to_be_visible()
    yield "new-case-carried"
    hands.tap("new-case-create")
    expect(hands.on("last-case")).to_be_visible()
    yield "last-time"
    hands.phase_from_anywhere("bleeding")
    expect(hands.on("last-bleed.hemophilia")).to_be_visible()
    yield "last-time-suggested"
    hands.tap("to-ward")


def listing(hands: CaseHands) -> Iterator[str]:
    """A list with mistakes, a child who is on the ward, one who stands in it twice, and one who is new."""
    hands.tap("import")
    yield "import"
    choose_list(hands, b"Navn;ID\r\nEmma;1\r\n")
    expect(hands.on("list-problem")).to_be_visible()
    yield "import-refused"
    rows = [
        row("010119 12345", "Emma Solberg"),
        row("030319 00000", "Ola Lie", born="31.02.2019", sex="?"),
        row("040419 00000", "Tuva Kristoffersen-Abrahamsen"),
        row("040419 00000", "Thea Kristoffersen-Abrahamsen"),
        row("050519 00000", "Noor Hansen", at="09:15"),
        row("050519 00000", "Noor Hansen", at="09:15"),
    ]
    choose_list(hands, list_of(rows))
    expect(hands.on("row-2")).to_have_attribute("data-standing", "here")
    expect(hands.on("row-4")).to_have_attribute("data-standing", "twice")
    yield "import-preview"
    hands.tap("import-confirm")
    expect(hands.on("import-outcome")).to_be_visible(timeout=PATIENCE_MS)
    yield "import-taken"
    hands.tap("home")


def mistaking(server: Server, hands: CaseHands) -> Iterator[str]:
    """Another tablet says that the first child is somebody else."""
    hands.page.get_by_text("Emma Solberg").click()
    subject = {"sex": "female", "birth_year": 2019, "replaces": []}
    identity = {"identifier": "010119 54321", "name": "Emma Solheim", "birth_date": "2019-01-01"}
    write_elsewhere(server, "subject.given", subject, private=identity)
    expect(hands.on("patient-disputed")).to_be_visible(timeout=PATIENCE_MS)
    hands.tap("ending")
    yield "ending-disputed"
    hands.tap("dialog-close")
    hands.tap("to-ward")


def leaving(hands: CaseHands) -> Iterator[str]:
    hands.new_case(identifier="020220 54321", name="Liv-Margrethe Kristoffersen-Abrahamsen", born="2020-02-02")
    hands.ending("postpone")
    hands.write("reason", "The child has a fever")
    hands.tap("postpone-save")
    expect(hands.on("case-postponed")).to_be_visible()
    yield "postponed"
    hands.tap("to-ward")
    yield "ward"
    hands.tap("sync-status")
    yield "sending"
    hands.lock()
    yield "lock"
    hands.tap("person-nora")
    yield "pin-pad"
    hands.type_pin(PIN[::-1])
    hands.tap("forgotten")
    yield "forgotten-pin"
