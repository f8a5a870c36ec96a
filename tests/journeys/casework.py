"""A whole case, from plan to closing, as data; and hands that fill it in whatever the protocol asks.

The story says what is answered, signed and drawn. How an item is answered follows from its type, which is read from the
protocol's content file: nothing here knows an item's name but the story itself.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from procedures import contentfile
from tests.journeys.hands import PIN, Hands
from tests.journeys.harness import Tablet

ZONE: Final = ZoneInfo("Europe/Oslo")
Strokes = list[list[tuple[float, float]]]


@dataclass(frozen=True)
class Ago:
    """A date and time that is set in the dialog, so many hours before now."""

    hours: int


@dataclass(frozen=True)
class Missing:
    """An answer that could not be obtained: which of the item's own reasons, and in words why."""

    key: str
    reason: str


@dataclass(frozen=True)
class NotSo:
    """A confirmation that is withheld."""

    reason: str


Said = str | tuple[str, ...] | Ago | Missing | NotSo


@dataclass(frozen=True)
class Phase:
    """What is done in one phase. Items are written "key" or "key/part", holds "item:hold"."""

    key: str
    answers: dict[str, Said]
    signed: tuple[tuple[str, str], ...]
    acknowledged: tuple[str, ...] = ()
    overridden: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Consent:
    """A consent: told by whom; each signer's relation, name, decision and lines; who is heard; confirmed by whom."""

    key: str
    informed: str
    decided: tuple[tuple[str, str, str, Strokes], ...]
    confirmed: str | None = None
    heard: tuple[str, ...] = ()


@dataclass
class Count:
    """What a case costs the hand: taps, PIN digits beside them, and letters that are typed."""

    taps: int = 0
    digits: int = 0
    letters: int = 0

    def __sub__(self, earlier: "Count") -> "Count":
        return Count(self.taps - earlier.taps, self.digits - earlier.digits, self.letters - earlier.letters)

    def __str__(self) -> str:
        return f"{self.taps} taps, {self.digits} PIN digits, {self.letters} letters"


