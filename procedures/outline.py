"""All that a document says, part by part, in words and in every language: what an approver reads, and a release's page.

Nothing is left out: a field that says nothing (empty, or its default) is no line, everything else is one. Labels are
those of the draft's columns, so that a reader and an editor call a thing the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Literal, TypeVar

import msgspec
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .core import document as shapes
from .core.condition import explain
from .core.conditioncheck import Names
from .core.conditiontext import line as line_of
from .core.entry import Strict
from .models import (
    About,
    Absent,
    Choice,
    ConsentForm,
    Example,
    Hold,
    Item,
    Phase,
    Protocol,
    Role,
    SignatureSlot,
    TableRow,
)
from .models.fields import said
from .models.question import ItemType, Level

_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `words` by language, "" where there is but one; `raw` is the value itself, for comparing."""

    field: str
    label: str
    words: Mapping[str, str]
    raw: Any
    kind: Literal["text", "html", "condition"] = "text"


@dataclass(frozen=True, slots=True)
class Part:
    """`identity` stays when other parts come and go; `path` is the place in this document; `within`: the part above."""

    identity: str
    within: str
    path: str
    kind: str
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    level: str = ""

    @property
    def depth(self) -> int:
        return len(self.names)

    @property
    def name(self) -> str:
        return " › ".join(self.names)


# The column of the draft that names each shape's kind and fields.
_MODELS: Final[dict[type[Strict], type[models.Model]]] = {
    shapes.Document: Protocol,
    shapes.About: About,
    shapes.Phase: Phase,
    shapes.SignatureSlot: SignatureSlot,
    shapes.Item: Item,
    shapes.Choice: Choice,
    shapes.Absent: Absent,
    shapes.Hold: Hold,
    shapes.Row: TableRow,
    shapes.ConsentKind: ConsentForm,
    shapes.Example: Example,
}
# Said elsewhere: parts of their own, the name of the part, or the release's own page.
_LEFT_OUT: Final = {
    *("key", "name", "phases", "items", "signatures", "choices", "absent", "holds", "about", "tables", "consents"),
    *("examples", "v", "protocol", "number", "effective_from_ms"),
}
_ROLES: Final = ("roles", "override", "filled_by")
_CONDITIONS: Final = ("when", "show_when", "required", "needed")


def outline(document: shapes.Document) -> list[Part]:
    """The parts of a document that can be read, in its order."""
    return list(_Outline(document).parts())


