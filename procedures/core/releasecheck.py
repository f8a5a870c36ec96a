"""What a publisher must not get wrong: references, types, units, choices, order, cycles, texts, examples.

Every problem is listed, each with the path of its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, Protocol, get_type_hints

import msgspec

from . import canonical, html
from .closure import Catalog, item_reads
from .condition import Reads, collect_reads, millionths
from .conditioncheck import Names, form_problems, meaning_problems
from .consentcheck import consent_problems
from .dates import read_date
from .document import Condition, Document, Item, Phase, Problem, Release, Words
from .entry import Strict
from .errors import Refusal
from .examples import example_problems
from .fitness import fits, is_number
from .freezing import fill, freeze, parse, shape_problems, text_digest

_TAKEN: Final = frozenset(
    {
        "start",
        "now",
        "and",
        "or",
        "not",
        "has",
        "is",
        "any",
        "absent",
        "hours",
        "from",
        "since",
        "to",
        "consent",
        "heard",
    }
)
# The fields that belong to one type of item only.
_FIELDS: Final = {
    "decimals": "number",
    "min": "number",
    "max": "number",
    "unit": "number",
    "max_bytes": "text",
    "not_so": "confirm",
    "computed": "computed",
}


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


def check(document: dict[str, Any]) -> list[Problem]:
    """All that does not hold in a frozen document; empty when it may be published."""
    problems = draft_problems(document)
    if not problems and canonical.encode(document) != freeze(document):
        return [Problem("", "not frozen: publish what release.freeze gives")]
    return problems


def draft_problems(draft: dict[str, Any]) -> list[Problem]:
    """All that keeps a draft from being frozen and published."""
    filled, problems = fill(draft)
    problems += shape_problems(filled)
    if problems:
        return problems
    try:
        release = parse(freeze(filled))
    except Refusal as refusal:  # what JSON can hold and a canonical text cannot, such as 1.5
        return [Problem("", refusal.where)]
    # Examples run only on what holds together; a broken tree cannot be evaluated.
    return _Check(release.document).all() or example_problems(release)


class _Check:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.catalog = Catalog(Release("", document))
        self.names = Names.of(document)

    def all(self) -> list[Problem]:
        found = [
            *self._words(),
            *self._unique(),
            *self._phases(),
            *(problem for path, item in self.items for problem in self._item(path, item)),
            *self._conditions(),
            *self._tables(),
            *self._consents(),
            *self._html(),
        ]
        # Order and cycles are followed through conditions, which must be sound for that.
        return found or [*self._order(), *self._cycles()]

    @cached_property
    def items(self) -> list[tuple[str, Item]]:
        return [
            (f"phases[{number}].items[{index}]", item)
            for number, phase in enumerate(self.document.phases)
            for index, item in enumerate(phase.items)
        ]

    def _words(self) -> Iterator[Problem]:
        """Every text stands in every language."""
        languages = set(self.document.languages)
        for path, part in _parts("", self.document):
            for field, hint in get_type_hints(type(part), include_extras=True).items():
                words = getattr(part, field)
                if hint in (Words, Words | None) and words is not None and set(words) != languages:
                    yield Problem(
                        f"{path}{field}", f"not in exactly the languages {', '.join(self.document.languages)}"
                    )

    def _unique(self) -> Iterator[Problem]:
        document = self.document
        yield from _twice(_listed("phases", document.phases))
        yield from _twice(self.items)
        yield from _twice(_listed("consents", document.consents))
        for number, consent in enumerate(document.consents):
            for field in ("relations", "bases", "methods", "hears", "risks", "alternatives", "tissue"):
                yield from _twice(_listed(f"consents[{number}].{field}", getattr(consent, field)))
        for name, rows in document.tables.items():
            yield from _twice(_listed(f"tables.{name}", rows))
        for path, item in self.items:
            yield from _twice(_listed(f"{path}.choices", item.choices))
            yield from _twice(_listed(f"{path}.absent", item.absent))
            yield from _twice(_listed(f"{path}.holds", item.holds))
            for number, hold in enumerate(item.holds):
                yield from _twice(_listed(f"{path}.holds[{number}].bases", hold.bases))

    def _phases(self) -> Iterator[Problem]:
        if read_date(self.document.review_by) is None:
            yield Problem("review_by", "there is no such day")
        if not self.document.phases:
            yield Problem("phases", "there is no phase")
        for number, phase in enumerate(self.document.phases):
            yield from self._phase(f"phases[{number}]", phase, self.document.phases[:number])

    def _phase(self, path: str, phase: Phase, earlier: list[Phase]) -> Iterator[Problem]:
        before = {each.key for each in earlier}
        for key in phase.after:
            if key not in before:
                yield Problem(f"{path}.after", f"“{key}” is no earlier phase")
        if not phase.filled_by:
            yield Problem(f"{path}.filled_by", "nobody fills it in")
        if not phase.signatures:
            yield Problem(f"{path}.signatures", "nobody signs it")
        for index, slot in enumerate(phase.signatures):
            if not slot.roles:
                yield Problem(f"{path}.signatures[{index}].roles", "nobody may sign it")
            if slot.another_person and index == 0:
                yield Problem(f"{path}.signatures[{index}]", "another person than whom? Nobody signs before")

    def _item(self, path: str, item: Item) -> Iterator[Problem]:
        if item.key in _TAKEN or item.key.startswith("subject."):
            yield Problem(f"{path}.key", f"“{item.key}” means something else in conditions")
        if not item.source:
            yield Problem(f"{path}.source", "say where this comes from")
        for field, item_type in _FIELDS.items():
            if getattr(item, field) is not None and item.type != item_type:
                yield Problem(f"{path}.{field}", f"only for the type {item_type}")
        if item.none and item.type != "datetime":
            yield Problem(f"{path}.none", "only for the type datetime")
        if item.stable and (item.type in ("confirm", "computed") or item.repeat is not None):
            yield Problem(f"{path}.stable", "what is confirmed, computed or repeated says nothing about the next time")
        yield from _number_problems(path, item)
        yield from _choice_problems(path, item)
        yield from self._absent_problems(path, item)
        yield from self._place_problems(path, item)
        yield from _hold_problems(path, item)
        for index, suggestion in enumerate(item.suggest):
            if not fits(item, suggestion.value, None):
                yield Problem(f"{path}.suggest[{index}].value", "the item cannot have this value")

    def _absent_problems(self, path: str, item: Item) -> Iterator[Problem]:
        if item.type in ("confirm", "computed"):
            if item.absent:
                yield Problem(f"{path}.absent", f"not for the type {item.type}")
        elif item.required is not False and not item.absent:
            yield Problem(f"{path}.absent", "what is required needs a way to say that it could not be obtained")

    def _place_problems(self, path: str, item: Item) -> Iterator[Problem]:
        if sum(each is not None for each in (item.per_side, item.per_row, item.repeat)) > 1:
            yield Problem(path, "asked either per side, per row, or repeatedly")
        if item.per_side is not None:
            yield from self._typed(f"{path}.per_side", item.per_side, ("choice", "choices"))
        if item.per_row is not None and item.per_row not in self.document.tables:
            yield Problem(f"{path}.per_row", f"there is no table “{item.per_row}”")
        if item.repeat is not None:
            yield from self._typed(f"{path}.repeat.from", item.repeat.from_item, ("datetime",))
            if not item.repeat.after_min or item.repeat.after_min != sorted(set(item.repeat.after_min)):
                yield Problem(f"{path}.repeat.after_min", "minutes that rise")
        if item.type == "computed":
            yield from self._computed_problems(path, item)
        for key in item.shows:
            if key not in self.names.items:
                yield Problem(f"{path}.shows", f"there is no item “{key}”")

    def _computed_problems(self, path: str, item: Item) -> Iterator[Problem]:
        if item.computed is None or (item.computed.condition is None) == (item.computed.table is None):
            yield Problem(f"{path}.computed", "computed from either a condition or a table")
        elif item.computed.table is not None and item.computed.table not in self.document.tables:
            yield Problem(f"{path}.computed.table", f"there is no table “{item.computed.table}”")

    def _typed(self, path: str, key: str, types: tuple[str, ...]) -> Iterator[Problem]:
        item = self.names.items.get(key)
        if item is None:
            yield Problem(path, f"there is no item “{key}”")
        elif item.type not in types:
            yield Problem(path, f"“{key}” is not of the type {' or '.join(types)}")

    def _conditions(self) -> Iterator[Problem]:
        for path, tree in conditions_of(self.document):
            problems = list(form_problems(tree)) or list(meaning_problems(tree, self.names))
            yield from (Problem(path, words) for words in problems)

    def _tables(self) -> Iterator[Problem]:
        for name, rows in self.document.tables.items():
            for index, row in enumerate(rows):
                if row.per_side is not None:
                    yield from self._typed(f"tables.{name}[{index}].per_side", row.per_side, ("choice", "choices"))

    def _consents(self) -> Iterator[Problem]:
        phases = {phase.key for phase in self.document.phases}
        for index, consent in enumerate(self.document.consents):
            path = f"consents[{index}]"
            if not set(consent.text) >= set(self.document.languages):
                yield Problem(f"{path}.text", "not in all of the document's languages")
            for language, text in consent.text.items():
                if text_digest(msgspec.to_builtins(consent), language) != text.digest:
                    yield Problem(f"{path}.text.{language}.digest", "not the digest of the text")
            for key in consent.depends_on:
                if key not in self.names.items:
                    yield Problem(f"{path}.depends_on", f"there is no item “{key}”")
            if consent.before is not None:
                yield from self._typed(f"{path}.before", consent.before, ("datetime",))
            if consent.asked_in is not None and consent.asked_in not in phases:
                yield Problem(f"{path}.asked_in", f"there is no phase “{consent.asked_in}”")
            yield from consent_problems(path, consent)

    def _html(self) -> Iterator[Problem]:
        texts = {
            f"about[{index}].html.{language}": text
            for index, about in enumerate(self.document.about)
            for language, text in about.html.items()
        } | {
            f"consents[{index}].text.{language}.html": text.html
            for index, consent in enumerate(self.document.consents)
            for language, text in consent.text.items()
        }
        for path, text in texts.items():
            yield from (Problem(path, words) for words in html.problems(text))

    def _order(self) -> Iterator[Problem]:
        """What an item's conditions and shown values reach stands in the same phase or an earlier one."""
        phase_of = {item.key: number for number, phase in enumerate(self.document.phases) for item in phase.items}
        for path, item in self.items:
            reads = item_reads(item, self.catalog)
            for key in [*reads.items, *item.shows]:
                if phase_of[key] > phase_of[item.key]:
                    yield Problem(path, f"reads “{key}”, which is asked in a later phase")
        for number, phase in enumerate(self.document.phases):
            for index, slot in enumerate(phase.signatures):
                reads = Reads()
                if isinstance(slot.when, dict):
                    collect_reads(slot.when, reads)
                for key in reads.items:
                    if phase_of[key] > number:
                        yield Problem(f"phases[{number}].signatures[{index}].when", f"“{key}” is asked later")

    def _cycles(self) -> Iterator[Problem]:
        """No item is shown, required or computed by way of itself."""
        leads = {item.key: set(item_reads(item, self.catalog, holds=False).items) for _, item in self.items}
        for path, item in self.items:
            if item.key in leads[item.key]:
                yield Problem(path, f"“{item.key}” depends on itself")


