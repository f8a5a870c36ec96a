"""What a document says otherwise than another: part by part, field by field, the old words beside the new ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .core.document import Document
from .outline import Line, Part, outline


@dataclass(frozen=True, slots=True)
class Change:
    """`lines`: what was said and what is said; None where nothing is. `part` is that of the newer document, if any."""

    kind: Literal["added", "changed", "removed"]
    part: Part
    lines: list[tuple[Line | None, Line | None]]


def compare(old: Document | None, new: Document) -> list[Change]:
    """All changes, in the order of the newer document; what was removed comes last, in the order of the older one."""
    before = {part.identity: part for part in (outline(old) if old else [])}
    after = {part.identity: part for part in outline(new)}
    found = [_change(before.get(identity), part, before, after) for identity, part in after.items()]
    gone = [part for identity, part in before.items() if identity not in after]
    return [change for change in found if change.lines or change.kind == "added"] + [
        Change("removed", part, [(line, None) for line in part.lines]) for part in gone
    ]


def _change(old: Part | None, new: Part, before: dict[str, Part], after: dict[str, Part]) -> Change:
    if old is None:
        return Change("added", new, [(None, line) for line in new.lines])
    return Change("changed", new, [*_moved(old, new), *_reordered(new, before, after), *_said_otherwise(old, new)])


def _said_otherwise(old: Part, new: Part) -> Iterator[tuple[Line | None, Line | None]]:
    was, is_now = ({line.field: line for line in part.lines} for part in (old, new))
    for field in dict.fromkeys([*is_now, *was]):
        before, after = was.get(field), is_now.get(field)
        if before is None or after is None or before.raw != after.raw:
            yield before, after


def _moved(old: Part, new: Part) -> Iterator[tuple[Line, Line]]:
    if old.within != new.within:
        yield _line(_("stands in"), old.names[:-1]), _line(_("stands in"), new.names[:-1])


def _reordered(part: Part, before: dict[str, Part], after: dict[str, Part]) -> Iterator[tuple[Line, Line]]:
    """Where parts that are there in both stand in another order: each list of them, old and new."""
    was, is_now = (_children(part, parts) for parts in (before, after))
    for kind in dict.fromkeys(each.kind for each in is_now):
        old = [each.identity for each in was if each.kind == kind and each.identity in after]
        new = [each.identity for each in is_now if each.kind == kind and each.identity in before]
        both = set(old) & set(new)
        if [each for each in old if each in both] != [each for each in new if each in both]:
            label = _("order: %(kind)s") % {"kind": kind}
            yield (
                _line(label, [before[each].names[-1] for each in old]),
                _line(label, [after[each].names[-1] for each in new]),
            )


def _children(part: Part, parts: dict[str, Part]) -> list[Part]:
    return [each for each in parts.values() if each.within == part.identity and each.identity]


def _line(label: str, names: Sequence[str]) -> Line:
    return Line("", capfirst(label), {"": ", ".join(names)}, names)