class CaseHands(Hands):
    """Hands that fill in a case and keep count and a list of what they gave, as the screen then showed it."""

    def __init__(self, tablet: Tablet, protocol: Path) -> None:
        super().__init__(tablet)
        document = contentfile.read(protocol.read_bytes()).draft
        self.types = {item["key"]: item["type"] for phase in document["phases"] for item in phase["items"]}
        self.count = Count()
        self.given: list[tuple[str, str, Any]] = []
        self.drawn: dict[tuple[str, str], list[str]] = {}

    def tap(self, testid: str) -> None:
        if testid.startswith("pin-") and testid[-1].isdigit():
            self.count.digits += 1
        else:
            self.count.taps += 1
        super().tap(testid)

    def write(self, testid: str, text: str) -> None:
        """One tap into the field, and the letters."""
        self.count.taps += 1
        self.count.letters += len(text)
        super().write(testid, text)

    def counted(self) -> Count:
        """What it has cost so far."""
        return Count(self.count.taps, self.count.digits, self.count.letters)

    def fill_phase(self, phase: Phase) -> None:
        """Answer all of an open phase's questions, settle its holds and sign it."""
        expect(self.on(f"phase-screen-{phase.key}")).to_be_visible()
        for place, said in phase.answers.items():
            self._answer(place, said)
            for hold in phase.acknowledged:
                if hold.partition(":")[0] == place:
                    self._acknowledge(hold)
            for hold, (username, reason) in phase.overridden.items():
                if hold.partition(":")[0] == place:
                    self._override(hold, username, reason)
        for place, text in phase.notes.items():
            self.tap(f"note-{place.replace('/', '-', 1)}")
            self.write("reason", text)
            self.tap("reason-save")
        self._sign(phase)

    def _answer(self, place: str, said: Said) -> None:
        key, _, part = place.partition("/")
        name = f"{key}-{part}" if part else key
        self._read_on_to(name)
        seen = self._give(name, self.types[key], said)
        if self.on("aloud").is_visible():  # the next question has taken its place
            expect(self.on(f"item-{name}")).to_be_hidden()
        else:
            state = "absent" if isinstance(said, Missing) else "answered"
            expect(self.on(f"item-{name}")).to_have_attribute("data-state", state)
        self.given.append((key, part, seen))

    def _read_on_to(self, name: str) -> None:
        """Where a phase is read aloud: past what has nothing to be answered."""
        item = self.on(f"item-{name}")
        if self.on("aloud").is_visible():
            while not item.is_visible():
                self.tap("aloud-next")

    def _give(self, name: str, kind: str, said: Said) -> Any:
        """Give an answer and return what the screen was given, as an entry holds it."""
        match said:
            case Missing(key, reason):
                self._because(f"absent-{name}", reason)
                return {"absent": key, "reason": reason}
            case NotSo(reason):
                self._because(f"choice-{name}-not-so", reason)
                return {"value": "not-so", "reason": reason}
            case Ago(hours):
                return {"at": self._set_time(name, hours)}
            case tuple():
                self.choose(name, *said)
                if said != ("none",):
                    self.tap(f"save-{name}")
                return list(said)
        if kind == "number":
            self.number(name, said)
        elif kind in ("text", "scan"):
            self.write(f"answer-{name}", said)
            self.tap(f"save-{name}")
            return {"text": said}
        else:
            self.choose(name, said)
            if kind == "datetime" and said != "none":
                return {"at": datetime.now(ZONE)}
        return said

    def _because(self, testid: str, reason: str) -> None:
        self.tap(testid)
        self.write("reason", reason)
        self.tap("reason-save")
        expect(self.on("reason")).to_be_hidden()

    def _set_time(self, name: str, hours: int) -> datetime:
        at = datetime.now(ZONE) - timedelta(hours=hours)
        self.tap(f"choice-{name}-other")
        self.write("when-date", f"{at:%Y-%m-%d}")
        self.write("when-time", f"{at:%H:%M}")
        self.tap("when-save")
        expect(self.on("when-dialog")).to_be_hidden()
        expect(self.on(f"value-{name}")).to_contain_text(f"{at:%H:%M}")
        return at

    def _acknowledge(self, hold: str) -> None:
        name = hold_name(hold)
        self.tap(f"acknowledge-{name}")
        expect(self.on(f"hold-{name}")).to_have_attribute("data-cleared", "acknowledged")

    def _override(self, hold: str, username: str, reason: str) -> None:
        name = hold_name(hold)
        self.tap(f"override-{name}")
        self.write("override-reason", reason)
        self.prove("override-dialog", username)
        expect(self.on(f"hold-{name}")).to_have_attribute("data-cleared", "overridden")

    def _sign(self, phase: Phase) -> None:
        if self.on("aloud").is_visible():
            self._read_on_to_the_end(phase)
        for meaning, username in phase.signed:
            self.sign(phase.key, meaning, username)
        expect(self.on("sign-dialog")).to_be_hidden()

    def _read_on_to_the_end(self, phase: Phase) -> None:
        sign = self.on(f"sign-{phase.key}-{phase.signed[0][0]}")
        while not sign.is_visible():
            self.tap("aloud-next")

    def take_consent(self, consent: Consent) -> None:
        """Inform about a consent, hear who is to be heard, and have all its people sign, by finger."""
        self.consent(consent.key)
        self.inform(consent.informed)
        for who in consent.heard:
            self.hear(who, consent.informed)
        for relation, name, decision, strokes in consent.decided:
            self.tap("decide")
            self.fill_paper(name=name, relation=relation, decision=decision)
            self.draw(*strokes, finger=True)
            self.drawn[consent.key, relation] = self.drawn_paths()
            self.answer_for(consent.informed)

    def confirm_consent(self, consent: Consent) -> None:
        """Confirm a consent on the day."""
        if consent.confirmed is None:
            return
        self.consent(consent.key)
        self.confirm(consent.confirmed)
        expect(self.on(f"consent-screen-{consent.key}")).to_have_attribute("data-status", "confirmed")

    def close_case(self, username: str) -> None:
        """End the case as done."""
        self.ending("end-done")
        self.prove("end-dialog", username)
        expect(self.on("case-closed")).to_be_visible()

    def unlock_here(self, username: str) -> None:
        """After a cold start: into the ward list again."""
        self.open()
        self.unlock(username, pin=PIN)


def hold_name(hold: str) -> str:
    """A hold as screens name it: "item/part:hold" -> "item-part-hold"."""
    place, _, key = hold.partition(":")
    return f"{place.replace('/', '-', 1)}-{key}"


# --- the story --------------------------------------------------------------------------------------------------------

MOTHER: Final[Strokes] = [[(0.15, 0.6), (0.3, 0.25), (0.35, 0.7), (0.55, 0.3)], [(0.6, 0.6), (0.8, 0.5)]]
FATHER: Final[Strokes] = [[(0.2, 0.3), (0.25, 0.75), (0.5, 0.4), (0.75, 0.7)]]
BOTH: Final = (
    ("parent-1", "Kari Solberg", "granted", MOTHER),
    ("parent-2", "Per Solberg", "granted", FATHER),
)

CONSENTS: Final = (
    Consent("procedure", informed="clara", decided=BOTH, confirmed="nora", heard=("child",)),
    Consent("anaesthesia", informed="clara", decided=BOTH, confirmed="nora"),
    Consent("research", informed="clara", decided=BOTH, heard=("child",)),
    Consent("photo", informed="nora", decided=(("parent-1", "Kari Solberg", "refused", MOTHER),)),
)

SIDES: Final = ("left", "right")
CONTAINERS: Final = ("smear-slides", "edta", "heparin", "fixative")

