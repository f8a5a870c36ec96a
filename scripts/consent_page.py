"""Writes docs/consent.md from the table of states, so that what is drawn is what is judged."""

from pathlib import Path
from typing import Final

from procedures.core.consentstates import STATES

PAGE: Final = Path(__file__).parents[1] / "docs" / "consent.md"

_HEAD: Final = """# Consent

Written by `python -m scripts.consent_page` from the one table in `procedures/core/consentstates.py`, whose twin is
`frontend/src/core/consentstates.ts`; each cell has its history in `tests/vectors/consent.json`, which both run. What a
state means, and what makes a decision count, stands in [semantics.md](semantics.md#readiness).

A consent is a handful of entries: the information given, each person's decision, the view of those who are heard, the
confirmation on the day, a withdrawal. Nothing sets a state; it is judged anew from what is there, so that any order of
arrival gives the same one. A withdrawal defeats whatever does not name it, whenever it arrives, and cannot be undone:
only a decision that names it begins anew.

An open case is judged at the moment at which somebody asks, on a tablet as on every page, list, file and reply of the
server: what has expired since the last entry reads so. A closed one, whatever its outcome, is judged as it was at its
closing: afterwards nothing expires and nobody comes of age. Closings that disagree, or whose outcome nobody knows,
close nothing. What is written after the closing counts all the same, a withdrawal above all.

Who must consent is a list of rules, of which the first whose condition holds counts. An editor writes each as a row in
the admin: the condition, and who, in the notation of `procedures/core/signertext.py`:

    self
    1 of parent-1, parent-2, guardian
    self; 2 of parent-1, parent-2, guardian

All groups that semicolons separate are needed. Of several relations it is always said how many, since *mother, father*
reads as both to one and as either to another. A number in each row says their order, so that a new rule can come first.

How the record of a consent is read and printed stands in [architecture.md](architecture.md#the-record-of-a-consent).

"""

_ACTS: Final = {
    "informed": "information is given",
    "partly": "some grant who must",
    "granted": "all grant who must",
    "refused": "somebody refuses",
    "confirmed": "it is confirmed on the day",
    "withdrawn": "it is withdrawn",
    "voided": "all decisions are entered in error",
    "changed": "text, plan or day change, or it expires",
    "done": "the procedure is done",
}


def page() -> str:
    """The whole page, as committed."""
    return _HEAD + _diagram() + "\n" + _table()


def _diagram() -> str:
    """What a person may be offered, and what happens by itself; what changes nothing is left out."""
    steps = [
        f"    {_name(state)} --> {_name(cell.to)}: {_ACTS[act]}"
        for state, row in STATES.items()
        for act, cell in row.items()
        if cell.to != state and (cell.offered or act in ("changed", "done"))
    ]
    states = [f'    state "{state}" as {_name(state)}' for state in STATES]
    return "\n".join(["```mermaid", "stateDiagram-v2", *states, "    [*] --> draft", *steps, "```", ""])


def _name(state: str) -> str:
    return state.replace("-", "_")


def _table() -> str:
    acts = list(_ACTS)
    rows = [
        f"| **{state}** | " + " | ".join(_cell(row[act].to, state, offered=row[act].offered) for act in acts) + " |"
        for state, row in STATES.items()
    ]
    lead = "From each state by each act. A dot: it stays. In brackets: not offered by a tablet, but it may arrive.\n\n"
    return lead + "\n".join([f"| from | {' | '.join(acts)} |", "|---" * (len(acts) + 1) + "|", *rows]) + "\n"


def _cell(to: str, state: str, *, offered: bool) -> str:
    said = "·" if to == state else to
    return said if offered else f"({said})"


if __name__ == "__main__":
    PAGE.write_text(page())
