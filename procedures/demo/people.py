"""The demo's people and ward. Names and passwords are known to all, which is why production refuses the demo."""

from typing import Final, NamedTuple

WARD: Final = "Children's ward 3"
# What everybody who is enrolled by the demo's way in has chosen; shown there, and on the tablet's demo strip.
PIN: Final = "246810"


class DemoPerson(NamedTuple):
    """`role` is one at the bedside, or the group that a person belongs to in the admin."""

    username: str
    name: str
    role: str

    @property
    def password(self) -> str:
        return f"{self.username}-demo-pass"


PEOPLE: Final = [
    DemoPerson("nora", "Nora Nilsen, RN", "nurse"),
    DemoPerson("noah", "Noah Berg, RN", "nurse"),
    DemoPerson("clara", "Clara Holm, MD", "clinician"),
    DemoPerson("anders", "Anders Lie, MD", "anaesthetist"),
    DemoPerson("eva", "Eva Moen", "editor"),
    DemoPerson("olav", "Olav Strand", "approver"),
    DemoPerson("mona", "Mona Vik, RN", "ward manager"),
    DemoPerson("ada", "Ada Dahl", "administrator"),
    DemoPerson("arne", "Arne Moe", "auditor"),
]
PASSWORDS: Final = {person.username: person.password for person in PEOPLE}
