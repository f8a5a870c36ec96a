"""A case with something of everything in it, written through the tablet's door: for those who read cases."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from procedures.consentacts import form_of
from procedures.core import canonical
from procedures.models import Release
from tests.tablet import Json, Tablet, Writer, Written, answer, now_ms, open_case

# All that tells who the patient is, or was typed freely.
PRIVATE = ("Emma Solberg", "010119 12345", "2019-01-01", "The laboratory rang", "Mother calls back", "Ida Solberg")
CONSENT = "procedure"

# What a decision says that was drawn on the tablet, and a withdrawal that was spoken.
DRAWN: Final[Json] = {
    "decided_ms": None,
    "checked": "known",
    "interpreter": None,
    "drawn": True,
    "witnessed": False,
    "blobs": [],
}
SIGNER: Final = dict.fromkeys(("witness", "where", "seen_by", "checked", "interpreter", "reason"))
WITHDRAWN: Final = {"relation": "parent-1", "method": "spoken", "tissue": None}


@dataclass
class Chart:
    """One case of one writer; what is written is sent by `send`."""

    tablet: Tablet
    writer: Writer
    release: Release
    entries: list[Written] = field(default_factory=list)
    case: str = ""
    sent: int = 0

    @classmethod
    def begun(cls, tablet: Tablet, writer: Writer, release: Release) -> "Chart":
        chart = cls(tablet, writer, release)
        chart.entries += open_case(writer, tablet.wards[0], release.digest)
        chart.case = str(canonical.decode(chart.entries[0].data)["case"])
        return chart

    def write(self, kind: str, body: Json, private: Json | None = None, *, by: Writer | None = None) -> str:
        """The next entry, of the chart's writer or another; gives its digest."""
        writer = by or self.writer
        self.entries.append(writer.write(kind, body, ward=self.tablet.wards[0], case=self.case, private=private))
        return self.entries[-1].digest

    def answer(self, item: str, value: Any, *, replaces: Sequence[str] = (), late: str | None = None) -> str:
        """`late`: entered afterwards, and why."""
        body = answer(item, value, replaces=list(replaces))
        if late is None:
            return self.write("answer.given", body)
        body |= {"occurred_ms": now_ms() - 3_600_000, "late": True}
        return self.write("answer.given", body, {"text": None, "reason": late})

    def override(self, item: str, hold: str, covers: Sequence[str], *, by: Writer | None = None) -> str:
        body = {"item": item, "part": "", "hold": hold, "basis": None, "covers": sorted(covers)}
        return self.write("hold.overridden", body, {"reason": "Vitamin K was given"}, by=by)

    def decide(self, decision: str, *, after: Sequence[str] = (), blobs: Sequence[str] = ()) -> str:
        body: Json = self._consent() | {"language": "en", "text": "e" * 64, "after": sorted(after)}
        body |= {"decision": decision, "relation": "parent-1", "basis": "law", "method": "in-person"} | DRAWN
        body["blobs"] = sorted(blobs)
        return self.write(
            "consent.decided", body, SIGNER | {"name": "Ida Solberg", "strokes": [[0, 0, 0, 500, 500, 10]]}
        )

    def grant(self, relation: str, name: str, private: Json | None = None, **bent: Any) -> str:
        """A decision that counts: on the release's words, for what is planned. `bent` replaces fields of the body."""
        form = form_of(self.release.digest, CONSENT)
        assert form
        text = {"language": "en", "text": form.text["en"].digest, "covers": [self.entries[2].digest]}
        body: Json = self._consent() | DRAWN | text | {"decision": "granted", "basis": "law", "method": "in-person"}
        body |= {"relation": relation, "after": []} | bent
        strokes = [[0, 0, 0, 500, 500, 10]] if body["drawn"] else None
        return self.write("consent.decided", body, SIGNER | {"name": name, "strokes": strokes} | (private or {}))

    def grant_all(self) -> "Chart":
        """All who must grant do: the consent is valid."""
        self.grant("parent-1", "Ida Solberg")
        self.grant("parent-2", "Odd Solberg")
        return self

    def withdraw(self) -> str:
        return self.write("consent.withdrawn", self._consent() | WITHDRAWN, {"name": None, "reason": "Wants to wait"})

    def close(self, outcome: str, *, replaces: Sequence[str] = ()) -> str:
        body: Json = {"outcome": outcome, "release": self.release.digest, "covers": [], "seen": None}
        return self.write("case.closed", body | {"replaces": list(replaces)})

    def send(self) -> "Chart":
        self.tablet.send(*self.entries[self.sent :])
        self.sent = len(self.entries)
        return self

    @property
    def id(self) -> uuid.UUID:
        return uuid.UUID(self.case)

    def _consent(self) -> Json:
        return {"consent": CONSENT, "release": self.release.digest, "covers": [], "seen": None}


def everything(tablet: Tablet, writer: Writer, release: Release, *, clinician: Writer | None = None) -> Chart:
    """An INR of 3.4 corrected later to 3.2 and overridden, a note, a consent, a closing with an exception.

    The override clears its hold only if a clinician wrote it.
    """
    chart = Chart.begun(tablet, writer, release)
    warfarin = chart.answer("bleed.warfarin", "yes")
    first = chart.answer("bleed.inr", "3.4")
    inr = chart.answer("bleed.inr", "3.2", replaces=[first], late="The laboratory rang")
    chart.override("bleed.inr", "inr-high", [warfarin, inr], by=clinician)
    chart.write("note.added", {"item": None, "part": ""}, {"text": "Mother calls back"})
    chart.decide("granted")
    chart.close("exception")
    return chart.send()
