"""A case as people read it: what was asked, answered, held, signed and consented to, by whom and when.

Made from entries alone. In the words of the release, in one language; an instant is shown in the zone of the tablet
that wrote it, by the server's clock as well as the tablet knew it.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import consentwords
from .acts import Act, act_of, clock_of, codes_of, instant, paths_of, said
from .clock import now_ms
from .core.document import ConsentKind, Document, Item, Phase
from .core.entry import blobs_named
from .core.fold import Written
from .reading import CaseEntries, blob_states, certificates_of, entries_of_cases
from .reading import blobs_named as blobs_of_case
from .records import CaseView, flags_of, view_of

_PLAIN: Final = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "dont-know": gettext_lazy("Not known"),
    "not-so": gettext_lazy("Not so"),
    "none": gettext_lazy("None"),
}
_CONFIRMED: Final = gettext_lazy("Confirmed")


class Note(NamedTuple):
    """What was written about a question, or about the case as a whole."""

    act: Act
    text: str


@dataclass(frozen=True)
class Answer:
    """`value` as the entry holds it: None for a text, which is private."""

    act: Act
    value: Any
    words: str
    reason: str
    done_at: str
    stands: bool


@dataclass(frozen=True)
class HeldRule:
    """A stop, caution or note that was active, and what cleared it."""

    key: str
    level: str
    message: str
    cleared: str | None
    act: Act | None
    reason: str


@dataclass(frozen=True)
class Question:
    """`answers`: all that were ever given, the earlier first; `state` as the readiness has it."""

    key: str
    text: str
    part: str
    state: str
    answers: list[Answer]
    holds: list[HeldRule]
    notes: list[Note]


@dataclass(frozen=True)
class Signature:
    """`name` is the guest's where a guest signed, and then the act's writer has answered for it."""

    act: Act
    meaning: str
    name: str
    guest_role: str | None
    stands: bool
    strokes: list[str]


@dataclass(frozen=True)
class PhaseSheet:
    key: str
    title: str
    status: str
    questions: list[Question]
    signatures: list[Signature]


class Photograph(NamedTuple):
    """A photograph of the paper; `state` as procedures.reading has it."""

    digest: str
    state: str


@dataclass(frozen=True)
class ConsentStep:
    act: Act
    what: str
    who: str
    detail: str
    stands: bool
    strokes: list[str]
    photographs: list[Photograph]


@dataclass(frozen=True)
class ConsentSheet:
    key: str
    title: str
    status: str
    steps: list[ConsentStep]


@dataclass(frozen=True)
class Sheet:
    """`entries` are all of the case, by ward and position, those that count for nothing too."""

    status: str
    flags: list[str]
    identity: dict[str, Any]
    start: datetime | None
    document: Document | None
    release: str
    phases: list[PhaseSheet] = field(default_factory=list)
    consents: list[ConsentSheet] = field(default_factory=list)
    course: list[Note] = field(default_factory=list)
    entries: list[Act] = field(default_factory=list)


def sheet_of(case: uuid.UUID, language: str, *, identified: bool = True) -> Sheet:
    """The sheet of a case, judged now, or of a closed one at its closing. `language`: as the release has it.

    Without `identified` it says neither who the patient is nor what was typed or drawn, as an export's table.
    """
    entries = entries_of_cases([case])[case]
    view = view_of(entries.written, now_ms=now_ms())
    return _Writer(entries, view, language, identified=identified).sheet()


class _Writer:
    """Puts one case into words."""

    def __init__(self, entries: CaseEntries, view: CaseView, language: str, *, identified: bool) -> None:
        self.view, self.language, self.identified = view, language, identified
        # The view was judged with the private parts; it is only not said what is in them.
        told = entries.written if identified else [replace(each, private=None) for each in entries.written]
        self.written = {each.digest: each for each in told}
        self.blobs = blob_states(blobs_of_case(entries.written))
        self.certificates = certificates_of({row.enrolment for row in entries.places})
        self.acts = {
            row.digest: act_of(self.written.get(row.digest), row, self.certificates, codes_of(view.state, row.digest))
            for row in entries.places
        }

    def sheet(self) -> Sheet:
        state, document = self.view.state, self.view.document
        sheet = Sheet(
            status=self.view.status,
            flags=flags_of(self.view, lacking="missing" in self.blobs.values()),
            identity=_private(state["registers"].get("subject")) if self.identified else {},
            start=instant((state["registers"].get("planned") or {}).get("value"), 0),
            document=document.document if document else None,
            release=self.view.opened["release"],
            course=list(self._course()),
            entries=list(self.acts.values()),
        )
        if document is not None and self.view.readiness is not None:
            sheet.phases.extend(self._phases(document.document, self.view.readiness))
        sheet.consents.extend(self._consents())
        return sheet

    def _phases(self, document: Document, readiness: Mapping[str, Any]) -> Iterator[PhaseSheet]:
        views = {view["key"]: view for view in readiness["phases"]}
        for phase in document.phases:
            view = views[phase.key]
            items = {item.key: item for item in phase.items}
            questions = [
                self._question(items[each["key"]], each)
                for each in view["items"]
                if each["key"] in items and (each["shown"] or each["heads"])
            ]
            yield PhaseSheet(
                phase.key, self._say(phase.title), view["status"], questions, self._signatures(phase, view)
            )

    def _question(self, item: Item, view: Mapping[str, Any]) -> Question:
        place = (item.key, view["part"])
        given, noted = self._at("answer.given", place), self._at("note.added", place)
        computed = self._value(item, view["value"], None) if item.type == "computed" and view["value"] else ""
        return Question(
            key=item.key,
            text=self._say(item.text),
            part=view["part"],
            state=computed or view["state"],
            answers=[self._answer(item, each, each.digest in view["heads"]) for each in given],
            holds=[self._hold(item, each) for each in view["holds"] if each["active"]],
            notes=[Note(self.acts[each.digest], said(each, "text")) for each in noted],
        )

    def _answer(self, item: Item, written: Written, stands: bool) -> Answer:
        body, clock = written.entry.body, written.entry.clock
        words = self._value(item, body["value"], written)
        done_at = clock_of(instant(body["occurred_ms"], clock.zone_min))
        return Answer(self.acts[written.digest], body["value"], words, said(written, "reason"), done_at, stands)

    def _hold(self, item: Item, hold: Mapping[str, Any]) -> HeldRule:
        digest = next(iter(hold["standing"]), "")
        reason = said(self.written[digest], "reason") if digest in self.written else ""
        message = self._say(_message(item, hold["key"]))
        return HeldRule(hold["key"], hold["level"], message, hold["cleared"], self.acts.get(digest), reason)

    def _signatures(self, phase: Phase, view: Mapping[str, Any]) -> list[Signature]:
        standing = {digest for slot in view["signatures"] for digest in slot["standing"]}
        signed = [each for each in self._of("phase.signed") if each.entry.body["phase"] == phase.key]
        return [self._signature(each, each.digest in standing) for each in signed]

    def _signature(self, written: Written, stands: bool) -> Signature:
        act, guest = self.acts[written.digest], written.entry.body["guest"]
        name = act.name if guest is None else said(written, "name")
        role = None if guest is None else str(guest["role"])
        return Signature(act, written.entry.body["meaning"], name, role, stands, paths_of(written))

    def _consents(self) -> Iterator[ConsentSheet]:
        """Those of the release, then those that entries name without its knowing them."""
        document, readiness = self.view.document, self.view.readiness
        kinds = {kind.key: kind for kind in document.document.consents} if document else {}
        statuses = {each["key"]: each["status"] for each in readiness["consents"]} if readiness else {}
        for key in dict.fromkeys([*kinds, *self.view.state["consents"]]):
            kind = kinds.get(key)
            steps = [
                self._step(each, kind)
                for each in self.written.values()
                if each.entry.type.startswith("consent.") and each.entry.body.get("consent") == key
            ]
            steps.sort(key=lambda step: step.act.at)
            title = self._say(kind.title) if kind else key
            yield ConsentSheet(key, title, statuses.get(key, "unknown"), steps)

    def _step(self, written: Written, kind: ConsentKind | None) -> ConsentStep:
        act, body = self.acts[written.digest], written.entry.body
        what, who, detail = written.entry.type.removeprefix("consent."), "", said(written, "reason")
        if written.digest in self.view.state["unreadable"]:
            what = "unreadable"
        elif what == "decided":
            relations = {each.key: self._say(each.title) for each in kind.relations} if kind else {}
            methods = {each.key: self._say(each.title) for each in kind.methods} if kind else {}
            what, detail = body["decision"], methods.get(body["method"], body["method"])
            who = f"{said(written, 'name')} ({relations.get(body['relation'], body['relation'])})"
        elif what == "heard":
            who, detail = said(written, "name"), str(consentwords.called(consentwords.VIEWS, body["view"]))
        photographs = [Photograph(digest, self.blobs[digest]) for digest in blobs_named(written.entry)]
        return ConsentStep(act, what, who, detail, self._counts(written.digest), paths_of(written), photographs)

    def _counts(self, digest: str) -> bool:
        """Neither voided nor quarantined, nor ended by a withdrawal or a later decision."""
        acts = [act for consent in self.view.state["consents"].values() for name in _STEPS for act in consent[name]]
        return any(
            act["digest"] == digest and not any(act.get(how) for how in ("defeated", "superseded", "reopened"))
            for act in acts
        )

    def _course(self) -> Iterator[Note]:
        """What happened to the case as a whole: opened, taken over, postponed, closed, and notes about it."""
        for written in self.written.values():
            body = written.entry.body
            about_case = written.entry.type.startswith("case.") or (
                written.entry.type == "note.added" and body.get("item") is None
            )
            if about_case:
                words = [str(body.get("outcome") or ""), said(written, "reason"), said(written, "text")]
                yield Note(self.acts[written.digest], " – ".join(word for word in words if word))

    def _of(self, entry_type: str) -> list[Written]:
        found = [each for each in self.written.values() if each.entry.type == entry_type]
        return sorted(found, key=lambda each: (each.entry.clock.corrected_ms, self.acts[each.digest].position))

    def _at(self, entry_type: str, place: tuple[str, str]) -> list[Written]:
        """The entries of a type about one question."""
        found = self._of(entry_type)
        return [each for each in found if (each.entry.body.get("item"), each.entry.body.get("part")) == place]

    def _say(self, words: Mapping[str, str] | None) -> str:
        return "" if not words else words.get(self.language) or next(iter(words.values()))

    def _value(self, item: Item, value: Any, written: Written | None) -> str:
        """A value in words. A text is private: it reads "(text)" where it is not here."""
        if isinstance(value, dict):
            reasons = {each.key: self._say(each.text) for each in item.absent}
            return reasons.get(str(value.get("absent")), str(value.get("absent")))
        if isinstance(value, list):
            return ", ".join(self._choice(item, each) for each in value)
        if item.type in ("text", "scan"):
            return said(written, "text") or _("(text)")
        if item.type == "datetime" and isinstance(value, int):
            return clock_of(instant(value, written.entry.clock.zone_min if written else 0))
        if item.type == "confirm" and value == "yes":
            return str(_CONFIRMED)
        if item.type == "number" and item.unit not in (None, "1"):
            return f"{value} {item.unit}"
        return self._choice(item, value)

    def _choice(self, item: Item, value: Any) -> str:
        texts = {each.key: self._say(each.text) for each in item.choices}
        return texts.get(str(value)) or str(_PLAIN.get(str(value), value))


_STEPS: Final = ("informed", "decided", "heard", "confirmed", "withdrawn")


def _message(item: Item, hold: str) -> Mapping[str, str] | None:
    if hold == "not-so":
        return item.not_so.message if item.not_so else None
    named: list[tuple[str, Mapping[str, str]]] = [(each.key, each.message) for each in item.holds]
    named += [(f"absent.{each.key}", each.message) for each in item.absent]
    return dict(named).get(hold)


def _private(register: Mapping[str, Any] | None) -> dict[str, Any]:
    return ((register or {}).get("private") or {}).get("part") or {}
