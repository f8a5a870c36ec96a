"""An entry as people read it: who wrote it, when by which clock, what it is marked with, what was drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from .clock import moment
from .core.fold import Written
from .core.privatepart import is_line
from .core.seal import Certificate
from .models import Entry
from .templatetags.named import named

# The flags that mark single entries.
_FLAGS: Final = ("clock-skew", "late", "late-after-closing")
_QUARANTINED: Final = "quarantined/"
# Unicode's embeddings, overrides and isolates.
_TURNING: Final = {sign: f"[U+{sign:04X}]" for sign in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


@dataclass(frozen=True)
class Act:
    """Who wrote an entry and when. `offset_ms`: server − tablet as the tablet knew it, None: it had never asked.

    `flags` are `codes` in words.
    """

    digest: str
    type: str
    name: str
    roles: list[str]
    at: datetime
    received: datetime
    offset_ms: int | None
    codes: list[str]
    enrolment: str
    seq: int
    position: int

    @property
    def flags(self) -> list[str]:
        return [_flag_words(code) for code in self.codes]

    @property
    def written(self) -> str:
        """The instant with the zone of the tablet, which a template's filters would turn into the server's."""
        return self.at.isoformat(sep=" ", timespec="seconds")

    @property
    def came(self) -> str:
        return self.received.isoformat(sep=" ", timespec="seconds")


def act_of(written: Written | None, row: Entry, certificates: Mapping[str, Certificate], codes: list[str]) -> Act:
    """`written` None: what is in the entry does not count, as where a tablet forged what only the server writes."""
    certificate = certificates.get(str(row.enrolment))
    received = moment(row.received_ms)
    clock = written.entry.clock if written else None
    return Act(
        digest=row.digest,
        type=row.type,
        name=certificate.name if certificate else "?",
        roles=list(certificate.roles) if certificate else [],
        at=moment(clock.corrected_ms, clock.zone_min) if clock else received,
        received=received,
        offset_ms=clock.offset_ms if clock else None,
        codes=codes,
        enrolment=str(row.enrolment),
        seq=row.seq,
        position=row.position,
    )


def codes_of(state: Mapping[str, Any], digest: str) -> list[str]:
    """What a single entry is marked with: flags, and why it does not count."""
    found = [code for code in _FLAGS if digest in state["flags"].get(code, [])]
    found += ["entered-in-error"] * (digest in state["voided"])
    found += [f"{_QUARANTINED}{code}" for code in state["quarantined"].get(digest, [])]
    return found + ["unreadable"] * (digest in state["unreadable"])


def said(written: Written | None, name: str) -> str:
    """A text of the private part; empty where there is none, or where it is not here."""
    return as_read((written.private or {}).get(name)) if written else ""


def as_read(value: Any) -> str:
    """A text that anybody may have typed, with those signs named that would turn around what stands beside them."""
    return str(value or "").translate(_TURNING)


def paths_of(written: Written) -> list[str]:
    """The SVG paths that docs/wire-format.md says strokes are. Of what is none, in an entry set aside, nothing."""
    strokes = (written.private or {}).get("strokes")
    lines = strokes if isinstance(strokes, list) else []
    return [_path(line) for line in lines if is_line(line)]


def instant(ms: Any, zone_min: int) -> datetime | None:
    return moment(ms, zone_min) if isinstance(ms, int) else None


def clock_of(at: datetime | None) -> str:
    return at.isoformat(sep=" ", timespec="minutes") if at else ""


def _flag_words(code: str) -> str:
    if code.startswith(_QUARANTINED):
        return _("quarantined: %(code)s") % {"code": code.removeprefix(_QUARANTINED)}
    return named(code)


def _path(line: Sequence[int]) -> str:
    steps = " ".join(f"{line[at]} {line[at + 1]}" for at in range(3, len(line), 3))
    return f"M{line[0]} {line[1]}l{steps or '0 0'}"
