"""Random histories of one case: several people on two tablets that see each other's entries late or never.

Some acts follow the readiness that their tablet sees, so that phases do get signed; the others are anything an
entry can say, fit or not. `history(seed)` is a pure function of the seed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from procedures.core import canonical
from procedures.core.book import Written
from procedures.core.document import Item, Release
from procedures.core.entry import Clock, Entry
from procedures.core.fold import fold
from procedures.core.readiness import readiness
from tests.procedures.core.shorthand import CASE, NOON_MS, SALT, WARD, Person, chance

HOUR_MS = 3_600_000

CAST = {
    "nurse": Person("p1", "Nurse", ["nurse"]),
    "nurse-elsewhere": Person("p1", "Nurse", ["nurse"]),
    "second-nurse": Person("p2", "Second nurse", ["nurse"]),
    "clinician": Person("p3", "Clinician", ["clinician"]),
    "anaesthetist": Person("p4", "Anaesthetist", ["anaesthetist", "clinician"]),
}
NAMES = [*CAST, "stranger", "server"]
ENROLMENTS = {name: f"00000000-0000-4000-8000-{number:012d}" for number, name in enumerate(NAMES, start=1)}
CERTIFICATES = {ENROLMENTS[name]: person for name, person in CAST.items()}


@dataclass
class History:
    """`moments` are the instants (corrected ms, minutes east of UTC) at which it is to be judged."""

    entries: list[Written] = field(default_factory=list)
    moments: list[tuple[int, int]] = field(default_factory=list)


def history(seed: int, release: Release) -> History:
    return _Author(chance(seed), release).write()


class _Author:
    def __init__(self, chance: random.Random, release: Release) -> None:
        self.chance = chance
        self.release = release
        self.items = {item.key: item for item in release.document.items()}
        self.phases = {phase.key: phase for phase in release.document.phases}
        self.all: list[Written] = []
        self.seen: dict[str, list[Written]] = {"one": [], "two": []}
        self.now_ms = NOON_MS

    def write(self) -> History:
        if self.chance.random() < 0.97:
            self._add("one", "nurse", "case.opened", self._opening())
            self._subject("one")
            self._plan("one")
        for _ in range(self.chance.randint(0, 14)):
            self.now_ms += self.chance.choice([0, 60_000, 600_000, HOUR_MS, 8 * HOUR_MS])
            tablet = self.chance.choice(["one", "two"])
            if self.chance.random() < 0.6:
                self._synchronise(tablet)
            if self.chance.random() < 0.6:
                self._diligent(tablet)
            else:
                self.chance.choice(self._anything())(tablet)
        later = self.chance.choice([0, 30 * 60_000, 5 * HOUR_MS, 40 * 24 * HOUR_MS])
        return History(self.all, [(self.now_ms, 60), (self.now_ms + later, self.chance.choice([-600, 0, 345]))])

    def _anything(self) -> list[Any]:
        return [
            self._answer_anything,
            self._answer_anything,
            self._answer_anything,
            self._subject,
            self._plan,
            self._close,
            self._take_over,
            self._postpone,
            self._clear_anything,
            self._sign_anything,
            self._consent,
            self._consent,
            self._void,
            self._quarantine,
            self._strange,
        ]

    # --- acts that follow what the tablet shows ---

    def _diligent(self, tablet: str) -> None:
        """Answer what is missing, clear what is held, grant what is asked, sign what can be signed."""
        view = self._view(tablet)
        for phase in view["phases"]:
            views = [each for each in phase["items"] if each["shown"] and each["state"] in ("unanswered", "disputed")]
            for each in views:
                if self.chance.random() < 0.9:
                    self._answer(tablet, each["key"], each["part"], self._fit(self.items[each["key"]]), each["heads"])
            if views and self.chance.random() < 0.5:
                view = self._view(tablet)
        for consent in view["consents"]:
            if consent["status"] not in ("valid", "confirmed") and self.chance.random() < 0.8:
                self._grant(tablet, consent)
        view = self._view(tablet)
        for phase in view["phases"]:
            self._clear_held(tablet, phase)
            self._sign_open(tablet, phase)

    def _grant(self, tablet: str, consent: dict[str, Any]) -> None:
        relations = ["parent-1", "parent-2"] if self.chance.random() < 0.8 else ["self"]
        for relation in relations:
            self._decide(tablet, consent, decision="granted", relation=relation)
        if self.chance.random() < 0.8:
            self._hear(tablet, consent, "agrees")
        if self.chance.random() < 0.8:
            self._confirm(tablet, consent)

    def _clear_held(self, tablet: str, phase: dict[str, Any]) -> None:
        for item in phase["items"]:
            for hold in item["holds"]:
                if hold["active"] and hold["cleared"] is None and self.chance.random() < 0.8:
                    self._clear(tablet, item, hold)

    def _clear(self, tablet: str, item: dict[str, Any], hold: dict[str, Any]) -> None:
        how = "acknowledged" if hold["level"] == "caution" else "overridden"
        writer = self._holder(hold["override"]) if how == "overridden" else self._somebody()
        body = {"item": item["key"], "part": item["part"], "hold": hold["key"], "covers": hold["covers"]}
        if how == "overridden":
            body["basis"] = self.chance.choice([None, "emergency", "custom"])
        self._add(tablet, writer, f"hold.{how}", body, self._private(reason="because"))

    def _sign_open(self, tablet: str, phase: dict[str, Any]) -> None:
        for slot in phase["signatures"]:
            if slot["signable"] or ((slot["needed"] and slot["blockers"] == ["order"]) and self.chance.random() < 0.7):
                guest = slot["guest"] and self.chance.random() < 0.3
                writer = "nurse" if guest else self._holder(slot["roles"])
                role = {"role": slot["roles"][0]} if guest else None
                self._sign(tablet, writer, phase["key"], slot["meaning"], phase["covers"], role)

    # --- acts of any kind ---

    def _answer_anything(self, tablet: str) -> None:
        key = self.chance.choice([*self.items, *self.items, "unheard-of"])
        part = self.chance.choice(["", "", "left", "right", "edta/left", "slide", "15", "é", "nowhere"])
        item = self.items.get(key)
        value = self._fit(item) if item and self.chance.random() < 0.7 else self._unfit()
        self._answer(tablet, key, part, value, self._some(tablet, "answer.given"))

    def _subject(self, tablet: str) -> None:
        year = self.chance.choice([2008, 2013, 2013, 2020, 2020, 2030, None])
        usual = f"{year or 2019}-02-28"
        born = self.chance.choice([usual, usual, usual, "2012-02-29", "2012-02-30", "2040-01-01", None])
        body = {
            "sex": self.chance.choice(["female", "male", "unknown"]),
            "birth_year": year,
            "replaces": self._some(tablet, "subject.given"),
        }
        private = self._private(identifier="1", name="A", birth_date=born)
        self._add(tablet, "nurse", "subject.given", body, private)

    def _plan(self, tablet: str) -> None:
        start_ms = self.now_ms + self.chance.choice([-HOUR_MS, 0, HOUR_MS, 20 * HOUR_MS])
        body = {"start_ms": start_ms, "replaces": self._some(tablet, "case.planned")}
        self._add(tablet, "nurse", "case.planned", body)

    def _close(self, tablet: str) -> None:
        body = {
            "outcome": self.chance.choice(["done", "exception", "not-done", "stopped", "entered-in-error", "lost"]),
            "release": self._release(),
            "covers": self._view(tablet)["closing"]["covers"],
            "seen": None,
            "replaces": self._some(tablet, "case.closed"),
        }
        self._add(tablet, self._somebody(), "case.closed", body)

    def _take_over(self, tablet: str) -> None:
        covers = self._view(tablet)["closing"]["covers"]
        body = {"covers": covers, "seen": None, "replaces": self._some(tablet, "case.taken")}
        self._add(tablet, self._somebody(), "case.taken", body)

    def _postpone(self, tablet: str) -> None:
        day_of = [phase for phase in self._view(tablet)["phases"] if self.phases[phase["key"]].day_of]
        heads = [digest for phase in day_of for item in phase["items"] for digest in item["heads"]]
        heads += [each.digest for each in self.seen[tablet] if each.entry.type == "consent.confirmed"]
        body = {"reopens": heads if self.chance.random() < 0.7 else heads[:1]}
        self._add(tablet, self._somebody(), "case.postponed", body, self._private(reason="later"))

    def _clear_anything(self, tablet: str) -> None:
        held = [
            (item, hold) for phase in self._view(tablet)["phases"] for item in phase["items"] for hold in item["holds"]
        ]
        if not held:
            return
        item, hold = self.chance.choice(held)
        covers = hold["covers"] if self.chance.random() < 0.6 else self._some(tablet, "answer.given")
        body = {"item": item["key"], "part": item["part"], "hold": hold["key"], "covers": covers}
        how = self.chance.choice(["acknowledged", "overridden"])
        self._add(tablet, self._somebody(), f"hold.{how}", body, self._private(reason="because"))

    def _sign_anything(self, tablet: str) -> None:
        phase = self.chance.choice(self._view(tablet)["phases"])
        covers = phase["covers"] if self.chance.random() < 0.7 else self._some(tablet, "answer.given")
        guest = {"role": "anaesthetist"} if self.chance.random() < 0.2 else None
        meaning = self.chance.choice(["performed", "checked"])
        self._sign(tablet, self._somebody(), phase["key"], meaning, covers, guest)

    def _consent(self, tablet: str) -> None:
        consent = self.chance.choice(self._view(tablet)["consents"])
        act = self.chance.choice(["inform", "grant", "refuse", "hear", "confirm", "withdraw"])
        if act in ("grant", "refuse"):
            decision = "granted" if act == "grant" else "refused"
            self._decide(tablet, consent, decision=decision, relation=self.chance.choice(["self", "parent-1"]))
        elif act == "confirm":
            self._confirm(tablet, consent)
        elif act == "hear":
            self._hear(tablet, consent, self.chance.choice(["agrees", "disagrees", "too-young", "hums"]))
        elif act == "inform":
            body = self._consent_body(tablet, consent, ("language", "text"))
            body |= {"given_ms": self.now_ms, "risks": ["bleeding"], "copy": "taken", "interpreter": None}
            self._add(
                tablet, "nurse", "consent.informed", body, self._private(by=None, questions=None, interpreter=None)
            )
        else:
            body = self._consent_body(tablet, consent) | {"relation": "self", "method": "spoken", "tissue": None}
            self._add(tablet, "nurse", "consent.withdrawn", body, self._private(name=None, reason="no"))

    def _void(self, tablet: str) -> None:
        if self.all:
            target = self.chance.choice(self.all).digest
            self._add(tablet, self._somebody(), "entry.voided", {"target": target}, self._private(reason="wrong"))

    def _quarantine(self, tablet: str) -> None:
        quarantines = [each.digest for each in self.all if each.entry.type == "entry.quarantined"]
        if quarantines and self.chance.random() < 0.4:
            self._add(tablet, "server", "entry.released", {"target": self.chance.choice(quarantines)})
        elif self.all:
            code = self.chance.choice(["fork", "role-missing"])
            body = {"target": self.chance.choice(self.all).digest, "code": code}
            self._add(tablet, "server", "entry.quarantined", body)

    def _strange(self, tablet: str) -> None:
        """Moves, erasures, notes, and what nobody can read."""
        strange: list[tuple[str, dict[str, Any]]] = [
            ("case.left", {"ward": WARD}),
            ("case.joined", {"ward": WARD}),
            ("case.erased", {"basis": "law"}),
            ("note.added", {"item": "inr", "part": ""}),
            ("note.added", {"item": None, "part": "å"}),
            ("case.opened", self._opening()),
            ("future.kind", {}),
            ("case.planned", {"start_ms": "soon", "replaces": []}),
        ]
        entry_type, body = self.chance.choice(strange)
        self._add(tablet, "server" if entry_type.startswith("case.") else "nurse", entry_type, body)

    # --- how each is written ---

    def _answer(self, tablet: str, key: str, part: str, value: Any, replaces: list[str]) -> None:
        late = self.chance.random() < 0.05
        body = {"item": key, "part": part, "value": value, "replaces": replaces, "occurred_ms": None, "late": late}
        if key in self.items and self.items[key].shows and self.chance.random() < 0.9:
            body["covers"] = self._shown(tablet, key)
        private = None
        if value is None and self.chance.random() < 0.95:
            private = self._private(text=self.chance.choice(["Text", "Two\nlines", " loose", "e\u0301", "x" * 41]))
        elif self.chance.random() < 0.1:
            private = self._private(text=None, reason="because")
        self._add(tablet, self._somebody(), "answer.given", body, private)

    def _shown(self, tablet: str, key: str) -> list[str] | None:
        """What stands beside a confirmation there; now and then something else."""
        views = [view for phase in self._view(tablet)["phases"] for view in phase["items"] if view["key"] == key]
        other = self._some(tablet, "answer.given")
        return views[0]["covers"] if views and self.chance.random() < 0.8 else other

    def _sign(
        self, tablet: str, writer: str, phase: str, meaning: str, covers: list[str], guest: dict[str, str] | None
    ) -> None:
        body = {"phase": phase, "meaning": meaning, "release": self._release(), "covers": covers, "seen": None}
        private = self._private(name="Guest", strokes=[]) if guest else None
        self._add(tablet, writer, "phase.signed", body | {"guest": guest}, private)

    def _decide(self, tablet: str, consent: dict[str, Any], *, decision: str, relation: str) -> None:
        usually = self.chance.random() < 0.8
        body = self._consent_body(tablet, consent, ("language", "text", "after"))
        body |= {
            "decision": decision,
            "relation": relation,
            "basis": "law" if usually else self.chance.choice(["law", "own", "custom"]),
            "method": "in-person" if usually else self.chance.choice(["telephone", "paper", "hearsay", "pigeon"]),
            "decided_ms": None if usually else self.now_ms - self.chance.choice([0, HOUR_MS, 900 * HOUR_MS]),
            "checked": "known",
            "interpreter": None,
            "drawn": usually or self.chance.random() < 0.5,
            "witnessed": self.chance.random() < 0.5,
            "blobs": ["b" * 64] if self.chance.random() < 0.5 else [],
        }
        self._add(tablet, "nurse", "consent.decided", body, self._private(name="Parent", strokes=[]))

    def _hear(self, tablet: str, consent: dict[str, Any], view: str) -> None:
        body = self._consent_body(tablet, consent, ("after",))
        body |= {"who": self.chance.choice(["child", "other"]), "view": view, "informed": True, "drawn": False}
        heard = [each.digest for each in self.seen[tablet] if each.entry.type == "consent.heard"]
        body["after"] = sorted(set(body["after"]) | set(heard)) if self.chance.random() < 0.6 else []
        self._add(tablet, "nurse", "consent.heard", body, self._private(name=None, words=None, strokes=None))

    def _confirm(self, tablet: str, consent: dict[str, Any]) -> None:
        body = self._consent_body(tablet, consent, ("after",)) | {"relation": "parent-1"}
        self._add(tablet, "nurse", "consent.confirmed", body)

    def _consent_body(self, tablet: str, consent: dict[str, Any], fields: tuple[str, ...] = ()) -> dict[str, Any]:
        kind = next(each for each in self.release.document.consents if each.key == consent["key"])
        earlier = [each.digest for each in self.seen[tablet] if each.entry.type == "consent.decided"]
        after = consent["withdrawn"] if self.chance.random() < 0.6 else sorted(earlier + consent["withdrawn"])
        text = kind.text["en"].digest if self.chance.random() < 0.95 else "e" * 64
        extra = {"language": "en", "text": text, "after": after}
        body = {"consent": consent["key"], "release": self._release(), "covers": consent["covers"], "seen": None}
        return body | {name: extra[name] for name in fields}

    def _opening(self) -> dict[str, Any]:
        return {"protocol": "everything", "release": self._release(), "session": None, "previous": None}

    def _release(self) -> str:
        return self.release.digest if self.chance.random() < 0.98 else "d" * 64

    def _private(self, **fields: Any) -> dict[str, Any]:
        return {"salt": SALT, **fields}

    def _fit(self, item: Item) -> Any:
        """A value that the item can have; a reason for absence now and then."""
        if item.absent and self.chance.random() < 0.1:
            return {"absent": item.absent[0].key}
        keys = [choice.key for choice in item.choices]
        values: dict[str, Callable[[], Any]] = {
            "confirm": lambda: self.chance.choice(["yes", "yes", "yes", "not-so"]),
            "yes-no": lambda: self.chance.choice(["yes", "no"]),
            "yes-no-unknown": lambda: self.chance.choice(["yes", "no", "no", "dont-know"]),
            "choice": lambda: self.chance.choice(keys),
            "choices": lambda: sorted(self.chance.sample(keys[:2], self.chance.randint(1, 2))),
            "number": lambda: self._number(item),
            "datetime": lambda: self.chance.choice(
                [self.now_ms - 7 * HOUR_MS, self.now_ms - HOUR_MS, self.now_ms, "none"]
            ),
        }
        return values[item.type]() if item.type in values else None

    def _number(self, item: Item) -> str:
        if item.decimals:
            return self.chance.choice(["1.0", "3.0", "3.1", "6.0", "0.5", "20.1"])
        return self.chance.choice(["0", "49", "50", "180", "1001"])

    def _unfit(self) -> Any:
        return self.chance.choice(
            [
                None,
                "",
                "maybe",
                "03.0",
                "-0",
                "1.00",
                5,
                -1,
                True,
                [],
                ["y", "x"],
                ["none", "x"],
                {"absent": "no-such"},
                {},
            ]
        )

    def _some(self, tablet: str, entry_type: str) -> list[str]:
        """Mostly what a careful tablet would name: everything of the type that it has seen; else only some of it."""
        found = [each.digest for each in self.seen[tablet] if each.entry.type == entry_type]
        if self.chance.random() < 0.3:
            found = self.chance.sample(found, self.chance.randint(0, len(found)))
        return sorted(found)

    def _somebody(self) -> str:
        return self.chance.choice([*CAST, *CAST, "stranger"])

    def _holder(self, roles: list[str]) -> str:
        able = [name for name, person in CAST.items() if set(person.roles) & set(roles)]
        return self.chance.choice(able) if able and self.chance.random() < 0.9 else self._somebody()

    def _view(self, tablet: str) -> dict[str, Any]:
        return readiness(self.release, CERTIFICATES, fold(self.seen[tablet]), self.now_ms, 60)

    def _synchronise(self, tablet: str) -> None:
        if self.chance.random() < 0.8:
            self.seen[tablet] = list(self.all)
        else:
            self.seen[tablet] += self.chance.sample(self.all, len(self.all) // 2)

    def _add(
        self, tablet: str, writer: str, entry_type: str, body: dict[str, Any], private: dict[str, Any] | None = None
    ) -> None:
        offset_ms = self.chance.choice([0, 0, 0, None, 500, -121_000, 121_000])
        clock = Clock(at_ms=self.now_ms, zone_min=60, offset_ms=offset_ms, boot=CASE, mono_ms=0)
        named = None if private is None else canonical.digest_of(canonical.encode(private))
        entry = Entry(
            v=1,
            enrolment=ENROLMENTS[writer],
            seq=len(self.all) + 1,
            prev="0" * 64,
            ward=WARD,
            case=CASE,
            type=entry_type,
            salt=SALT,
            clock=clock,
            body=body,
            private=named,
        )
        digest = canonical.digest_of(canonical.encode(as_json(entry)))
        kept = private if self.chance.random() < 0.97 else None
        written = Written(digest, entry, kept)
        self.all.append(written)
        self.seen[tablet].append(written)


def as_json(entry: Entry) -> dict[str, Any]:
    return cast(dict[str, Any], msgspec.to_builtins(entry))
