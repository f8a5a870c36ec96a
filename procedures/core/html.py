"""The little HTML that a release may hold. Twin of frontend/src/ui/look/html.ts, held by tests/vectors/html.json.

It is read by this definition alone, never by a browser's forgiving parser: a tag is written exactly `<p>` or `</p>`, is
closed in the order in which it was opened, and a sign that HTML gives a meaning stands as one of six entities. What a
tablet would show as raw text is a problem here.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

TAGS: Final = frozenset({"p", "ul", "ol", "li", "strong", "em", "h3"})
LISTS: Final = frozenset({"ul", "ol"})
_BLANK: Final = " \t\n\r\f\v"
ENTITIES: Final = ("&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&#39;")

_PIECE: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?"
    r"|<(?P<slash>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<more>[^<>]*)(?P<end>>?)"
    r"|<|&(?:#?[A-Za-z0-9]{1,20};)?",
    re.DOTALL,
)


def problems(html: str) -> list[str]:
    """What a text holds beyond p ul ol li strong em br h3 in their plain form; each thing is said once."""
    return list(dict.fromkeys(_Reading(html).problems()))


class _Reading:
    def __init__(self, html: str) -> None:
        self.html = html
        self.open: list[str] = []
        self.strange: set[str] = set()  # names of tags that were refused: their ends need no word of their own

    def problems(self) -> Iterator[str]:
        start = 0
        for piece in _PIECE.finditer(self.html):
            yield from self._text(self.html[start : piece.start()])
            yield from self._tag(piece) if piece["name"] else self._sign(piece[0])
            start = piece.end()
        yield from self._text(self.html[start:])
        yield from (f"<{name}> is not closed" for name in reversed(self.open))

    def _text(self, text: str) -> Iterator[str]:
        if text.strip(_BLANK) and self._inmost() in LISTS:
            yield f"text in <{self._inmost()}> stands in <li>"

    def _sign(self, piece: str) -> Iterator[str]:
        if piece.startswith("<!--"):
            yield "comments are not allowed"
        elif piece.startswith(("<!", "<?")):
            yield "declarations are not allowed"
        elif piece in ("<", "&"):
            yield f"a bare {piece} is written {'&lt;' if piece == '<' else '&amp;'}"
        elif piece not in ENTITIES:
            yield f"{piece} is not known: write the sign itself"
        else:
            yield from self._text(piece)

    def _tag(self, piece: re.Match[str]) -> Iterator[str]:
        name = piece["name"]
        if not piece["end"]:
            yield f"<{piece['slash']}{name} is not finished"
        elif name not in TAGS and name != "br":
            if not (piece["slash"] and name in self.strange):
                yield f"<{piece['slash']}{name}> is not allowed"
            self.strange.add(name)
        elif piece["more"]:
            yield f"<{name}> takes no attributes"
            yield from self._open(name) if not piece["slash"] else ()
        else:
            yield from self._close(name) if piece["slash"] else self._open(name)

    def _open(self, name: str) -> Iterator[str]:
        if (name == "li") != (self._inmost() in LISTS):
            yield "<li> stands in <ul> or <ol>" if name == "li" else f"<{name}> in a list stands in <li>"
        if name != "br":
            self.open.append(name)

    def _close(self, name: str) -> Iterator[str]:
        if self._inmost() == name:
            self.open.pop()
        elif name in self.open:
            yield f"<{self._inmost()}> is not closed"
            while self.open.pop() != name:
                pass
        else:
            yield f"</{name}> closes nothing"

    def _inmost(self) -> str:
        return self.open[-1] if self.open else ""


# A text, a line break {"tag": "br"}, or {"tag", "within": nodes}.
Node = str | dict[str, Any]

_KNOWN: Final = re.compile(r"<(/?)(p|ul|ol|li|strong|em|h3)>|<br>|&(?:amp|lt|gt|quot|nbsp|#39);")
_SIGNS: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0", "&#39;": "'"}


def tree(html: str) -> list[Node]:
    """A text as a tree, from which it is shown node by node; what is not known is the text that it is."""
    root: list[Node] = []
    within: list[tuple[str, list[Node]]] = [("", root)]
    start = 0
    for piece in _KNOWN.finditer(html):
        _add_text(within[-1][1], html[start : piece.start()])
        start = piece.end()
        if piece[0] in _SIGNS:
            _add_text(within[-1][1], _SIGNS[piece[0]])
        elif piece[0] == "<br>":
            within[-1][1].append({"tag": "br"})
        elif piece[1]:
            _close(within, piece[2])
        else:
            inner: list[Node] = []
            within[-1][1].append({"tag": piece[2], "within": inner})
            within.append((piece[2], inner))
    _add_text(within[-1][1], html[start:])
    return root


def _add_text(nodes: list[Node], text: str) -> None:
    if nodes and isinstance(nodes[-1], str):
        nodes[-1] += text
    elif text:
        nodes.append(text)


def _close(within: list[tuple[str, list[Node]]], name: str) -> None:
    """Closes the inmost of this name and what was left open in it; the root stays."""
    places = [place for place, (tag, _) in enumerate(within) if tag == name]
    if places:
        del within[places[-1] :]
