"""The one-line text in which an editor writes a condition, read with lark.

    bleed.warfarin = yes and bleed.inr > 3.0
    plan.goal has diagnose and not (plan.side = both or plan.side is absent)
    hours from fast.solids to start < 6        hours since bleed.inr_at > 24
    subject.age_years < 3                      subject.sex = female
    consent procedure is confirmed             bleed.other has any
    consent procedure heard child is disagrees

`not` binds tighter than `and`, `and` than `or`.
"""

from dataclasses import dataclass
from typing import Any, Final

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from .errors import Refusal

MAX_LENGTH: Final = 2000
AGE: Final = "subject.age_years"
SEX: Final = "subject.sex"

_GRAMMAR: Final = r"""
    ?start: either
    ?either: both ("or" both)*
    ?both: negated ("and" negated)*
    ?negated: "not" negated -> negation
            | "(" either ")"
            | atom
    ?atom: KEY CMP (KEY | NUMBER)                    -> comparison
         | KEY "has" "any"                           -> any
         | KEY "has" KEY                             -> has
         | KEY "is" "absent"                         -> absent
         | "hours" "from" KEY "to" KEY CMP NUMBER    -> hours
         | "hours" "since" KEY CMP NUMBER            -> since
         | "consent" KEY "is" KEY                    -> consent
         | "consent" KEY "heard" KEY "is" KEY        -> heard

    KEY: /[a-z][a-z0-9_.-]{0,63}/
    NUMBER: /-?[0-9]+(\.[0-9]+)?/
    CMP: "<=" | ">=" | "!=" | "=" | "<" | ">"
    %import common.WS
    %ignore WS
"""

# What the parser may have wanted, as an editor would say it.
_NAMES: Final = {
    "KEY": "a key",
    "NUMBER": "a number",
    "CMP": "one of = != < <= > >=",
    "LPAR": "(",
    "RPAR": ")",
    "$END": "the end",
}


class _Trees(Transformer[Token, dict[str, Any]]):
    def either(self, of: list[Any]) -> dict[str, Any]:
        return {"op": "or", "of": of}

    def both(self, of: list[Any]) -> dict[str, Any]:
        return {"op": "and", "of": of}

    def negation(self, of: list[Any]) -> dict[str, Any]:
        return {"op": "not", "of": of[0]}

    def comparison(self, tokens: list[Token]) -> dict[str, Any]:
        name, cmp, value = tokens
        if name == AGE:
            return {"op": "age_years", "cmp": str(cmp), "value": _whole(value)}
        if name == SEX:
            return _sex(cmp, value)
        return {"op": str(cmp), "item": str(name), "value": str(value)}

    def any(self, tokens: list[Token]) -> dict[str, Any]:
        return {"op": "any", "item": str(tokens[0])}

    def has(self, tokens: list[Token]) -> dict[str, Any]:
        return {"op": "has", "item": str(tokens[0]), "value": str(tokens[1])}

    def absent(self, tokens: list[Token]) -> dict[str, Any]:
        return {"op": "absent", "item": str(tokens[0])}

    def hours(self, tokens: list[Token]) -> dict[str, Any]:
        start, end, cmp, hours = map(str, tokens)
        return {"op": "hours", "from": start, "to": end, "cmp": cmp, "hours": hours}

    def since(self, tokens: list[Token]) -> dict[str, Any]:
        start, cmp, hours = map(str, tokens)
        return {"op": "hours", "from": start, "to": "now", "cmp": cmp, "hours": hours}

    def consent(self, tokens: list[Token]) -> dict[str, Any]:
        return {"op": "consent", "key": str(tokens[0]), "is": str(tokens[1])}

    def heard(self, tokens: list[Token]) -> dict[str, Any]:
        key, who, view = map(str, tokens)
        return {"op": "heard", "key": key, "who": who, "is": view}


