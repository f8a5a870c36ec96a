"""From the rows of a protocol's draft to the document that `core.release.freeze` takes. `loading` goes the other way.

Columns are named as the document's fields are, and a draft holds conditions as lines. What is blank in a row ("", {},
None) is left out of the document where it has a default there.
"""

from typing import Any, cast

import msgspec
from django.db import models

from .core import canonical
from .core import document as shapes
from .core import release as releases
from .core.conditioncheck import Names
from .core.entry import Strict
from .core.errors import Refusal
from .models import ConsentForm, Item, Phase, Protocol

Json = dict[str, Any]


def draft_of(protocol: Protocol, *, number: int = 1, effective_from_ms: int = 0) -> Json:
    """The draft as a document, which need not hold together."""
    return {
        "v": shapes.VERSION,
        "protocol": protocol.key,
        "number": number,
        "languages": protocol.languages,
        "title": protocol.title,
        "effective_from_ms": effective_from_ms,
        "review_by": protocol.review_by.isoformat() if protocol.review_by else "",
        "about": [_fields_of(row, shapes.About) for row in protocol.about.all()],
        "phases": [_phase(row) for row in phases_of(protocol)],
        "tables": {
            table.key: [_fields_of(row, shapes.Row) for row in table.rows.all()]
            for table in protocol.tables.prefetch_related("rows")
        },
        "consents": [_consent(row) for row in protocol.consents.all()],
        "examples": [{"name": row.name, **row.content} for row in protocol.examples.all()],
    }


def phases_of(protocol: Protocol) -> list[Phase]:
    """The draft's phases with all that hangs below them, in a handful of queries."""
    parts = ("signatures", "items__choices", "items__absent", "items__holds")
    return list(protocol.phases.prefetch_related(*parts))


def content_digest(document: Json) -> str:
    """Names what a document says, whatever its number and whenever it takes effect.

    Takes a draft or a frozen document. Raises Refusal as `freeze` does.
    """
    return canonical.digest_of(releases.freeze(document | {"number": 1, "effective_from_ms": 0}))


def says(protocol: Protocol, digest: str) -> bool:
    """Whether a protocol's draft is what a content digest names."""
    return is_named(draft_of(protocol), digest)


def is_named(document: Json, digest: str) -> bool:
    """Whether a document is what a content digest names. One that does not hold together is nothing."""
    try:
        return content_digest(document) == digest
    except Refusal:
        return False


def names_in(protocol: Protocol) -> Names:
    """What the draft's conditions may refer to; enough to explain and judge them, however incomplete the rest is."""
    items = [_named_item(item) for phase in phases_of(protocol) for item in phase.items.all()]
    consents = [_named_consent(row) for row in protocol.consents.all()]
    tables = {
        table.key: [shapes.Row(row.key, row.title) for row in table.rows.all()]
        for table in protocol.tables.prefetch_related("rows")
    }
    return Names({item.key: item for item in items}, {consent.key: consent for consent in consents}, tables)


def _named_consent(row: ConsentForm) -> shapes.ConsentKind:
    """Whatever stands in a draft, conditions may ask who is heard, and whether it is confirmed on the day."""
    hears = [shapes.Hearing(each["key"], each["title"], "") for each in row.hears]
    return shapes.ConsentKind(row.key, row.title, {}, [], [], [], [], "", hears=hears, confirm=row.confirm)


def _named_item(row: Item) -> shapes.Item:
    return shapes.Item(
        key=row.key,
        text=row.text,
        type=cast(shapes.ItemType, row.type),
        source="",
        decimals=row.decimals,
        none=row.none,
        choices=[shapes.Choice(choice.key, choice.text) for choice in row.choices.all()],
        absent=[shapes.Absent(absent.key, absent.text, "note", {}) for absent in row.absent.all()],
        computed=shapes.Computed(table=row.computed_table) if row.computed_table else None,
    )


def _fields_of(row: models.Model, shape: type[Strict]) -> Json:
    """The fields of a part that are columns of its row."""
    columns = {column.name for column in row._meta.concrete_fields}
    fields = [field for field in msgspec.structs.fields(shape) if field.name in columns]
    values = [(field, getattr(row, field.name)) for field in fields]
    return {field.name: value for field, value in values if field.required or value not in ("", {}, None)}


def _phase(row: Phase) -> Json:
    return _fields_of(row, shapes.Phase) | {
        "signatures": [_fields_of(slot, shapes.SignatureSlot) for slot in row.signatures.all()],
        "items": [_item(item) for item in row.items.all()],
    }


def _item(row: Item) -> Json:
    item = _fields_of(row, shapes.Item) | {
        "required": row.required and (row.required_when or True),
        "choices": [_fields_of(choice, shapes.Choice) for choice in row.choices.all()],
        "absent": [_fields_of(absent, shapes.Absent) for absent in row.absent.all()],
        "holds": [_fields_of(hold, shapes.Hold) for hold in row.holds.all()],
    }
    if row.not_so_level:
        item["not_so"] = {"level": row.not_so_level, "message": row.not_so_message, "override": row.not_so_override}
    if row.computed_condition or row.computed_table:
        item["computed"] = {"condition": row.computed_condition or None, "table": row.computed_table or None}
    return item


def _consent(row: ConsentForm) -> Json:
    return _fields_of(row, shapes.ConsentKind) | {
        "text": {language: {"html": html} for language, html in row.text.items()},
        "needed": row.needed and (row.needed_when or True),
    }
