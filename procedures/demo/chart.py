"""A case as it is written in the demo: acts one after the other, each over what the case says by then.

What an act covers is taken from the case's readiness, and nobody signs what a tablet would not let them sign.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from procedures.clock import zone_min
from procedures.core.document import ConsentKind
from procedures.core.fold import Written, fold
from procedures.core.readiness import readiness
from procedures.core.release import Release
from procedures.core.seal import Certificate
from procedures.models import Membership, Ward, WardLog

from .drawing import drawn
from .tablet import Act, Signed, Tablet, Writer
from .times import Times

# How everybody in the demo decides: drawn on the tablet by somebody whom the staff know.
_DRAWN: Final[dict[str, Any]] = {
    "decided_ms": None,
    "checked": "known",
    "interpreter": None,
    "drawn": True,
    "witnessed": False,
    "blobs": [],
}
# From one tap to the next.
_TAP_MS: Final = 14_000


class NotAsTold(Exception):
    """The story does not fit the release: somebody has changed the protocol so that it comes out otherwise."""


class Chart:
    """One case, from its opening. `at` says who has the tablet in hand, and since when."""

    def __init__(self, case: uuid.UUID, ward: Ward, release: Release, times: Times) -> None:
        self._case, self._ward, self._release, self._times = case, ward, release, times
        self._seen = _head_of(ward)
        self._entries: list[Written] = []
        self._certificates: dict[str, Certificate] = {}
        self._outgoing: dict[Tablet, list[Signed]] = defaultdict(list)
        self._answered: set[str] = set()
        self._hand: tuple[Tablet, Writer] | None = None
        self._at_ms = 0

    def at(self, tablet: Tablet, username: str, at_ms: int) -> None:
        """Raises NotAsTold where the person did not work on the ward then: none of it would count."""
        then = datetime.fromtimestamp(at_ms / 1000, UTC)
        if not Membership.objects.filter(ward=self._ward, person__username=username, since__lte=then).exists():
            raise NotAsTold(f"{username} did not work here yet on {then:%Y-%m-%d}")
        writer = tablet.writer(username)
        self._certificates[writer.enrolment] = writer.certificate
        self._hand, self._at_ms = (tablet, writer), at_ms

    def open(self, subject: Mapping[str, Any], start_ms: int) -> None:
        """`subject`: identifier, name, birth_date (YYYY-MM-DD), sex."""
        protocol, born = self._release.document.protocol, subject["birth_date"]
        private = {name: subject[name] for name in ("identifier", "name", "birth_date")}
        body = {"sex": subject["sex"], "birth_year": int(born[:4]), "replaces": []}
        self._act(
            "case.opened",
            {"protocol": protocol, "release": self._release.digest, "session": None, "previous": None},
        )
        self._act("subject.given", body, private)
        self._act("case.planned", {"start_ms": start_ms, "replaces": []})

    def answer(self, answers: Mapping[str, Any], *, unseen: bool = False) -> None:
        """Each by item, or "item/part"; a text is told by `Text`. `unseen`: what stands there has not been seen."""
        for name, value in answers.items():
            item, _, part = name.partition("/")
            heads = [] if unseen or name not in self._answered else self._heads(f"answer/{item}/{part}")
            self._answered.add(name)
            private = {"text": str(value), "reason": None} if isinstance(value, Text) else None
            body = {"item": item, "part": part, "value": None if private else value}
            body |= {"replaces": heads, "occurred_ms": None, "late": False}
            covers = self._shown_by(item)
            self._act("answer.given", body if covers is None else body | {"covers": covers}, private)

    def _shown_by(self, key: str) -> list[str] | None:
        """What a confirmation covers."""
        if not any(item.shows for item in self._release.document.items() if item.key == key):
            return None
        views = (view for phase in self._view()["phases"] for view in phase["items"])
        covers: list[str] | None = next(view["covers"] for view in views if view["key"] == key)
        return covers

    def note(self, item: str, text: str) -> None:
        self._act("note.added", {"item": item, "part": ""}, {"text": text})

    def acknowledge(self, item: str, hold: str) -> None:
        """Raises NotAsTold when the hold does not stand."""
        for phase in self._view()["phases"]:
            for view in phase["items"]:
                for each in view["holds"]:
                    if (view["key"], each["key"], each["active"]) == (item, hold, True):
                        body = {"item": item, "part": view["part"], "hold": hold, "covers": each["covers"]}
                        return self._act("hold.acknowledged", body)
        raise NotAsTold(f"{item}:{hold} does not hold")

    def sign(self, phase: str, meaning: str = "performed") -> None:
        """Raises NotAsTold when a tablet would not offer the signature."""
        view = next(each for each in self._view()["phases"] if each["key"] == phase)
        slots = [slot for slot in view["signatures"] if slot["meaning"] == meaning]
        if not any(slot["signable"] for slot in slots):
            raise NotAsTold(f"{phase} cannot be signed: {[slot['blockers'] for slot in slots]}")
        body = {"phase": phase, "meaning": meaning, "release": self._release.digest, "covers": view["covers"]}
        self._act("phase.signed", body | {"seen": self._seen, "guest": None})

    def inform(self, consent: str) -> None:
        kind = self._kind(consent)
        given = {"given_ms": self._at_ms, "risks": [risk.key for risk in kind.risks], "copy": "taken"}
        body = self._about(consent) | _text_of(kind) | given | {"interpreter": None}
        self._act("consent.informed", body, {"by": None, "questions": None, "interpreter": None})

    def grant(self, consent: str, signers: Mapping[str, str]) -> None:
        """`signers`: names by relation; each draws a signature on the tablet."""
        for relation, name in signers.items():
            basis = next(iter(self._consent_view(consent)["bases"][relation]), None)
            if basis is None:
                raise NotAsTold(f"{relation} has no basis to consent on")
            said = {"decision": "granted", "relation": relation, "basis": basis, "method": "in-person", "after": []}
            body = self._about(consent) | _text_of(self._kind(consent)) | said | _DRAWN
            nothing_else = dict.fromkeys(("witness", "where", "seen_by", "checked", "interpreter", "reason"))
            self._act("consent.decided", body, nothing_else | {"name": name, "strokes": drawn(name)})

    def hear(self, consent: str) -> None:
        """Everybody who is to be heard about it agrees."""
        for who in self._consent_view(consent)["hears"]:
            said = {"who": who, "view": "agrees", "informed": True, "drawn": False, "after": []}
            self._act("consent.heard", self._about(consent) | said, {"name": None, "words": None, "strokes": None})

    def confirm(self, consent: str, relation: str) -> None:
        self._act("consent.confirmed", self._about(consent) | {"relation": relation, "after": []})

    def close(self, outcome: str) -> None:
        """Raises NotAsTold when the outcome cannot be given."""
        closing = self._view()["closing"]
        if outcome not in closing["outcomes"]:
            raise NotAsTold(f"the case cannot be closed as {outcome}")
        body = {"outcome": outcome, "release": self._release.digest, "covers": closing["covers"]}
        self._act("case.closed", body | {"seen": self._seen, "replaces": closing["heads"]})

    def send(self) -> None:
        """Have each tablet push what was written on it."""
        for tablet, entries in self._outgoing.items():
            tablet.send(entries)

    def _act(self, kind: str, body: dict[str, Any], private: dict[str, Any] | None = None) -> None:
        if self._hand is None:
            raise NotAsTold("nobody has a tablet in hand")
        tablet, writer = self._hand
        self._at_ms += _TAP_MS
        zone = zone_min(self._at_ms)
        act = Act(kind, body, private)
        signed = writer.write(act, ward=self._ward.pk, case=self._case, at_ms=self._at_ms, zone_min=zone)
        self._entries.append(signed.written)
        self._outgoing[tablet].append(signed)

    def _view(self) -> dict[str, Any]:
        """The case at the moment of the act that comes next."""
        now_ms = self._at_ms + _TAP_MS
        return readiness(self._release, self._certificates, fold(self._entries), now_ms, zone_min(now_ms))

    def _heads(self, register: str) -> list[str]:
        registers: dict[str, dict[str, list[str]]] = fold(self._entries)["registers"]
        return registers[register]["heads"] if register in registers else []

    def _kind(self, consent: str) -> ConsentKind:
        return next(each for each in self._release.document.consents if each.key == consent)

    def _about(self, consent: str) -> dict[str, Any]:
        return {
            "consent": consent,
            "release": self._release.digest,
            "covers": self._consent_view(consent)["covers"],
            "seen": self._seen,
        }

    def _consent_view(self, consent: str) -> dict[str, Any]:
        return next(each for each in self._view()["consents"] if each["key"] == consent)


class Text(str):
    """An answer in words: it belongs into the private part."""


def _text_of(kind: ConsentKind) -> dict[str, str]:
    language = "nb" if "nb" in kind.text else next(iter(kind.text))
    return {"language": language, "text": kind.text[language].digest}


def _head_of(ward: Ward) -> dict[str, Any] | None:
    """What a tablet that has pulled just now would co-sign."""
    head = WardLog.objects.filter(ward=ward).first()
    return {"ward": str(ward.pk), "position": head.position, "hash": head.hash} if head and head.position else None
