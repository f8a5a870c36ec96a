"""The short text in which an editor writes who must grant by a rule: groups between semicolons, all of them needed.

    self
    1 of parent-1, parent-2, guardian
    self; 2 of parent-1, parent-2, guardian

Of several relations it is always said how many: "mother, father" reads as both to one, as either to another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .document import Signers
from .entry import PATTERNS

_HOW_MANY: Final = re.compile(r"([0-9]{1,9}) of(?: |$)")  # no key begins with a digit


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a text cannot be read. `found`: the group that is wrong, or what in it is no relation's key."""

    kind: Literal["nobody", "no-key", "how-many", "none", "too-many"]
    found: str


def read_signers(text: str) -> list[Signers] | Unread:
    """Read the text, or say the first mistake in it. Whose relations the keys name is not known here."""
    found: list[Signers] = []
    for part in text.split(";"):
        group = _group(" ".join(part.split()))
        if isinstance(group, Unread):
            return group
        found.append(group)
    return found


def _group(text: str) -> Signers | Unread:
    said = _HOW_MANY.match(text)
    listed = (text[said.end() :] if said else text).split(",")
    relations = [key for key in map(str.strip, listed) if key]
    strange = [key for key in relations if not re.fullmatch(PATTERNS["key"], key)]
    count = int(said[1]) if said else 1
    if not relations:
        return Unread("nobody", text)
    if strange:
        return Unread("no-key", strange[0])
    if not said and len(relations) > 1:
        return Unread("how-many", text)
    if count < 1:
        return Unread("none", text)
    if count > len(set(relations)):
        return Unread("too-many", text)
    return Signers(relations=relations, count=count)


def write_signers(signers: Sequence[Signers]) -> str:
    """Write groups as the text that reads as them."""
    return "; ".join(map(_written, signers))


def _written(signers: Signers) -> str:
    among = ", ".join(signers.relations)
    return among if signers.count == len(signers.relations) == 1 else f"{signers.count} of {among}"
