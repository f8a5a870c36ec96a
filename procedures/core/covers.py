"""`covers`: whether what someone signed, acknowledged or overrode still is what they saw.

Twin of frontend/src/core/covers.ts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from . import canonical
from .closure import AnyHold, Catalog, hold_reads, holds_of, shown_reads
from .condition import Reads
from .consents import NO_CONSENT, consent_place
from .document import Item
from .fold import State, clearing_place


class Signer(Protocol):
    """Who holds an enrolment: what readiness needs of a certificate."""

    @property
    def person(self) -> str: ...
    @property
    def roles(self) -> Sequence[str]: ...


Certificates = Mapping[str, Signer]


class Cover:
    """The heads of every place, and the judgement whether covered entries still say what stands there."""

    def __init__(self, catalog: Catalog, state: State, certificates: Certificates) -> None:
        self._catalog = catalog
        self._state = state
        self._certificates = certificates
        self._reopened = set(state["reopened"])
        # The clearings that do not count for want of a role or level, wherever they are covered.
        self._uncounted: set[str] = set()
        self._heads: dict[str, list[str]] = {name: each["heads"] for name, each in state["registers"].items()}
        for key in state["consents"]:
            self._heads[consent_place(key)] = consent_heads(state, key)
        for how in ("acknowledged", "overridden"):
            self._add_clearings(how)

    def heads(self, place: str) -> list[str]:
        """What stands in a place now, sorted."""
        return self._heads.get(place, [])

    def places(self, reads: Reads, own: tuple[str, str] | None = None) -> list[str]:
        """The places of a closure. `own` (item, part) narrows its own item to one part, as its holds read it."""
        found = [name for name in self._state["registers"] if _is_read(name, reads, own)]
        found += [consent_place(key) for key in reads.consents]
        return found + ["planned"] * reads.planned + ["subject"] * reads.subject

    def clearings(self, items: Iterable[Item]) -> list[str]:
        """The places of all that clears the holds of these items."""
        keys = {item.key for item in items}
        named = {claim["place"] for claim in self._state["claims"].values()}
        return [place for place in sorted(named) if _is_clearing(place, keys)]

    def covering(self, places: Iterable[str]) -> list[str]:
        """The sorted heads that a new act over these places covers."""
        return sorted({digest for place in places for digest in self.heads(place)})

    def stands(self, places: Iterable[str], covers: Iterable[str]) -> bool:
        """Whether every place still holds exactly what the covered entries claim there."""
        covered: dict[str, list[str]] = {}
        for digest in covers:
            claim = self._state["claims"].get(digest)
            if claim is None:
                return False  # covers what is not known here, or not yet
            if digest not in self._uncounted:
                covered.setdefault(claim["place"], []).append(digest)
        return all(self._agrees(place, covered.get(place, [])) for place in places)

    def shown_by(self, item: Item) -> list[str] | None:
        """What a new answer to a confirmation covers: what it shows. None where it shows nothing, or is none."""
        if item.type != "confirm" or not item.shows:
            return None
        return self.covering(self._shown_places(item))

    def is_outdated(self, item: Item, heads: Sequence[str]) -> bool:
        """Whether a confirmation was given over something else than what it shows now."""
        if item.type != "confirm" or not item.shows:
            return False
        said = [self._state["confirmations"].get(digest) for digest in heads]
        return not any(covers is None or self.stands(self._shown_places(item), covers) for covers in said)

    def _shown_places(self, item: Item) -> list[str]:
        return self.places(shown_reads(item, self._catalog))

    def is_reopened(self, covers: Iterable[str]) -> bool:
        """Whether anything covered was asked for again."""
        return not self._reopened.isdisjoint(covers)

    def planned_in(self, covers: Iterable[str]) -> list[int]:
        """The planned starts, in ms, that are covered."""
        claims = (self._state["claims"].get(digest) for digest in covers)
        contents = {claim["content"] for claim in claims if claim is not None and claim["place"] == "planned"}
        return sorted(canonical.decode(content.encode())[0]["start_ms"] for content in contents)

    def is_disputed(self, place: str) -> bool:
        """Whether a register holds several different values."""
        register = self._state["registers"].get(place)
        return register is not None and bool(register["heads"]) and not register["settled"]

    def _agrees(self, place: str, covered: Sequence[str]) -> bool:
        if self._reopened.intersection(covered) or self.is_disputed(place):
            return False
        return self._contents(covered) == self._contents(self.heads(place))

    def _contents(self, digests: Iterable[str]) -> set[str]:
        return {self._state["claims"][digest]["content"] for digest in digests}

    def _add_clearings(self, how: str) -> None:
        for act in self._state[how]:
            item = self._catalog.items.get(act["item"])
            hold = next((each for each in holds_of(item) if each.key == act["hold"]), None) if item else None
            if item is None or hold is None or not self._counts(how, act, hold):
                self._uncounted.add(act["digest"])
                continue
            places = self.places(hold_reads(item, hold, self._catalog), (act["item"], act["part"]))
            if self.stands(places, act["covers"]):
                place = clearing_place(how, act["item"], act["part"], act["hold"])
                self._heads[place] = sorted([*self.heads(place), act["digest"]])

    def _counts(self, how: str, act: dict[str, Any], hold: AnyHold) -> bool:
        """A caution is acknowledged by anyone with a certificate; an override needs one of the hold's roles."""
        signer = self._certificates.get(act["enrolment"])
        if signer is None or hold.level == "note":
            return False
        if how == "acknowledged":
            return hold.level == "caution"
        return (not hold.bases or act["basis"] in hold.bases) and any(role in hold.override for role in signer.roles)


def consent_heads(state: State, key: str) -> list[str]:
    """The decisions, views, confirmations and withdrawals of a consent that stand undefeated."""
    consent = state["consents"].get(key, NO_CONSENT)
    live = [each for each in consent["decided"] if not each["defeated"] and not each["superseded"]]
    live += [each for each in consent["heard"] if not each["superseded"]]
    live += [each for each in consent["confirmed"] if not each["defeated"] and not each["reopened"]]
    return sorted(each["digest"] for each in live + consent["withdrawn"])


def _is_read(register: str, reads: Reads, own: tuple[str, str] | None) -> bool:
    if not register.startswith("answer/"):
        return False
    _, item, part = register.split("/", 2)
    return item in reads.items and (own is None or item != own[0] or part == own[1])


def _is_clearing(place: str, items: set[str]) -> bool:
    how, _, rest = place.partition("/")
    return how in ("acknowledged", "overridden") and rest.partition("/")[0] in items
