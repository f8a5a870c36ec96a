"""The states of a consent, the acts that lead from one to another, and which of them are offered.

Twin of frontend/src/core/consentstates.ts; docs/consent.md draws it, and tests/vectors/consent.json has each cell.
"""

from typing import Final, NamedTuple


class Cell(NamedTuple):
    """Where an act leads. One that is not `offered` may arrive all the same, from a tablet that did not know."""

    to: str
    offered: bool


# `partly` and `granted`: the decisions of some, and of all, who must grant; `voided`: all decisions are;
# `changed`: what they rest on has (text, plan, day) or too long has passed; `done`: the procedure is.
# A dot: the state stays; a minus: not offered.
_TABLE: Final = """
from                 informed partly        granted refused  confirmed withdrawn  voided   changed              done
draft                informed partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
informed             .        partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
partly-signed        .        .             valid   refused  -.        withdrawn  informed -.                   -.
valid                .        .             .       refused  confirmed withdrawn  informed needs-reconfirmation used
confirmed            .        .             .       refused  -.        withdrawn  informed needs-reconfirmation used
used                 -.       -.            -.      -refused -.        withdrawn  informed needs-reconfirmation -.
refused              .        partly-signed valid   .        -.        -withdrawn informed -.                   -.
withdrawn            .        partly-signed valid   refused  -.        -.         -.       -.                   -.
needs-reconfirmation .        .             valid   refused  confirmed withdrawn  informed .                    -.
entered-in-error     informed partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
"""


def _read(table: str) -> dict[str, dict[str, Cell]]:
    (_, *acts), *rows = [line.split() for line in table.strip().splitlines()]
    return {state: {act: _cell(cell, state) for act, cell in zip(acts, cells, strict=True)} for state, *cells in rows}


def _cell(cell: str, state: str) -> Cell:
    to = cell.removeprefix("-")
    return Cell(state if to == "." else to, not cell.startswith("-"))


STATES: Final = _read(_TABLE)
# A person's acts, as a screen offers them; what some or all grant is one act there.
_OFFERED: Final = {
    "informed": "inform",
    "granted": "grant",
    "refused": "refuse",
    "confirmed": "confirm",
    "withdrawn": "withdraw",
}


def offers(status: str) -> list[str]:
    """What a person may be offered to do in a state: inform, grant, refuse, confirm, withdraw."""
    return [name for act, name in _OFFERED.items() if STATES[status][act].offered]