def conditions_of(document: Document) -> Iterator[tuple[str, Condition]]:
    """Every condition of a document with its path."""
    for path, part in _parts("", document):
        for field in part.__struct_fields__:
            value = getattr(part, field)
            if field in ("when", "show_when", "required", "needed", "condition") and isinstance(value, dict):
                if isinstance(part, Phase) and field == "when":
                    continue
                yield f"{path}{field}", value


def _parts(path: str, part: Strict) -> Iterator[tuple[str, Strict]]:
    """A struct and all structs in it, each with the path that its fields continue."""
    yield path, part
    for field in part.__struct_fields__:
        yield from _within(f"{path}{field}", getattr(part, field))


def _within(path: str, value: Any) -> Iterator[tuple[str, Strict]]:
    if isinstance(value, Strict):
        yield from _parts(f"{path}.", value)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _within(f"{path}[{index}]", inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(f"{path}.{key}", inner)


def _listed(path: str, parts: Sequence[_Keyed]) -> Iterator[tuple[str, _Keyed]]:
    return ((f"{path}[{index}]", part) for index, part in enumerate(parts))


def _twice(parts: Iterable[tuple[str, _Keyed]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, part in parts:
        if part.key in seen:
            yield Problem(f"{path}.key", f"“{part.key}” is there twice")
        seen.add(part.key)


def _number_problems(path: str, item: Item) -> Iterator[Problem]:
    if item.type != "number":
        return
    if item.decimals is None:
        yield Problem(f"{path}.decimals", "a number says how many decimals it has")
        return
    sound = True
    for field in ("min", "max"):
        limit = getattr(item, field)
        if limit is not None and not is_number(limit, item.decimals):
            sound = False
            yield Problem(f"{path}.{field}", f"not a number with {item.decimals} decimals")
    if sound and item.min is not None and item.max is not None and millionths(item.min) > millionths(item.max):
        yield Problem(f"{path}.min", "above the maximum")


def _choice_problems(path: str, item: Item) -> Iterator[Problem]:
    if item.type not in ("choice", "choices"):
        if item.choices:
            yield Problem(f"{path}.choices", f"not for the type {item.type}")
        return
    if len(item.choices) < 2:
        yield Problem(f"{path}.choices", "a choice is between two or more")
    for index, choice in enumerate(item.choices):
        if choice.key in ("any", "absent"):
            yield Problem(f"{path}.choices[{index}].key", f"“{choice.key}” means something else in conditions")
        if not choice.selectable and choice.why is None:
            yield Problem(f"{path}.choices[{index}].why", "say why it cannot be chosen")
        if choice.parts is not None and not choice.parts:
            yield Problem(f"{path}.choices[{index}].parts", "stands for no side at all")


def _hold_problems(path: str, item: Item) -> Iterator[Problem]:
    for index, hold in enumerate(item.holds):
        if hold.key == "not-so" or hold.key.startswith("absent."):
            yield Problem(f"{path}.holds[{index}].key", f"“{hold.key}” is built in")
        if hold.level != "stop" and hold.override:
            yield Problem(f"{path}.holds[{index}].override", "only a stop is overridden")
        if hold.bases and not hold.override:
            yield Problem(f"{path}.holds[{index}].bases", "nobody may override it, on whatever basis")
    for index, absent in enumerate(item.absent):
        if absent.level != "stop" and absent.override:
            yield Problem(f"{path}.absent[{index}].override", "only a stop is overridden")
    if item.not_so is not None and item.not_so.level != "stop" and item.not_so.override:
        yield Problem(f"{path}.not_so.override", "only a stop is overridden")
