"""From a document, such as the shipped protocol's file, to the rows of its protocol's draft."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec
from django.db import models, transaction

from .core import document as shapes
from .core import release as releases
from .core.conditioncheck import form_problems
from .core.conditiontext import line
from .core.dates import read_date
from .core.document import Document, Problem
from .core.entry import Strict
from .core.errors import Refusal
from .core.freezing import fill, shape_problems
from .core.releasecheck import conditions_of
from .drafting import content_digest, says
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
    SignatureSlot,
    Table,
    TableRow,
)

_STEP: Final = 10

Json = dict[str, Any]
_Part = TypeVar("_Part")


@transaction.atomic
def load(draft: Json) -> Protocol:
    """Make a document the draft of its protocol, in place of whatever the draft was.

    `number` and `effective_from_ms` are not part of a draft. A draft that says the same already is left as it is.
    Raises Refusal("release-broken") with all that cannot be kept, and where; then nothing was changed.
    """
    if problems := unkept(draft):
        raise Refusal("release-broken", "; ".join(str(problem) for problem in problems))
    document = releases.parse(releases.freeze(with_number(draft))).document
    protocol, _ = Protocol.objects.select_for_update().get_or_create(key=document.protocol)
    wanted = content_digest(msgspec.to_builtins(document))
    if says(protocol, wanted):
        return protocol
    for rows in (protocol.about, protocol.phases, protocol.tables, protocol.consents, protocol.examples):
        rows.all().delete()
    _keep(document, protocol)
    if not says(protocol, wanted):
        raise Refusal(
            "release-broken", "it says something that a draft cannot, such as an empty unit or a text of another digest"
        )
    return protocol


def with_number(draft: Json) -> Json:
    """With what publishing gives a release, where the draft of a file does not have it."""
    return {"number": 1, "effective_from_ms": 0} | draft


def unkept(draft: Json) -> list[Problem]:
    """All that a draft's rows cannot hold: shapes and conditions that cannot be read, whatever these refer to."""
    filled, problems = fill(with_number(draft))
    problems += shape_problems(filled)
    if problems:
        return problems
    try:
        document = releases.parse(releases.freeze(filled)).document
    except Refusal as refusal:  # what JSON can hold and a canonical text cannot, such as a key beyond ASCII
        return [Problem("", refusal.where)]
    trees = [Problem(path, words) for path, tree in conditions_of(document) for words in form_problems(tree)]
    return trees + list(_beyond_columns(document))


def _beyond_columns(document: Document) -> Iterator[Problem]:
    if read_date(document.review_by) is None:
        yield Problem("review_by", "there is no such day")
    if b"\\u0000" in msgspec.json.encode(document):
        yield Problem("", "a text holds the character NUL")


def _keep(document: Document, protocol: Protocol) -> None:
    protocol.languages = document.languages
    protocol.title = document.title
    protocol.review_by = read_date(document.review_by)
    protocol.save()
    _keep_all(About, document.about, protocol=protocol)
    for order, phase in _numbered(document.phases):
        _keep_phase(phase, Phase.objects.create(protocol=protocol, order=order, **_columns(phase, Phase)))
    for key, rows in document.tables.items():
        _keep_all(TableRow, rows, table=Table.objects.create(protocol=protocol, key=key))
    for order, consent in _numbered(document.consents):
        needed, needed_when = _required(consent.needed)
        columns = _columns(consent, ConsentForm) | {"needed": needed, "needed_when": needed_when}
        columns["text"] = {language: text.html for language, text in consent.text.items()}
        ConsentForm.objects.create(protocol=protocol, order=order, **columns)
    for order, example in _numbered(document.examples):
        content = msgspec.to_builtins(example)
        Example.objects.create(protocol=protocol, order=order, name=content.pop("name"), content=content)


def _keep_phase(phase: shapes.Phase, row: Phase) -> None:
    _keep_all(SignatureSlot, phase.signatures, phase=row)
    for order, item in _numbered(phase.items):
        kept = Item.objects.create(phase=row, order=order, **_item_columns(item))
        _keep_all(Choice, item.choices, item=kept)
        _keep_all(Absent, item.absent, item=kept)
        _keep_all(Hold, item.holds, item=kept)


def _item_columns(item: shapes.Item) -> Json:
    columns = _columns(item, Item)
    columns["required"], columns["required_when"] = _required(item.required)
    if item.not_so:
        columns |= {f"not_so_{name}": value for name, value in msgspec.to_builtins(item.not_so).items()}
    if item.computed:
        columns["computed_condition"] = _lines(item.computed.condition or "")
        columns["computed_table"] = item.computed.table or ""
    return columns


def _keep_all(model: type[models.Model], parts: Sequence[Strict], **above: models.Model) -> None:
    rows = [model(order=order, **above, **_columns(part, model)) for order, part in _numbered(parts)]
    model._default_manager.bulk_create(rows)


def _columns(part: Strict, model: type[models.Model]) -> Json:
    """The columns of a row for a part of the document; what is None there has the column's own blank."""
    named = {column.name for column in model._meta.concrete_fields}
    values = msgspec.to_builtins(part).items()
    return {name: _lines(value) for name, value in values if name in named and value is not None}


def _lines(value: Any) -> Any:
    """With conditions written as lines, also those within lists. A text by language is no condition: it has no "op"."""
    if isinstance(value, dict):
        return line(value) if "op" in value else {name: _lines(inner) for name, inner in value.items()}
    return [_lines(inner) for inner in value] if isinstance(value, list) else value


def _required(said: bool | shapes.Condition) -> tuple[bool, str]:
    """`required` and `needed`: whether at all, and the line that says when, or "" for always."""
    return (said, "") if isinstance(said, bool) else (True, line(said))


def _numbered(parts: Sequence[_Part]) -> Iterator[tuple[int, _Part]]:
    return ((number * _STEP, part) for number, part in enumerate(parts, start=1))
