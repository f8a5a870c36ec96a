"""The hands on a tablet: what a nurse does on its screens, in the words of the ward."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys.harness import Tablet

PIN = "246813"


class Hands:
    """Taps and types on one tablet. Every method ends when the screen shows what it was done for."""

    def __init__(self, tablet: Tablet) -> None:
        self.tablet = tablet

    @property
    def page(self) -> Page:
        return self.tablet.page

    def on(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def tap(self, testid: str) -> None:
        self.on(testid).click()

    def open(self) -> None:
        """Open the tablet's page, as by its icon."""
        self.tablet.open("/tablet/")

    def register(self, code: str) -> None:
        self.open()
        self.on("register-code").fill(code)
        self.tap("register-submit")
        expect(self.on("add-yourself")).to_be_visible()

    def enrol(self, username: str, password: str, *, pin: str = PIN) -> None:
        """From the lock screen to the ward list, as a person who is new on this tablet."""
        self.tap("add-yourself")
        self.on("enrol-username").fill(username)
        self.on("enrol-password").fill(password)
        self.tap("enrol-next")
        self.type_pin(pin)
        self.type_pin(pin)
        expect(self.on("signed-in-as")).to_be_visible(timeout=30_000)

    def unlock(self, username: str, *, pin: str = PIN) -> None:
        self.tap(f"person-{username}")
        self.type_pin(pin)
        expect(self.on("signed-in-as")).to_be_visible(timeout=30_000)

    def lock(self) -> None:
        self.tap("change-person")
        expect(self.on("add-yourself")).to_be_visible()

    def type_pin(self, pin: str) -> None:
        for digit in pin:
            self.tap(f"pin-{digit}")

    def new_case(self, *, identifier: str, name: str, born: str, sex: str = "female") -> None:
        """From the ward list into a new case."""
        self.tap("new-case")
        self.on("case-identifier").fill(identifier)
        self.on("case-name").fill(name)
        self.on("case-birth-date").fill(born)
        self.tap(f"case-sex-{sex}")
        self.tap("new-case-create")
        expect(self.on("patient-name")).to_have_text(name)

    def phase(self, key: str) -> None:
        self.tap(f"phase-{key}")
        expect(self.on(f"phase-screen-{key}")).to_be_visible()

    def choose(self, item: str, *choices: str) -> None:
        for choice in choices:
            self.tap(f"choice-{item}-{choice}")

    def number(self, item: str, value: str) -> None:
        """Type a number on the pad: the item's own field opens it."""
        self.tap(f"answer-{item}")
        for sign in value:
            self.tap("pad-point" if sign == "." else f"pad-{sign}")
        self.tap("pad-save")
        expect(self.on("number-dialog")).to_be_hidden()

    def sign(self, phase: str, meaning: str, username: str, *, pin: str = PIN) -> None:
        self.tap(f"sign-{phase}-{meaning}")
        self.tap(f"signer-{username}")
        self.type_pin(pin)
        expect(self.on("sign-dialog")).to_be_hidden(timeout=30_000)

    def network_is_back(self) -> None:
        """What the browser says when the network returns; without it the tablet finds out within a minute."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def expect_sent(self) -> None:
        """Nothing waits any more: the server has said so of every entry."""
        expect(self.on("sync-status")).to_have_attribute("data-waiting", "0", timeout=60_000)

    def waiting(self) -> int:
        """How many entries wait, by the status line."""
        return int(self.on("sync-status").get_attribute("data-waiting") or 0)