# A girl with suspected leukaemia at her first work-up: both sides, all tests, few platelets, warfarin.
WORK_UP: Final = {
    "plan": Phase(
        "plan",
        {
            "plan.indication": ("anemia", "leukemia"),
            "plan.goal": ("diagnose",),
            "plan.samples": ("aspirate", "biopsy"),
            "plan.site": "posterior",
            "plan.side": "both",
            "plan.tests": ("cytogenetics", "flow", "histology", "molecular", "research", "smear"),
            "plan.anaesthesia": "general",
            "plan.guardians": "two",
        },
        signed=(("performed", "clara"),),
        notes={"plan.side": "Asked for by the regional study"},
    ),
    "bleeding": Phase(
        "bleeding",
        {
            "bleed.hemophilia": "no",
            "bleed.other": ("none",),
            "bleed.warfarin": "yes",
            "bleed.inr": "3.1",
            "bleed.inr_at": Ago(hours=3),
            "bleed.nsaid_asa": "no",
            "bleed.platelets": "42",
        },
        signed=(("performed", "nora"), ("checked", "clara")),
        acknowledged=("bleed.platelets:platelets-low",),
        overridden={"bleed.inr:inr-high": ("clara", "Heart valve; agreed with the cardiologist")},
    ),
    "preparation": Phase(
        "preparation",
        {
            "prep.bleeding_again": "yes",
            "an.weight": "24.5",
            "an.allergy": ("latex", "plaster"),
            "fast.solids": Ago(hours=9),
            "fast.clear": Ago(hours=3),
            "fast.milk": ("none",),
            "an.flags": Missing("not-obtained", "The grandmother who came along does not know"),
        },
        signed=(("performed", "nora"),),
        acknowledged=("an.allergy:any", "an.flags:absent.not-obtained"),
    ),
    "sign-in": Phase(
        "sign-in",
        {
            "si.identity": "yes",
            "si.band": "=010119-12345",
            "si.mark": "yes",
            "si.team": "yes",
            "si.kit": NotSo("The small mask is being fetched"),
        },
        signed=(("performed", "nora"), ("checked", "anders")),
        acknowledged=("si.kit:not-so",),
    ),
    "time-out": Phase(
        "time-out",
        {
            "an.induction": "now",
            "to.team": "yes",
            "to.agree": "yes",
            "to.prep": "yes",
            "to.tubes": "yes",
            "to.concerns": "no",
        },
        signed=(("performed", "nora"), ("checked", "clara")),
    ),
    "sign-out": Phase(
        "sign-out",
        {
            "so.end": "now",
            "so.taken/left": ("aspirate", "biopsy", "smears"),
            "so.taken/right": ("aspirate", "smears"),
            "so.taken_why/right": "The core broke twice",
            **{f"so.labels/{row}/{side}": "yes" for row in (*CONTAINERS, "research") for side in SIDES},
            "so.sharps": "yes",
            "so.bleeding": "pressed",
            "so.handover": "Paracetamol at 14; press once more at 15",
        },
        signed=(("performed", "nora"), ("checked", "clara")),
        acknowledged=("so.taken/right:differs",),
    ),
    "aftercare": Phase(
        "aftercare",
        {
            **{f"ac.site/{minutes}": "dry" for minutes in (30, 60, 120)},
            "ac.site/240": "swollen",
            "ac.site_last": "dry",
            "ac.family": "yes",
            "ac.outcome": "done",
        },
        signed=(("performed", "nora"),),
    ),
}

# A girl who comes again, to see how treatment works: one side, an aspirate, nothing that speaks against it.
ONE_PARENT: Final = tuple(
    Consent(key, informed="clara", decided=BOTH[:1], confirmed="nora", heard=heard)
    for key, heard in (("procedure", ("child",)), ("anaesthesia", ()))
)
FOLLOW_UP: Final = {
    "plan": Phase(
        "plan",
        {
            "plan.indication": ("treatment-effect",),
            "plan.goal": ("follow",),
            "plan.samples": ("aspirate",),
            "plan.site": "posterior",
            "plan.side": "left",
            "plan.tests": ("flow", "smear"),
            "plan.anaesthesia": "general",
            "plan.guardians": "one-holds",
        },
        signed=(("performed", "clara"),),
    ),
    "bleeding": Phase(
        "bleeding",
        {
            "bleed.hemophilia": "no",
            "bleed.other": ("none",),
            "bleed.warfarin": "no",
            "bleed.nsaid_asa": "no",
            "bleed.platelets": "180",
        },
        signed=(("performed", "nora"),),
    ),
    "preparation": Phase(
        "preparation",
        {
            "prep.bleeding_again": "yes",
            "an.weight": "24.5",
            "an.allergy": ("none",),
            "fast.solids": "none",
            "fast.clear": "none",
            "fast.milk": ("none",),
            "an.flags": ("none",),
        },
        signed=(("performed", "nora"),),
    ),
    "sign-in": Phase(
        "sign-in",
        {"si.identity": "yes", "si.mark": "yes", "si.team": "yes", "si.kit": "yes"},
        signed=WORK_UP["sign-in"].signed,
    ),
    "time-out": WORK_UP["time-out"],
    "sign-out": Phase(
        "sign-out",
        {
            "so.end": "now",
            "so.taken/left": ("aspirate", "smears"),
            "so.labels/smear-slides/left": "yes",
            "so.labels/edta/left": "yes",
            "so.sharps": "yes",
            "so.bleeding": "dry",
            "so.handover": "Paracetamol at 14",
        },
        signed=WORK_UP["sign-out"].signed,
    ),
}
