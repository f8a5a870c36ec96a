"""What a sheet is made of: plain data, all of it in words already, read by the page's template and the paper's alike.

Neither of them knows a case: they know these blocks, so that page and paper say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from procedures.core.html import Node

Level = Literal["good", "note", "caution", "stop"]


@dataclass(frozen=True)
class Fact:
    """`plain`: a digest or an id, set in letters of one width."""

    label: str
    lines: list[str]
    plain: bool = False


@dataclass(frozen=True)
class Facts:
    rows: list[Fact]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Notice:
    level: Level
    text: str
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True)
class Rich:
    """A longer text of a release, to the letter, in the language that it is written in."""

    language: str
    nodes: list[Node]
    kind: Literal["rich"] = "rich"


@dataclass(frozen=True)
class Points:
    title: str
    language: str
    points: list[str]
    kind: Literal["points"] = "points"


@dataclass(frozen=True)
class Drawing:
    """SVG paths in a field of 3000 by 1000."""

    label: str
    paths: list[str]
    kind: Literal["drawing"] = "drawing"


@dataclass(frozen=True)
class Picture:
    """A photograph; `state` as procedures.reading has it, and in words. Its bytes come beside the sheet."""

    label: str
    digest: str
    state: str
    said: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Row:
    """Cells of lines; those `below`, in letters of one width, take the whole width under them."""

    cells: list[list[str]]
    below: list[str]


@dataclass(frozen=True)
class Table:
    title: str
    head: list[str]
    rows: list[Row]
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Part:
    """One act or one text. `gone`: it is kept and does not count; `marks` say why, and what else is to be known."""

    title: str
    blocks: list["Block"]
    marks: list[str] = field(default_factory=list)
    gone: bool = False
    kind: Literal["part"] = "part"


Block = Facts | Notice | Rich | Points | Drawing | Picture | Table | Part


def pictures_in(blocks: list[Block]) -> Iterator[Picture]:
    """All of them, also within parts."""
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Part):
            yield from pictures_in(block.blocks)


@dataclass(frozen=True)
class Section:
    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Sheet:
    """`state` stands large at the top, on paper at the head of each page too; `said`: sentences below it.

    `about` is whom it is about and `foot` what it is of and when it was made: both on each page of paper. `language`:
    of all words that are no release's.
    """

    language: str
    title: str
    state: str
    level: Level
    said: list[str]
    about: str
    foot: str
    sections: list[Section]
