"""A case from its opening to its closing by keyboard alone: no mouse, no finger."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import PIN
from tests.journeys.harness import Server, TabletFactory

FARTHEST = 120
FOCUSED = "document.activeElement?.dataset?.testid ?? ''"
# Where the focus is lost, a keyboard starts again at the top of the page without a word.
LOST = "document.activeElement === null || document.activeElement === document.body"
SEEN = """(() => {
  const style = getComputedStyle(document.activeElement);
  const around = document.activeElement.parentElement ? getComputedStyle(document.activeElement.parentElement) : style;
  return [style, around].some((one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2);
})()"""


class Keys:
    """Presses keys and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, testid: str) -> None:
        """Tab until the focus is there, and is to be seen."""
        expect(self.page.get_by_test_id(testid).first).to_be_visible()
        for _ in range(FARTHEST):
            if self.page.evaluate(FOCUSED) == testid:
                assert self.page.evaluate(SEEN), f"the focus on {testid} is not to be seen"
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {testid}")

    def go(self, testid: str, key: str = "Enter") -> None:
        self.reach(testid)
        self.press(key)

    def write(self, testid: str, text: str) -> None:
        self.reach(testid)
        self.page.keyboard.type(text)

    def pin(self) -> None:
        expect(self.page.get_by_test_id("pin-1")).to_be_enabled()
        self.page.keyboard.type(PIN)

    def enrol(self, username: str, password: str) -> None:
        self.go("add-yourself")
        self.write("enrol-username", username)
        self.write("enrol-password", password)
        self.press("Enter")
        self.pin()
        self.page.wait_for_timeout(200)
        self.pin()
        expect(self.page.get_by_test_id("signed-in-as")).to_be_visible(timeout=30_000)

    def sign(self, phase: str, meaning: str, username: str) -> None:
        if not self.page.get_by_test_id("sign-dialog").is_visible():
            self.go(f"sign-{phase}-{meaning}")
        self.go(f"signer-{username}")
        self.pin()
        signature = self.page.get_by_test_id(f"signature-{phase}-{meaning}")
        expect(signature).to_have_attribute("data-signed", "true", timeout=30_000)

    def phase(self, key: str) -> None:
        if self.page.get_by_test_id("all-phases").is_visible():
            self.go("all-phases")
        self.go(f"phase-{key}")
        expect(self.page.get_by_test_id(f"phase-screen-{key}")).to_be_visible()
        assert not self.page.evaluate(LOST)


@pytest.fixture
def keys(server: Server, tablet_factory: TabletFactory) -> Callable[[], Keys]:
    def opened() -> Keys:
        tablet = tablet_factory(has_touch=False)
        tablet.open("/tablet/")
        return Keys(tablet.page)

    return opened


def test_a_case_is_completed_without_a_finger(server: Server, keys: Callable[[], Keys]) -> None:
    hands = keys()
    page = hands.page
    passwords = {person["username"]: person["password"] for person in server.seed["people"]}
    hands.write("register-code", server.seed["tablet_codes"][0])
    hands.press("Enter")
    for username in ("anders", "clara", "nora"):
        hands.enrol(username, passwords[username])
        if username != "nora":
            hands.go("change-person")

    hands.go("new-case")
    hands.write("case-identifier", "010119 12345")
    hands.write("case-name", "Emma Solberg")
    hands.write("case-birth-date", "01012019")
    hands.go("case-sex-female", "Space")
    hands.go("new-case-create")
    expect(page.get_by_test_id("patient-name")).to_have_text("Emma Solberg")

    hands.phase("bleeding")
    hands.go("choice-bleed.hemophilia-no", "Space")
    hands.go("choice-bleed.warfarin-yes", "Space")
    hands.go("answer-bleed.inr")
    page.keyboard.type("2.4")
    hands.press("Enter")
    expect(page.get_by_test_id("number-dialog")).to_be_hidden()
    assert not page.evaluate(LOST)
    # Escape leaves a dialog without doing anything, and the focus where it was.
    hands.go("answer-bleed.platelets")
    hands.press("Escape")
    expect(page.get_by_test_id("answer-bleed.platelets")).to_be_focused()
    hands.press("Enter")
    page.keyboard.type("180")
    hands.press("Enter")
    expect(page.get_by_test_id("item-bleed.platelets")).to_have_attribute("data-state", "answered")
    hands.sign("bleeding", "performed", "nora")

    hands.phase("plan")
    for item, choice in {"indication": "leukemia", "goal": "follow", "samples": "aspirate"}.items():
        hands.go(f"choice-plan.{item}-{choice}", "Space")
        hands.go(f"save-plan.{item}")
    hands.go("choice-plan.side-left", "Space")
    hands.go("choice-plan.anaesthesia-general", "Space")
    hands.sign("plan", "performed", "clara")

    hands.phase("sign-in")
    hands.go("choice-si.identity-yes", "Space")
    hands.go("choice-fast.solids-none", "Space")
    hands.sign("sign-in", "performed", "nora")
    hands.sign("sign-in", "checked", "anders")

    hands.go("ending")
    hands.go("end-done")
    hands.go("signer-clara")
    hands.pin()
    expect(page.get_by_test_id("case-closed")).to_contain_text("Done", timeout=30_000)
    expect(page.get_by_test_id("sync-status")).to_have_attribute("data-waiting", "0", timeout=60_000)
    assert server.rows("SELECT status FROM procedures_record") == [("completed",)]