_PARSER: Final = Lark(_GRAMMAR, parser="lalr")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a line cannot be read: from the character `at` (counted from 0), what could have stood there, what did.

    At the end of the line `found` is empty.
    """

    at: int
    wanted: tuple[str, ...]
    found: str

    def __str__(self) -> str:
        place = f"at character {self.at + 1}" if self.found else "at the end"
        return f"{place}: expected {', '.join(self.wanted)}" + (f", found {self.found!r}" if self.found else "")


class _Misread(Exception):
    def __init__(self, at: int, wanted: tuple[str, ...], found: str) -> None:
        super().__init__()
        self.mistake = Mistake(at, wanted, found[:20])


def parse(text: str) -> dict[str, Any]:
    """Read one line as a tree. Raises Refusal("condition-wrong") whose `where` says at which character, and what."""
    try:
        return _read(text)
    except _Misread as wrong:
        raise Refusal("condition-wrong", str(wrong.mistake)) from wrong


def mistake_in(text: str) -> Mistake | None:
    """What keeps a line from being read, for whoever wants to point at it; None when it can be read."""
    try:
        _read(text)
    except _Misread as wrong:
        return wrong.mistake
    return None


def _read(text: str) -> dict[str, Any]:
    if len(text) > MAX_LENGTH:
        raise _Misread(MAX_LENGTH, (f"at most {MAX_LENGTH} characters",), text[MAX_LENGTH : MAX_LENGTH + 7])
    try:
        return _Trees().transform(_PARSER.parse(text))
    except UnexpectedInput as wrong:
        raise _misread(wrong, text) from wrong
    except VisitError as wrong:
        raise wrong.orig_exc from None


def _whole(value: Token) -> int:
    if not value.isdigit() or len(value) > 3:
        raise _Misread(value.start_pos or 0, ("full years",), str(value))
    return int(value)


def _sex(cmp: Token, value: Token) -> dict[str, Any]:
    if cmp not in ("=", "!="):
        raise _Misread(cmp.start_pos or 0, ("= or !=",), str(cmp))
    tree = {"op": "sex", "value": str(value)}
    return tree if cmp == "=" else {"op": "not", "of": tree}


def _misread(wrong: UnexpectedInput, text: str) -> _Misread:
    if isinstance(wrong, UnexpectedToken):
        names, found = wrong.accepts or wrong.expected, str(wrong.token)
    elif isinstance(wrong, UnexpectedCharacters):
        names, found = wrong.allowed or set(), wrong.char
    else:
        names, found = set(), ""
    wanted = tuple(sorted(_NAMES.get(name, name.lower()) for name in names))
    return _Misread((wrong.pos_in_stream or 0) if found else len(text), wanted, found)


_TIGHTNESS: Final = {"or": 0, "and": 1, "not": 2}


def line(tree: dict[str, Any]) -> str:
    """Write a well-formed tree as the line that parses to it."""
    op = tree["op"]
    if op in ("and", "or"):
        return f" {op} ".join(_inside(inner, op) for inner in tree["of"])
    if op == "not":
        return f"not {_inside(tree['of'], op)}"
    if op == "hours":
        reach = f"since {tree['from']}" if tree["to"] == "now" else f"from {tree['from']} to {tree['to']}"
        return f"hours {reach} {tree['cmp']} {tree['hours']}"
    if op == "age_years":
        return f"{AGE} {tree['cmp']} {tree['value']}"
    if op == "sex":
        return f"{SEX} = {tree['value']}"
    if op == "consent":
        return f"consent {tree['key']} is {tree['is']}"
    if op == "heard":
        return f"consent {tree['key']} heard {tree['who']} is {tree['is']}"
    if op == "any":
        return f"{tree['item']} has any"
    if op == "absent":
        return f"{tree['item']} is absent"
    return f"{tree['item']} {op} {tree['value']}"


def _inside(tree: dict[str, Any], outer: str) -> str:
    """Parentheses around what binds less tightly, or around a group within a group of its own kind."""
    tightness = _TIGHTNESS.get(tree["op"], 3)
    loose = tightness < _TIGHTNESS[outer] or (tightness == _TIGHTNESS[outer] and outer != "not")
    return f"({line(tree)})" if loose else line(tree)
