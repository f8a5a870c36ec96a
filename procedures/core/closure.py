"""What a phase, a hold or a consent rests on: from the release alone, never from what happens to be visible.

Twin of frontend/src/core/closure.ts.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from .condition import Reads, collect_reads
from .document import Condition, ConsentKind, Item, NotSo, Phase, Release, Row


class Catalog:
    """Look-ups in a release."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.items = {item.key: item for item in release.document.items()}
        self.consents = {consent.key: consent for consent in release.document.consents}

    def rows(self, table: str | None) -> list[Row]:
        return self.release.document.tables.get(table, []) if table is not None else []


class AnyHold(NamedTuple):
    """A hold of an item, also those that "not so" and each reason for absence are (their `when` is None)."""

    key: str
    level: str
    override: list[str]
    when: Condition | None
    bases: list[str]


_PLAIN_NOT_SO: Final = NotSo(level="caution", message={})
_Add = Callable[[Item, Catalog, Reads], None]


def holds_of(item: Item) -> list[AnyHold]:
    """All holds of an item, in the order in which they are shown."""
    holds = [
        AnyHold(hold.key, hold.level, hold.override, hold.when, [basis.key for basis in hold.bases])
        for hold in item.holds
    ]
    if item.type == "confirm":
        not_so = item.not_so or _PLAIN_NOT_SO
        holds.append(AnyHold("not-so", not_so.level, not_so.override, None, []))
    return holds + [AnyHold(f"absent.{each.key}", each.level, each.override, None, []) for each in item.absent]


def phase_closure(phase: Phase, catalog: Catalog) -> Reads:
    """The static closure of a phase: its items and all that their conditions reach, the subject and the plan."""
    reads = Reads(planned=True, subject=True)
    for slot in phase.signatures:
        if isinstance(slot.when, dict):
            collect_reads(slot.when, reads)
    for item in phase.items:
        reads.items |= dict.fromkeys([item.key, *item.shows])
        if isinstance(item.required, dict):
            collect_reads(item.required, reads)
        for hold in item.holds:
            collect_reads(hold.when, reads)
    return _expanded(reads, catalog, _visibility_reads)


def item_reads(item: Item, catalog: Catalog, *, holds: bool = True) -> Reads:
    """All that decides whether an item is asked and required, what it is computed from, and what its holds say."""
    reads = Reads()
    _visibility_reads(item, catalog, reads)
    if isinstance(item.required, dict):
        collect_reads(item.required, reads)
    for hold in item.holds if holds else []:
        collect_reads(hold.when, reads)
    return _expanded(reads, catalog, _visibility_reads)


def hold_reads(item: Item, hold: AnyHold, catalog: Catalog) -> Reads:
    """What the condition of a hold reads."""
    reads = Reads()
    if hold.when is None:
        reads.items[item.key] = None
    else:
        collect_reads(hold.when, reads)
    return _expanded(reads, catalog, _computed_reads)


def shown_reads(item: Item, catalog: Catalog) -> Reads:
    """What an item shows of earlier answers."""
    return _expanded(Reads(items=dict.fromkeys(item.shows)), catalog, _computed_reads)


def consent_reads(consent: ConsentKind) -> Reads:
    """What a decision about a consent rests on; a change asks for a new confirmation."""
    return Reads(items=dict.fromkeys(consent.depends_on), planned=True)


def _expanded(reads: Reads, catalog: Catalog, add: _Add) -> Reads:
    """Add what each item and consent read rests on in turn, until nothing is new."""
    before = -1
    while before != len(reads.items) + len(reads.consents):
        before = len(reads.items) + len(reads.consents)
        for key in list(reads.items):
            if key in catalog.items:
                add(catalog.items[key], catalog, reads)
        for key in list(reads.consents):
            if key in catalog.consents:
                _add_consent(catalog.consents[key], reads)
    return reads


def _computed_reads(item: Item, catalog: Catalog, reads: Reads) -> None:
    """A computed item has no register: what it is computed from stands for it."""
    if item.computed is None:
        return
    if item.computed.condition is not None:
        collect_reads(item.computed.condition, reads)
    _add_rows(catalog.rows(item.computed.table), reads)


def _visibility_reads(item: Item, catalog: Catalog, reads: Reads) -> None:
    """All that decides whether an item is asked, and how often."""
    _computed_reads(item, catalog, reads)
    if item.show_when is not None:
        collect_reads(item.show_when, reads)
    if item.per_side is not None:
        reads.items[item.per_side] = None
    if item.repeat is not None:
        reads.items[item.repeat.from_item] = None
    _add_rows(catalog.rows(item.per_row), reads)


def _add_rows(rows: Iterable[Row], reads: Reads) -> None:
    for row in rows:
        if row.when is not None:
            collect_reads(row.when, reads)
        if row.per_side is not None:
            reads.items[row.per_side] = None


def _add_consent(consent: ConsentKind, reads: Reads) -> None:
    for item in consent.depends_on:
        reads.items[item] = None
    parts = (consent.rules, consent.bases, consent.hears)
    for when in (each.when for part in parts for each in part):
        if when is not None:
            collect_reads(when, reads)
    reads.planned = True
