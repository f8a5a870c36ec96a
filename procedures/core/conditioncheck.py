"""Whether a condition tree is well formed, and fits the items and consents that it names."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from .consentstates import STATES
from .document import VIEWS, ConsentKind, Document, Item, Row
from .fitness import is_number

COMPARE: Final = ("=", "!=", "<", "<=", ">", ">=")
MAX_DEPTH: Final = 8
_ORDERED: Final = COMPARE[2:]
_KEYS: Final = {
    "and": {"of"},
    "or": {"of"},
    "not": {"of"},
    "has": {"item", "value"},
    "any": {"item"},
    "absent": {"item"},
    "hours": {"from", "to", "cmp", "hours"},
    "age_years": {"cmp", "value"},
    "sex": {"value"},
    "consent": {"key", "is"},
    "heard": {"key", "who", "is"},
    **{how: {"item", "value"} for how in COMPARE},
}
_YES_NO: Final = {
    "confirm": ("yes", "not-so"),
    "yes-no": ("yes", "no"),
    "yes-no-unknown": ("yes", "no", "dont-know"),
    "computed": ("yes", "no"),
}


class Names:
    """What a condition may refer to."""

    def __init__(
        self, items: Mapping[str, Item], consents: Mapping[str, ConsentKind], tables: Mapping[str, list[Row]]
    ) -> None:
        self.items = items
        self.consents = consents
        self.tables = tables

    @classmethod
    def of(cls, document: Document) -> Self:
        items = {item.key: item for item in document.items()}
        return cls(items, {consent.key: consent for consent in document.consents}, document.tables)


def form_problems(tree: Any, depth: int = 1) -> Iterator[str]:
    """What is wrong with the form of a tree, whatever it refers to."""
    if not isinstance(tree, dict) or tree.get("op") not in _KEYS:
        yield "this is no condition"
        return
    op = tree["op"]
    if set(tree) - {"op"} != _KEYS[op]:
        yield f"“{op}” takes {', '.join(sorted(_KEYS[op]))}"
    elif depth > MAX_DEPTH:
        yield f"nested more than {MAX_DEPTH} deep"
    elif op in ("and", "or"):
        yield from _list_problems(tree["of"], depth)
    elif op == "not":
        yield from form_problems(tree["of"], depth + 1)
    else:
        yield from _leaf_problems(tree)


def _list_problems(of: Any, depth: int) -> Iterator[str]:
    if not isinstance(of, list) or len(of) < 2:
        yield "“and” and “or” join two conditions or more"
        return
    for inner in of:
        yield from form_problems(inner, depth + 1)


def _leaf_problems(tree: Mapping[str, Any]) -> Iterator[str]:
    for field in tree.keys() - {"op", "value"}:
        if not isinstance(tree[field], str):
            yield f"{field} is a text"
    if "cmp" in tree and tree["cmp"] not in COMPARE:
        yield f"{tree['cmp']!r} does not compare"
    if tree["op"] == "age_years":
        if not isinstance(tree["value"], int) or not 0 <= tree["value"] <= 150:
            yield "an age is full years from 0 to 150"
    elif not isinstance(tree.get("value", ""), str):
        yield "the value is a text"


def meaning_problems(tree: Mapping[str, Any], names: Names) -> Iterator[str]:
    """Where a well-formed tree does not fit what it refers to."""
    op = tree["op"]
    if op in ("and", "or"):
        for inner in tree["of"]:
            yield from meaning_problems(inner, names)
    elif op == "not":
        yield from meaning_problems(tree["of"], names)
    elif op == "hours":
        yield from _hours_problems(tree, names)
    elif op == "sex":
        if tree["value"] not in ("female", "male", "other"):
            yield f"“{tree['value']}” is not one of female, male, other"
    elif op in ("consent", "heard"):
        yield from _consent_problems(tree, names)
    elif op != "age_years":
        yield from _item_problems(tree, names)


def _hours_problems(tree: Mapping[str, Any], names: Names) -> Iterator[str]:
    for name in (tree["from"], tree["to"]):
        if name in ("start", "now"):
            continue
        item = names.items.get(name)
        if item is None:
            yield f"there is no item “{name}”"
        elif item.type != "datetime":
            yield f"“{name}” is no date and time"
    if not _is_plain_number(tree["hours"], decimals=3) or len(tree["hours"].partition(".")[0]) > 6:
        yield "hours have at most 3 decimals and 5 digits before them"


def _consent_problems(tree: Mapping[str, Any], names: Names) -> Iterator[str]:
    consent = names.consents.get(tree["key"])
    if consent is None:
        yield f"there is no consent “{tree['key']}”"
    elif tree["op"] == "heard" and tree["who"] not in [each.key for each in consent.hears]:
        yield f"“{tree['who']}” is not heard for the consent “{tree['key']}”"
    elif tree["op"] == "consent" and tree["is"] == "confirmed" and not consent.confirm:
        yield f"the consent “{tree['key']}” is not confirmed on the day: ask whether it is valid"
    known = VIEWS if tree["op"] == "heard" else tuple(STATES)
    if tree["is"] not in known:
        yield f"“{tree['is']}” is not one of {', '.join(known)}"


def _item_problems(tree: Mapping[str, Any], names: Names) -> Iterator[str]:
    item = names.items.get(tree["item"])
    if item is None:
        yield f"there is no item “{tree['item']}”"
        return
    judge = {"has": _has_problem, "any": _any_problem, "absent": _absent_problem}.get(tree["op"], _compare_problem)
    problem = judge(tree, item, names)
    if problem:
        yield problem


def _compare_problem(tree: Mapping[str, Any], item: Item, names: Names) -> str | None:
    if item.type == "number":
        if not _is_plain_number(tree["value"], decimals=item.decimals or 0):
            return f"“{tree['value']}” is no number with at most {item.decimals or 0} decimals"
        return None
    if tree["op"] in _ORDERED:
        return f"“{item.key}” is no number: compare with = or !="
    allowed = _values_of(item)
    if allowed is None:
        return f"“{item.key}” cannot be compared; use has, or is absent"
    return None if tree["value"] in allowed else f"“{tree['value']}” is not one of {', '.join(allowed)}"


def _values_of(item: Item) -> list[str] | None:
    """What an item can equal; None where equality says nothing."""
    if item.computed is not None and item.computed.table is not None:
        return None
    if item.type in _YES_NO:
        return list(_YES_NO[item.type])
    if item.type == "choice":
        return [choice.key for choice in item.choices]
    return ["none"] if item.type == "datetime" and item.none else None


def _has_problem(tree: Mapping[str, Any], item: Item, names: Names) -> str | None:
    if item.computed is not None and item.computed.table is not None:
        keys = [row.key for row in names.tables.get(item.computed.table, [])]
    elif item.type == "choices":
        keys = [choice.key for choice in item.choices]
    else:
        return f"“{item.key}” does not hold several choices: compare with ="
    return None if tree["value"] in keys else f"“{tree['value']}” is not one of {', '.join(keys)}"


def _any_problem(tree: Mapping[str, Any], item: Item, names: Names) -> str | None:
    is_table = item.computed is not None and item.computed.table is not None
    return None if is_table or item.type in ("choices", "choice", "datetime") else f"“{item.key}” has no “none”"


def _absent_problem(tree: Mapping[str, Any], item: Item, names: Names) -> str | None:
    return None if item.absent else f"“{item.key}” cannot be absent"


def _is_plain_number(text: str, *, decimals: int) -> bool:
    given = len(text.partition(".")[2])
    return given <= decimals and is_number(text, given) and not text.endswith(".")
