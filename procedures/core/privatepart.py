"""What a private part may hold: the server's look at it, which no tablet needs to share.

Shapes: docs/wire-format.md. A tablet of ours writes no other; what else comes is kept, and does not count.
"""

from itertools import accumulate
from typing import Any, Final

from .entry import Entry

_WHO: Final = {"identifier", "name", "birth_date", "by", "interpreter", "witness", "seen_by"}
_WHAT: Final = {"text", "reason", "questions", "where", "checked", "words", "changes"}
_TEXTS: Final = _WHO | _WHAT
_MOST_POINTS: Final = 4000
# Units of a field that is 3000 wide: less than this in both directions is a tap, not a signature.
_SMALLEST: Final = 150


def private_problem(entry: Entry, part: dict[str, Any] | None) -> str | None:
    """Why a private part is not one that belongs to such an entry; None where it may be. Names no value."""
    told = part or {}
    for name in sorted(_TEXTS & told.keys()):
        if not isinstance(told[name], str | None):
            return f"`{name}` is no text"
    strokes = told.get("strokes")
    if strokes is not None and not _is_signature(strokes):
        return "`strokes` are no signature"
    for claim, held in (("drawn", strokes), ("witnessed", told.get("witness"))):
        if isinstance(entry.body.get(claim), bool) and entry.body[claim] != (held is not None):
            return f"`{claim}` is not so"
    if entry.type == "phase.signed" and (entry.body["guest"] is None) != (strokes is None):
        return "a guest draws, and nobody else"
    return None


def _is_signature(strokes: Any) -> bool:
    if not isinstance(strokes, list) or not strokes or not all(map(is_line, strokes)):
        return False
    points = sum(len(line) for line in strokes) // 3
    return points <= _MOST_POINTS and any(_span(strokes, axis) >= _SMALLEST for axis in (0, 1))


def is_line(line: Any) -> bool:
    """A place and a time, then differences; bool is an int to Python, and not to the format."""
    return isinstance(line, list) and len(line) >= 3 and len(line) % 3 == 0 and all(type(each) is int for each in line)


def _span(strokes: list[list[int]], axis: int) -> int:
    """How far the drawing reaches in one direction."""
    places = [place for line in strokes for place in accumulate(line[axis::3])]
    return max(places) - min(places)
