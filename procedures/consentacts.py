"""Each entry about a consent in words: who decided what, in which relation, how, when by which clock.

In the words of the release that the entry names. An entry that does not count is told as fully as one that does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from babel import Locale, UnknownLocaleError
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import consentwords as words
from .acts import Act, clock_of, instant, paths_of, said
from .core.document import Basis, ConsentKind
from .core.fold import Written
from .core.freezing import text_digest
from .models import Role
from .paper.blocks import Block, Drawing, Fact, Facts, Notice, Part, Picture
from .reading import document_of

NONE: Final = "–"


class Teller:
    """Tells entries about one consent. `judged` is the readiness's word on it, empty where there is none.

    `blobs`: what has become of each photograph that is named.
    """

    def __init__(
        self,
        key: str,
        language: str,
        written: Mapping[str, Written],
        acts: Mapping[str, Act],
        state: Mapping[str, Any],
        judged: Mapping[str, Any],
        blobs: Mapping[str, str],
    ) -> None:
        self.key, self._language, self._written, self._acts, self._state = key, language, written, acts, state
        self._blobs = blobs
        self._ended = _ended(state["consents"].get(key, {}))
        self._uncounted: Mapping[str, str] = judged.get("uncounted", {})
        self._tells: dict[str, Callable[[Written, ConsentKind | None], tuple[str, list[Block]]]] = {
            "consent.informed": self._informed,
            "consent.decided": self._decided,
            "consent.heard": self._heard,
            "consent.confirmed": self._confirmed,
            "consent.withdrawn": self._withdrawn,
        }

    def part(self, written: Written) -> Part:
        """An entry about the consent, of any type and in any shape."""
        title, blocks = self._told_of(written)
        told = [*blocks, self._clocks(written), *self._drawing(written)]
        return Part(title, told, self.marks(written.digest), self.is_gone(written.digest))

    def _told_of(self, written: Written) -> tuple[str, list[Block]]:
        if not self.is_readable(written):
            return _("An entry that cannot be read: %(type)s") % {"type": written.entry.type}, []
        form = form_of(written.entry.body["release"], self.key)
        return self._tells[written.entry.type](written, form)

    def is_readable(self, written: Written) -> bool:
        return written.entry.type in self._tells and written.digest not in self._state["unreadable"]

    def is_gone(self, digest: str) -> bool:
        """Whether it does not count, for whatever reason."""
        aside = digest in self._state["voided"] or digest in self._state["quarantined"]
        return (
            aside or digest in self._state["unreadable"] or bool(self._ended.get(digest) or digest in self._uncounted)
        )

    def marks(self, digest: str) -> list[str]:
        """Why an entry does not count, and what else it is marked with."""
        found = [words.called(words.ENDED, how) for how in self._ended.get(digest, [])]
        if digest in self._uncounted:
            found.append(words.called(words.UNCOUNTED, self._uncounted[digest]))
        found += [self._voided_by(void) for void in self._state["voided"].get(digest, [])]
        return [capfirst(flag) for flag in self._acts[digest].flags] + found

    def _voided_by(self, void: str) -> str:
        act = self._acts[void]
        reason = self.told(self._written[void], "reason")
        return _("So wrote %(name)s, %(when)s: %(reason)s") % {"name": act.name, "when": act.written, "reason": reason}

    def who(self, written: Written) -> str:
        """Who decided, was heard, withdrew: name and relation."""
        body = written.entry.body
        form = form_of(body["release"], self.key)
        relation = self._title(form.relations if form else (), body.get("relation"))
        if written.entry.type == "consent.heard":
            relation = self._title(form.hears if form else (), body["who"])
        name = self.told(written, "name")
        return f"{name} ({relation})" if name else relation

    def told(self, written: Written, name: str) -> str:
        """A text of the private part; where that is not here any more it says so."""
        if written.private is None and written.entry.private is not None:
            return _("[erased]") if self._state["erased"] else _("[not here]")
        return said(written, name)

    def say(self, said_in: Mapping[str, str] | None) -> str:
        return "" if not said_in else said_in.get(self._language) or next(iter(said_in.values()))

    def read(self, body: Mapping[str, Any]) -> str:
        """Which text an entry names: its language and release."""
        return f"{language_name(body['language'])}, {release_name(body['release'])}"

    def _informed(self, written: Written, form: ConsentKind | None) -> tuple[str, list[Block]]:
        body = written.entry.body
        risks = {each.key: self.say(each.text) for each in form.risks} if form else {}
        given = instant(body["given_ms"], written.entry.clock.zone_min)
        rows = [
            Fact(_("Given"), [clock_of(given)]),
            Fact(_("Given by"), [self.told(written, "by") or self._acts[written.digest].name]),
            Fact(_("Text"), [self.read(body)]),
            Fact(_("Risks talked about"), [risks.get(key, key) for key in body["risks"]] or [NONE]),
            Fact(_("Questions and answers"), _lines(self.told(written, "questions")) or [NONE]),
            Fact(_("Copy of the text"), [words.called(words.COPIES, body["copy"])]),
            Fact(_("Interpreter"), [self._interpreter(written)]),
        ]
        return _("Information was given"), [*self._other_text(body), Facts(rows)]

    def _decided(self, written: Written, form: ConsentKind | None) -> tuple[str, list[Block]]:
        body = written.entry.body
        decision = words.called(words.DECISIONS, body["decision"])
        checked = ", ".join(filter(None, [words.called(words.CHECKED, body["checked"]), self.told(written, "checked")]))
        rows = [
            Fact(_("Decision"), [capfirst(decision)]),
            Fact(_("Name"), [self.told(written, "name") or NONE]),
            Fact(_("Relation"), [self._title(form.relations if form else (), body["relation"])]),
            Fact(_("Legal basis"), self._basis(form.bases if form else (), body["basis"])),
            Fact(_("How"), [self._title(form.methods if form else (), body["method"])]),
            Fact(_("Identity"), [checked]),
            Fact(_("Text"), [self.read(body)]),
            Fact(_("Decided"), [self._decided_at(written)]),
            Fact(_("Interpreter"), [self._interpreter(written)]),
            Fact(_("Witness"), [self.told(written, "witness") or NONE]),
            *_if_said(_("Where"), self.told(written, "where")),
            *_if_said(_("Seen by"), self.told(written, "seen_by")),
            *_if_said(_("Reason"), self.told(written, "reason")),
        ]
        return f"{self.who(written)}: {decision}", [
            *self._other_text(body),
            Facts(rows),
            *self._pictures(body["blobs"]),
        ]

    def _pictures(self, digests: Sequence[str]) -> Iterator[Picture]:
        for digest in digests:
            state = self._blobs[digest]
            yield Picture(_("Photograph of the paper"), digest, state, words.called(words.PICTURES, state))

    def _heard(self, written: Written, form: ConsentKind | None) -> tuple[str, list[Block]]:
        body = written.entry.body
        view = words.called(words.VIEWS, body["view"])
        hearing = next((each for each in form.hears if each.key == body["who"]), None) if form else None
        rows = [
            Fact(_("Their view"), [capfirst(view)]),
            *_if_said(_("Name"), self.told(written, "name")),
            *_if_said(_("Why they are heard"), hearing.source if hearing else ""),
            Fact(_("Was informed"), [_("Yes") if body["informed"] else _("No")]),
            Fact(_("In their words"), _lines(self.told(written, "words")) or [NONE]),
        ]
        return f"{self.who(written)}: {view}", [Facts(rows)]

    def _confirmed(self, written: Written, form: ConsentKind | None) -> tuple[str, list[Block]]:
        relation = self._title(form.relations if form else (), written.entry.body["relation"])
        changes = _lines(self.told(written, "changes")) or [NONE]
        rows = [Fact(_("Who was asked"), [relation]), Fact(_("What has changed since"), changes)]
        return _("Asked again on the day: %(who)s") % {"who": relation}, [Facts(rows)]

    def _withdrawn(self, written: Written, form: ConsentKind | None) -> tuple[str, list[Block]]:
        body = written.entry.body
        tissue = self._title(form.tissue if form else (), body["tissue"])
        rows = [
            Fact(_("Name"), [self.told(written, "name") or NONE]),
            Fact(_("Relation"), [self._title(form.relations if form else (), body["relation"])]),
            Fact(_("How"), [self._title(form.methods if form else (), body["method"])]),
            Fact(_("What was said"), _lines(self.told(written, "reason")) or [NONE]),
            Fact(_("What becomes of what was taken"), [tissue or NONE]),
        ]
        return _("Withdrawn: %(who)s") % {"who": self.who(written)}, [Facts(rows)]

    def _clocks(self, written: Written) -> Facts:
        """Who wrote it, when by the tablet's clock and when it came by the server's."""
        act = self._acts[written.digest]
        clock = _("by the tablet’s clock, put right by %(ms)s ms") % {"ms": act.offset_ms}
        if not act.offset_ms:
            clock = _("by the tablet’s clock, which agreed with the server’s")
        if act.offset_ms is None:
            clock = _("by the tablet’s clock, which had never been compared with the server’s")
        lines = [
            writer_of(act),
            f"{act.written}, {clock}",
            _("Received %(when)s, by the server’s clock") % {"when": act.came},
        ]
        return Facts([Fact(_("Written down by"), lines)])

    def _decided_at(self, written: Written) -> str:
        act, decided_ms = self._acts[written.digest], written.entry.body["decided_ms"]
        if decided_ms is None:
            return _("%(when)s, when it was written down") % {"when": act.written}
        at = clock_of(instant(decided_ms, written.entry.clock.zone_min))
        return _("%(when)s, as told when it was written down later") % {"when": at}

    def _interpreter(self, written: Written) -> str:
        how = written.entry.body["interpreter"]
        if how is None:
            return _("None")
        return ", ".join(filter(None, [words.called(words.INTERPRETERS, how), self.told(written, "interpreter")]))

    def _basis(self, bases: Sequence[Basis], key: str) -> list[str]:
        basis = next((each for each in bases if each.key == key), None)
        if basis is None:
            return [_("%(key)s, which the form does not have") % {"key": key}]
        return [self.say(basis.title), basis.source]

    def _drawing(self, written: Written) -> list[Block]:
        """Of an entry that says whether somebody has drawn."""
        if not self.is_readable(written) or "drawn" not in written.entry.body:
            return []
        paths = paths_of(written)
        if paths:
            return [Drawing(_("Drawn signature of %(who)s") % {"who": self.who(written)}, paths)]
        if not written.entry.body["drawn"]:
            return [Facts([Fact(_("Signature"), [_("Not drawn")])])]
        return [Facts([Fact(_("Signature"), [self.told(written, "strokes") or _("A drawing that cannot be shown")])])]

    def _other_text(self, body: Mapping[str, Any]) -> list[Block]:
        remark = text_remark(body, self.key)
        return [Notice("stop", remark)] if remark else []

    def _title(self, named: Iterable[Any], key: str | None) -> str:
        """What the form calls a key; what it does not have keeps its key."""
        found = next((self.say(each.title) for each in named if each.key == key), None)
        return found or key or ""


def form_of(release: str, key: str) -> ConsentKind | None:
    """A consent's form in a release; None where either is not here."""
    document = document_of(release)
    return next((kind for kind in document.document.consents if kind.key == key), None) if document else None