class _Outline:
    def __init__(self, document: shapes.Document) -> None:
        self.document = document
        self.names = Names.of(document)

    def parts(self) -> Iterator[Part]:
        document = self.document
        yield self._part(document, "", "", "", ())
        for path, about, name in _numbered("about", document.about, lambda about: said(about.heading, "?")):
            yield self._part(about, f"about/{name}", "", path, (name.split("#")[0],))
        for path, phase, key in _numbered("phases", document.phases, lambda phase: phase.key):
            yield from self._phase(phase, f"phase/{key}", path)
        for table, rows in document.tables.items():
            for path, row, key in _numbered(f"tables.{table}", rows, lambda row: row.key):
                yield self._part(row, f"table/{table}/{key}", "", path, (table, row.key))
        for path, consent, key in _numbered("consents", document.consents, lambda consent: consent.key):
            yield self._part(consent, f"consent/{key}", "", path, (said(consent.title, consent.key),))
        for path, example, name in _numbered("examples", document.examples, lambda example: example.name):
            yield self._part(example, f"example/{name}", "", path, (example.name,))

    def _phase(self, phase: shapes.Phase, identity: str, path: str) -> Iterator[Part]:
        names = (said(phase.title, phase.key),)
        yield self._part(phase, identity, "", path, names)
        for inner, item, key in _numbered(f"{path}.items", phase.items, lambda item: item.key):
            yield from self._item(item, f"item/{key}", identity, inner, names)
        for inner, slot, key in _numbered(f"{path}.signatures", phase.signatures, lambda slot: slot.meaning):
            yield self._part(slot, f"{identity}/signature/{key}", identity, inner, (*names, slot.meaning))

    def _item(self, item: shapes.Item, identity: str, within: str, path: str, above: tuple[str, ...]) -> Iterator[Part]:
        names = (*above, item.key)
        yield self._part(item, identity, within, path, names)
        lists: dict[str, list[Any]] = {"choices": item.choices, "absent": item.absent, "holds": item.holds}
        for field, parts in lists.items():
            for inner, part, key in _numbered(f"{path}.{field}", parts, lambda part: part.key):
                yield self._part(part, f"{identity}/{field}/{key}", identity, inner, (*names, part.key))

    def _part(self, part: Strict, identity: str, within: str, path: str, names: tuple[str, ...]) -> Part:
        model = _MODELS[type(part)]
        return Part(
            identity=identity,
            within=within,
            path=path,
            kind=str(model._meta.verbose_name),
            names=names,
            lines=tuple(self._lines(part, model)),
            level=str(getattr(part, "level", "")),
        )

    def _lines(self, part: Strict, model: type[models.Model]) -> Iterator[Line]:
        if isinstance(part, shapes.Example):
            yield from _example_lines(part)
            return
        labels = {column.name: str(column.verbose_name) for column in model._meta.concrete_fields}
        for field in msgspec.structs.fields(type(part)):
            value = getattr(part, field.name)
            if field.name in _LEFT_OUT or (value in (None, "", [], {}, False) and field.name not in _CONDITIONS):
                continue
            if field.name == "not_so":
                yield from self._not_so(value, labels)
            elif value is not None:
                yield self._line(part, field.name, labels.get(field.name, field.name), value)

    def _not_so(self, not_so: shapes.NotSo, labels: Mapping[str, str]) -> Iterator[Line]:
        for name in ("level", "message", "override"):
            value = getattr(not_so, name)
            if value:
                yield self._line(not_so, name, f"{_('“Not so”')}: {labels[f'not_so_{name}']}", value, f"not_so_{name}")

    def _line(self, part: Strict, name: str, label: str, value: Any, field: str = "") -> Line:
        raw = msgspec.to_builtins(value)
        kind: Literal["text", "html", "condition"] = "text"
        if isinstance(value, dict) and "op" in value:
            words, kind = self._condition(value), "condition"
        elif isinstance(part, shapes.ConsentKind) and name == "text":
            words, kind = {language: text.html for language, text in value.items()}, "html"
        elif isinstance(value, dict):
            words, kind = value, "html" if name == "html" else "text"
        elif isinstance(value, list) and isinstance(value[0], shapes.Named):
            words = {
                language: ", ".join(named.title.get(language, named.key) for named in value)
                for language in self.document.languages
            }
        else:
            words = {"": self._plain(name, value)}
        return Line(field or name, capfirst(label), words, raw, kind)

    def _plain(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return {"required": _("always"), "needed": _("always")}.get(name, _("yes")) if value else _("no")
        if name in _ROLES:
            return ", ".join(_role(role) for role in value)
        if name == "level":
            return str(Level(value).label)
        if name == "type":
            return str(ItemType(value).label)
        if isinstance(value, shapes.Repeat):
            minutes = ", ".join(map(str, value.after_min))
            return _("%(minutes)s minutes after %(item)s") % {"minutes": minutes, "item": value.from_item}
        if isinstance(value, shapes.Computed):
            return self._said(value.condition) if value.condition else _("the table %(key)s") % {"key": value.table}
        if isinstance(value, list):
            return "\n".join(map(self._each, value)) if isinstance(value[0], Strict) else ", ".join(map(str, value))
        return _("when there is a stop or caution") if value == "held" else str(value)

    def _each(self, value: Strict) -> str:
        if isinstance(value, shapes.SignerRule):
            return self._when(value.when, " + ".join(_signers(each) for each in value.signers))
        if isinstance(value, shapes.Suggestion):
            return self._when(value.when, _json(value.value))
        return " ".join(str(getattr(value, name)) for name in value.__struct_fields__)

    def _when(self, when: shapes.Condition | None, words: str) -> str:
        return _("%(what)s, when %(condition)s") % {"what": words, "condition": self._said(when)} if when else words

    def _condition(self, tree: shapes.Condition) -> dict[str, str]:
        return {"": line_of(tree)} | {
            language: explain(tree, self.names, language) for language in self.document.languages
        }

    def _said(self, tree: shapes.Condition) -> str:
        return said({key: words for key, words in self._condition(tree).items() if key}, line_of(tree))


def _numbered(path: str, parts: list[_Shape], name: Any) -> Iterator[tuple[str, _Shape, str]]:
    """Parts with their path and a name that is theirs alone: the second of two with one name is "name#2"."""
    seen: dict[str, int] = {}
    for index, part in enumerate(parts):
        key = name(part)
        seen[key] = seen.get(key, 0) + 1
        yield f"{path}[{index}]", part, key if seen[key] == 1 else f"{key}#{seen[key]}"


def _example_lines(example: shapes.Example) -> Iterator[Line]:
    """What a worked case gives, and what must come of it."""
    so = {True: _("yes"), False: _("no"), None: _("not known")}
    answers = [
        f"{answer.item}{'/' if answer.part else ''}{answer.part}: {_json(answer.value)}" for answer in example.answers
    ]
    facts = {
        "now": (_("now"), _moment(example.now_ms, example.zone_min)),
        "start": (_("planned start"), _moment(example.start_ms, example.zone_min)),
        "birth_date": (_("born"), example.birth_date or ""),
        "sex": (_("sex"), example.sex),
        "answers": (_("answers"), "\n".join(answers)),
        "holds": (_("rule holds"), "\n".join(f"{key}: {so[value]}" for key, value in example.holds.items())),
        "shown": (_("is asked"), "\n".join(f"{key}: {so[value]}" for key, value in example.shown.items())),
        "phases": (_("phases"), "\n".join(f"{key}: {value}" for key, value in example.phases.items())),
    }
    for field, (label, text) in facts.items():
        if text:
            yield Line(field, capfirst(label), {"": text}, text)


def _moment(at_ms: int | None, zone_min: int) -> str:
    if at_ms is None:
        return ""
    moment = datetime.fromtimestamp(at_ms / 1000, timezone(timedelta(minutes=zone_min)))
    return moment.strftime("%Y-%m-%d %H:%M")


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _signers(signers: shapes.Signers) -> str:
    among = " / ".join(signers.relations)
    return among if signers.count == len(signers.relations) == 1 else f"{signers.count} × ({among})"


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role else role
