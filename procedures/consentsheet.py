"""One consent of one case, as an auditor or a lawyer reads it: its state and why, the words, everybody's acts.

Made from entries and releases alone, anew each time. The page in the admin and the PDF are both set from this sheet.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import consentwords as words
from .acts import Act, act_of, as_read, clock_of, codes_of, instant
from .clock import moment
from .consentacts import NONE, Teller, form_of, language_name, release_name, text_remark, words_digest, writer_of
from .core import html
from .core.document import ConsentKind
from .core.fold import Written
from .models import Record
from .paper.blocks import Block, Fact, Facts, Notice, Part, Points, Rich, Row, Section, Sheet, Table
from .reading import blob_states, blobs_named, certificates_of, entries_of_cases
from .records import view_of
from .templatetags.named import named

# In these states it is told who has yet to agree or to be heard.
_LACKING: Final = ("draft", "informed", "partly-signed")
_ABOUT_ENTRIES: Final = ("entry.voided", "entry.quarantined", "entry.released")


def consent_sheet(record: Record, consent: str, language: str, *, now: datetime, reader: str) -> Sheet | None:
    """The sheet of a consent, judged at `now`, or at the closing of a closed case; None where there is no such one.

    `language` as releases have it; `reader` is the name of the person for whom it is made.
    """
    writer = _Writer(record, consent, language, now)
    return writer.sheet(reader) if writer.form or writer.about else None


class _Writer:
    """Puts one consent into words."""

    def __init__(self, record: Record, key: str, language: str, now: datetime) -> None:
        self.record, self.key, self.language, self.now = record, key, language, now
        entries = entries_of_cases([record.case])[record.case]
        self.view = view_of(entries.written, now_ms=_ms(now))
        self.acts = _acts(entries.places, entries.written, self.view.state)
        self.form = form_of(self.view.opened["release"], key)
        known = self.view.readiness["consents"] if self.view.readiness else []
        self.judged: Mapping[str, Any] = next((each for each in known if each["key"] == key), {})
        self.status = str(self.judged.get("status", "unknown"))
        self.written = {each.digest: each for each in sorted(entries.written, key=self._order)}
        blobs = blob_states(blobs_named(entries.written))
        self.teller = Teller(key, language, self.written, self.acts, self.view.state, self.judged, blobs)
        self.about = [each for each in self.written.values() if self._is_about(each)]

    def sheet(self, reader: str) -> Sheet:
        as_of = self.now.isoformat(sep=" ", timespec="seconds")
        level, state, meaning = words.STATES[self.status]
        title = self.teller.say(self.form.title) if self.form else self.key
        return Sheet(
            language=self.language,
            title=_("Consent: %(title)s") % {"title": title},
            state=str(state),
            level=level,
            said=[*self._as_of_closing(), str(meaning), *self._why()],
            about=" · ".join(self._patient()),
            foot=_("Case %(case)s, as of %(when)s, for %(reader)s")
            % {"case": self.record.case, "when": as_of, "reader": reader},
            sections=[section for section in self._sections() if section.blocks],
        )

    def _sections(self) -> Iterator[Section]:
        yield Section(_("Of what and whom"), list(self._case()))
        yield Section(_("The words that were shown"), list(self._texts()) or [Notice("note", _("None was shown yet."))])
        for title, kind in (
            (_("Information"), "consent.informed"),
            (_("Decisions"), "consent.decided"),
            (_("Others who were heard"), "consent.heard"),
            (_("Confirmations on the day"), "consent.confirmed"),
            (_("Withdrawals"), "consent.withdrawn"),
        ):
            yield Section(title, [self.teller.part(each) for each in self._readable(kind)])
        unreadable = [each for each in self.about if not self.teller.is_readable(each)]
        yield Section(_("What cannot be read"), [self.teller.part(each) for each in unreadable])
        yield Section(_("All entries about this consent"), [self._entries()])

    def _case(self) -> Iterator[Block]:
        for basis in self.view.state["erased"]:
            yield Notice("caution", _("Erased, on the basis “%(basis)s”. Digests and places stay.") % {"basis": basis})
        document = self.view.document
        start = instant((self.view.state["registers"].get("planned") or {}).get("value"), 0)
        planned = clock_of(start.astimezone(self.now.tzinfo)) if start else NONE
        protocol = self.teller.say(document.document.title) if document else self.view.opened["protocol"] or NONE
        rows = [
            Fact(_("Ward"), [self.record.ward.name]),
            Fact(_("Patient"), self._patient()),
            Fact(_("Protocol"), [f"{protocol}, {release_name(self.view.opened['release'])}"]),
            Fact(_("Release, SHA-256"), [self.view.opened["release"] or NONE], plain=True),
            Fact(_("Planned start"), [planned]),
            Fact(_("Status of the case"), [capfirst(named(self.view.status))]),
            Fact(_("Case"), [str(self.record.case)], plain=True),
            *self._of_form(),
        ]
        yield Facts(rows)

    def _of_form(self) -> Iterator[Fact]:
        if self.form is None:
            return
        needed = {True: _("Yes"), False: _("No"), None: _("Not known yet")}[self.judged.get("needed")]
        yield Fact(_("Needed in this case"), [needed])
        yield Fact(_("Rests on"), [self.form.source or NONE])
        if self.form.valid_days is not None:
            days = self.form.valid_days
            yield Fact(_("Holds for"), [ngettext("%(days)s day", "%(days)s days", days) % {"days": days}])

    def _patient(self) -> list[str]:
        """As the record page has it: name, identifier, day of birth."""
        register = self.view.state["registers"].get("subject")
        if register and register["private"] and register["private"]["part"] is None:
            return [_("[erased]") if self.view.state["erased"] else _("[not here]")]
        part = ((register or {}).get("private") or {}).get("part") or {}
        name, identifier, day = (as_read(part.get(each)) for each in ("name", "identifier", "birth_date"))
        born = [_("born %(day)s") % {"day": day}] if day else []
        return [name or NONE, identifier or NONE, *born]

    def _as_of_closing(self) -> Iterator[str]:
        """A closed case is told as it was."""
        if self.view.looked_at_ms < _ms(self.now):
            when = clock_of(moment(self.view.looked_at_ms).astimezone(self.now.tzinfo))
            yield _("As it was when the case was closed, %(when)s:") % {"when": when}

    def _why(self) -> Iterator[str]:
        """Beside the state: who brought it about, or what is lacking."""
        if self.status in ("withdrawn", "refused"):
            yield from self._ending()
        yield from (_("Why: %(why)s.") % {"why": words.called(words.WHY, code)} for code in self.judged.get("why", []))
        if self.status in _LACKING:
            yield from self._lacking()

    def _ending(self) -> Iterator[str]:
        """Each act that says no and counts."""
        refusing = {each.key for each in self.form.hears if each.refuses} if self.form else set()
        for written in self.about:
            if not self.teller.is_readable(written) or self.teller.is_gone(written.digest):
                continue
            body, kind = written.entry.body, written.entry.type
            objects = kind == "consent.heard" and body["who"] in refusing and body["view"] == "disagrees"
            if kind == f"consent.{self.status}" or body.get("decision") == self.status or objects:
                yield f"{self.teller.who(written)}, {self.acts[written.digest].written}"

    def _lacking(self) -> Iterator[str]:
        form, lacks = self.form, self.judged.get("lacks")
        if form is None:
            return
        if lacks is None:
            yield _("Who must agree is not known yet: it depends on answers or on the patient’s age.")
        relations = {each.key: self.teller.say(each.title) for each in form.relations}
        for each in lacks or []:
            among = ", ".join(relations.get(key, key) for key in each["relations"])
            yield _("Still to agree: %(count)d of: %(among)s") % {"count": each["count"], "among": among}
        hears = {each.key: self.teller.say(each.title) for each in form.hears}
        for key in self.judged.get("unheard", []):
            yield _("Still to be heard: %(who)s") % {"who": hears.get(key, key)}

    def _texts(self) -> Iterator[Part]:
        """Each text that an entry names, once, with whom it was read by."""
        readers: dict[tuple[str, str], list[Written]] = {}
        for written in [*self._readable("consent.informed"), *self._readable("consent.decided")]:
            body = written.entry.body
            readers.setdefault((body["release"], body["language"]), []).append(written)
        for (release, language), read_by in readers.items():
            yield self._text(release, language, read_by)

    def _text(self, release: str, language: str, read_by: list[Written]) -> Part:
        form = form_of(release, self.key)
        there = form is not None and language in form.text
        digest = words_digest(form, language) if form and there else NONE
        facts = Facts(
            [
                Fact(_("Release, SHA-256"), [release], plain=True),
                Fact(_("These words, SHA-256"), [digest], plain=True),
                Fact(_("Named by"), [self._reading(each) for each in read_by]),
            ]
        )
        remarks = dict.fromkeys(text_remark(each.entry.body, self.key) for each in read_by)
        notices: list[Block] = [Notice("stop", remark) for remark in remarks if remark]
        title = f"{language_name(language)}, {release_name(release)}"
        return Part(title, [facts, *notices, *(_shown(form, language) if form and there else ())])

    def _reading(self, written: Written) -> str:
        if written.entry.type == "consent.informed":
            return _("the information of %(when)s") % {"when": self.acts[written.digest].written}
        return self.teller.part(written).title

    def _entries(self) -> Table:
        head = [_("What"), _("Written down by"), _("When"), _("Marks")]
        return Table(_("Entries"), head, [self._entry(each) for each in self._with_what_is_about_them()])

    def _entry(self, written: Written) -> Row:
        act = self.acts[written.digest]
        came = _("received %(when)s") % {"when": act.came}
        place = _("certificate %(certificate)s, no. %(seq)d of it, no. %(position)d in the ward’s log")
        cells = [
            [capfirst(words.called(words.TYPES, act.type))],
            [writer_of(act)],
            [act.written, came],
            self.teller.marks(act.digest) or [NONE],
        ]
        below = [act.digest, place % {"certificate": act.enrolment, "seq": act.seq, "position": act.position}]
        return Row(cells, below)

    def _with_what_is_about_them(self) -> Iterator[Written]:
        """The entries of the consent, those that void them or set them aside, and those that let them in again."""
        named_by = {each.digest for each in self.about}
        for written in self.written.values():
            if written.entry.type == "entry.quarantined" and written.entry.body.get("target") in named_by:
                named_by.add(written.digest)  # what lets in again names this
        for written in self.written.values():
            about = written.entry.type in _ABOUT_ENTRIES and written.entry.body.get("target") in named_by
            if about or written.digest in named_by or written.entry.type == "case.erased":
                yield written

    def _readable(self, kind: str) -> list[Written]:
        return [each for each in self.about if each.entry.type == kind and self.teller.is_readable(each)]

    def _is_about(self, written: Written) -> bool:
        return written.entry.type.startswith("consent.") and written.entry.body.get("consent") == self.key

    def _order(self, written: Written) -> tuple[int, int]:
        return written.entry.clock.corrected_ms, self.acts[written.digest].position


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _acts(places: Any, written: list[Written], state: Mapping[str, Any]) -> dict[str, Act]:
    certificates = certificates_of({row.enrolment for row in places})
    by_digest = {each.digest: each for each in written}
    return {
        row.digest: act_of(by_digest.get(row.digest), row, certificates, codes_of(state, row.digest)) for row in places
    }


def _shown(form: ConsentKind, language: str) -> Iterator[Block]:
    """All that was read in a language: the text to the letter, the risks, the alternatives."""
    yield Rich(language, html.tree(form.text[language].html))
    for title, points in ((_("Risks"), form.risks), (_("Alternatives"), form.alternatives)):
        said = [point.text[language] for point in points if language in point.text]
        if said:
            yield Points(title, language, said)
