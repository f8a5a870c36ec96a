"""A signature as somebody might draw it: loops along a line, other ones for another name."""

import hashlib
import math
from itertools import pairwise
from typing import Final

_POINTS: Final = 48
_MS_A_POINT: Final = 18


def drawn(name: str) -> list[list[int]]:
    """Strokes as docs/wire-format.md has them, in a field of 3000 by 1000."""
    swings = hashlib.sha256(name.encode()).digest()
    return [_stroke([_place(swings, step) for step in range(_POINTS)]), _stroke([(420, 800), (1500, 770), (2560, 730)])]


def _place(swings: bytes, step: int) -> tuple[int, int]:
    height = 60 + swings[step // 6] * 1.1
    turn = step * math.tau / 6
    x = 420 + step * 42 + math.cos(turn) * (30 + swings[step // 6 + 8] / 3)
    return round(x), round(520 - step * 1.5 + math.sin(turn) * height)


def _stroke(places: list[tuple[int, int]]) -> list[int]:
    (x, y), line = places[0], [*places[0], 0]
    for (x, y), (next_x, next_y) in pairwise(places):
        line += [next_x - x, next_y - y, _MS_A_POINT]
    return line
