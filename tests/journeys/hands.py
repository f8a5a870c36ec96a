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

    def write(self, testid: str, text: str) -> None:
        """Put a text into a field, in place of what stands there."""
        self.on(testid).fill(text)

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
        """Sign with the PIN; whoever checks finds the dialog open, right after who did it."""
        if not self.on("sign-dialog").is_visible():
            self.tap(f"sign-{phase}-{meaning}")
        self._be(username)
        self.type_pin(pin)
        expect(self.on(f"signature-{phase}-{meaning}")).to_have_attribute("data-signed", "true", timeout=30_000)

    def network_is_back(self) -> None:
        """What the browser says when the network returns; without it the tablet finds out within a minute."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def expect_sent(self) -> None:
        """Nothing is being written or waits any more: the server has said so of every entry."""
        expect(self.on("sync-status")).to_have_attribute("aria-busy", "false")
        expect(self.on("sync-status")).to_have_attribute("data-waiting", "0", timeout=60_000)

    def waiting(self) -> int:
        """How many entries wait, by the status line."""
        return int(self.on("sync-status").get_attribute("data-waiting") or 0)

    def prove(self, dialog: str, username: str, *, pin: str = PIN) -> None:
        """Say who one is, with the PIN, in a dialog that asks for it; it closes when the act is written."""
        self._be(username)
        self.type_pin(pin)
        expect(self.on(dialog)).to_be_hidden(timeout=30_000)

    def _be(self, username: str) -> None:
        """Choose oneself, unless one is chosen already."""
        if self.on(f"signer-{username}").get_attribute("aria-pressed") == "false":
            self.tap(f"signer-{username}")

    def phase_from_anywhere(self, key: str) -> None:
        """To a phase, from another one or from a consent of the same case."""
        if self.on("all-phases").is_visible():
            self.tap("all-phases")
        self.phase(key)

    def consent(self, key: str) -> None:
        """From anywhere in a case to one of its consents."""
        if self.on("all-phases").is_visible():
            self.tap("all-phases")
        self.tap(f"consent-{key}")
        expect(self.on(f"consent-screen-{key}")).to_be_visible()

    def inform(self, username: str) -> None:
        """Write down that the information of the consent on the screen was given, and a copy taken."""
        self.tap("inform")
        self.tap("copy-taken")
        self.prove("inform-dialog", username)

    def hear(self, who: str, username: str, *, view: str = "agrees") -> None:
        """Write down what somebody thinks who was informed and need not grant."""
        self.tap(f"hear-{who}")
        self.tap("informed-yes")
        self.tap(f"view-{view}")
        self.tap("paper-next")
        self.prove("hear-dialog", username)

    def confirm(self, username: str, relation: str = "parent-1") -> None:
        """Write down that somebody was asked again on the day."""
        self.tap("confirm")
        self.tap(f"asked-{relation}")
        self.prove("confirm-dialog", username)

    def fill_paper(
        self,
        *,
        name: str,
        relation: str,
        basis: str | None = None,
        method: str = "in-person",
        decision: str = "granted",
    ) -> None:
        """Fill in all of a decision that comes before the signature; the first basis offered, if none is named."""
        self.tap(f"relation-{relation}")
        self.page.locator("[data-testid^=basis-]" if basis is None else f"[data-testid=basis-{basis}]").first.click()
        self.tap(f"method-{method}")
        self.tap(f"decision-{decision}")
        self.write("signer-name", name)

    def answer_for(self, username: str) -> None:
        """Take a paper on which somebody decided, say how they are known, and answer for it."""
        self.tap("paper-next")
        self.tap("checked-known")
        self.prove("decide-dialog", username)

    def draw(self, *strokes: list[tuple[float, float]], finger: bool = False) -> None:
        """Draw with the mouse or a finger; places are parts of the field's width and height."""
        field = self.on("signature-field")
        field.scroll_into_view_if_needed()
        for stroke in strokes:
            before = int(field.get_attribute("data-lines") or 0)
            box = field.bounding_box()
            assert box
            places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            if finger:
                self._stroke_with_finger(places)
            else:
                self._stroke_with_mouse(places)
            expect(field).to_have_attribute("data-lines", str(before + 1))

    def _stroke_with_mouse(self, places: list[tuple[float, float]]) -> None:
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=8)
        self.page.mouse.up()

    def _stroke_with_finger(self, places: list[tuple[float, float]]) -> None:
        """Playwright's own touch screen only taps."""
        glass = self.tablet.context.new_cdp_session(self.page)
        for kind, at in [("touchStart", places[0]), *(("touchMove", place) for place in places[1:])]:
            glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
            self.page.wait_for_timeout(40)
        glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        glass.detach()

    def drawn_paths(self) -> list[str]:
        """The paths of the signature that the field shows."""
        paths = self.on("signature-field").locator("path:not(.rule)")
        return [str(path.get_attribute("d")) for path in paths.all()]

    def ending(self, way: str) -> None:
        """Two taps from any phase."""
        self.tap("ending")
        self.tap(way)