def words_digest(form: ConsentKind, language: str) -> str:
    """The digest of all that is read of a form in a language that it has."""
    return text_digest(msgspec.to_builtins(form), language)


def text_remark(body: Mapping[str, Any], key: str) -> str:
    """What is wrong with the text that an entry names; empty where it is the release's."""
    form = form_of(body["release"], key)
    if form is None:
        return _("The release that it names is not here, or does not have this consent.")
    if body["language"] not in form.text:
        return _("The release that it names has no text in this language.")
    if body["text"] != words_digest(form, body["language"]):
        return _("It names another text than its release has: %(digest)s") % {"digest": body["text"]}
    return ""


def language_name(code: str) -> str:
    """A language in the reader's; one that nobody knows keeps its code."""
    try:
        name = Locale(code).get_display_name(get_language() or "en")
    except (UnknownLocaleError, ValueError):
        return code
    return str(capfirst(name or code))


def release_name(digest: str) -> str:
    document = document_of(digest)
    if document is None:
        return _("release %(digest)s…, which is not here") % {"digest": digest[:12]}
    return _("release %(number)d") % {"number": document.document.number}


def writer_of(act: Act) -> str:
    """Name and roles, as the certificate has them."""
    roles = ", ".join(str(dict(Role.choices).get(role, role)) for role in act.roles)
    return f"{act.name} ({roles})" if roles else act.name


def _ended(consent: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """What ended acts, by digest."""
    acts = [act for step in ("decided", "heard", "confirmed") for act in consent.get(step, ())]
    return {act["digest"]: [how for how in words.ENDED if act.get(how)] for act in acts}


def _if_said(label: str, text: str) -> list[Fact]:
    return [Fact(label, _lines(text))] if text else []


def _lines(text: str) -> list[str]:
    return text.splitlines()
