"""All that is judged of a case without an instant: look-ups, what covers stand, whose signature counts where.

Twin of frontend/src/core/judge.ts.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .closing import looked_at_ms
from .closure import Catalog, phase_closure
from .covers import Certificates, Cover
from .document import Phase, Release, SignatureSlot
from .fold import State
from .granting import judge_consent
from .moment import Moment


class Slot(NamedTuple):
    """The signatures that count for one slot of a phase.

    `changed`: what they covered has changed since; `same_person`: given by who had signed an earlier slot.
    """

    slot: SignatureSlot
    standing: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    same_person: list[dict[str, Any]]


class Judge:
    """A case under a release, with the certificates of its writers."""

    def __init__(self, release: Release, certificates: Certificates, state: State) -> None:
        self.release = release
        self.certificates = certificates
        self.state = state
        self.catalog = Catalog(release)
        self.cover = Cover(self.catalog, state, certificates)
        self._places: dict[str, list[str]] = {}
        self._slots: dict[str, list[Slot]] = {}

    def at(self, now_ms: int, zone_min: int) -> Moment:
        """The case at an instant, by the server's clock."""
        known: dict[str, str] = {}

        def status(key: str, moment: Moment) -> str:
            if key not in known:
                # A consent whose rules lead back to itself is a draft meanwhile. (Publishing refuses such a release.)
                known[key] = "draft"
                known[key] = judge_consent(key, self.in_force(moment), self.cover).status
            return known[key]

        return Moment(
            self.catalog,
            self.state,
            now_ms=now_ms,
            zone_min=zone_min,
            consent_state=status,
            is_outdated=self.cover.is_outdated,
        )

    def in_force(self, moment: Moment) -> Moment:
        """The moment at which consents are judged for another: none later than the closing."""
        return moment.at(looked_at_ms(self.state, moment.now_ms))

    def places(self, phase: Phase) -> list[str]:
        """The places of a phase's static closure."""
        if phase.key not in self._places:
            registers = self.cover.places(phase_closure(phase, self.catalog))
            self._places[phase.key] = registers + self.cover.clearings(phase.items)
        return self._places[phase.key]

    def slots(self, phase: Phase) -> list[Slot]:
        if phase.key not in self._slots:
            slots: list[Slot] = []
            for slot in phase.signatures:
                slots.append(self._slot(phase, slot, slots))
            self._slots[phase.key] = slots
        return self._slots[phase.key]

    def has_begun(self) -> bool:
        """A phase that begins the procedure was signed, and not only before a postponement."""
        reopened = set(self.state["reopened"])
        return any(
            not reopened.intersection(signature["covers"])
            for phase in self.release.document.phases
            if phase.begins
            for slot in self.slots(phase)
            for signature in slot.standing + slot.changed
        )

    def strays(self) -> list[str]:
        """Answered registers of items that the release does not have, or computes."""
        return [name for name, register in self.state["registers"].items() if register["heads"] and self._strays(name)]

    def _strays(self, register: str) -> bool:
        kind, _, rest = register.partition("/")
        item = self.catalog.items.get(rest.partition("/")[0])
        return kind == "answer" and (item is None or item.computed is not None)

    def _slot(self, phase: Phase, slot: SignatureSlot, earlier: Sequence[Slot]) -> Slot:
        places = self.places(phase)
        counting = [each for each in self.state["signatures"] if self._counts(each, phase, slot)]
        unchanged = [each for each in counting if self.cover.stands(places, each["covers"])]
        same_person = [each for each in unchanged if slot.another_person and not self._is_another(each, earlier)]
        return Slot(
            slot,
            standing=[each for each in unchanged if each not in same_person],
            changed=[each for each in counting if each not in unchanged],
            same_person=same_person,
        )

    def _counts(self, signature: dict[str, Any], phase: Phase, slot: SignatureSlot) -> bool:
        """Of this phase, meaning and release, by one of the slot's roles, a guest only where guests may sign."""
        writer = self.certificates.get(signature["enrolment"])
        if writer is None or signature["release"] != self.release.digest:
            return False
        if signature["phase"] != phase.key or signature["meaning"] != slot.meaning:
            return False
        if signature["guest"] is not None:
            return slot.guest and signature["guest"] in slot.roles
        return any(role in slot.roles for role in writer.roles)

    def _is_another(self, signature: dict[str, Any], earlier: Sequence[Slot]) -> bool:
        """Every earlier slot that is signed was signed by someone else too."""
        person = self._person_of(signature)
        return all(
            not slot.standing or any(self._person_of(other) != person for other in slot.standing) for slot in earlier
        )

    def _person_of(self, signature: dict[str, Any]) -> str:
        """Guests are told apart by their role only, since their names are private."""
        if signature["guest"] is not None:
            return f"guest/{signature['guest']}"
        return self.certificates[signature["enrolment"]].person
