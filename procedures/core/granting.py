"""Whether a consent suffices: its status at a moment, judged by the release's rules.

Twin of frontend/src/core/granting.ts.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from .closure import consent_reads
from .consents import NO_CONSENT
from .covers import Cover
from .dates import local_date
from .document import Basis, ConsentKind, SignerRule
from .moment import Moment

_DAY_MS: Final = 86_400_000
_USED: Final = ("done", "exception")  # outcomes after which a consent that stood is used


class Judged(NamedTuple):
    """`uncounted`: grants that do not count, by digest, each with the reason.

    `why`: what asks for a new confirmation; `lacks`: who has yet to grant, None while the rule is not known; `unheard`:
    who has yet to be heard of those who `hears` names. `bases`: what each relation may rest on, as far as is known.
    """

    status: str
    uncounted: dict[str, str]
    why: list[str]
    lacks: list[dict[str, Any]] | None
    hears: list[str]
    unheard: list[str]
    bases: dict[str, list[str]]


def judge_consent(key: str, moment: Moment, cover: Cover) -> Judged:
    """Judge one consent of a release at a moment; `Judge.in_force` says at which. An unknown consent key is a draft."""
    kind = moment.catalog.consents.get(key)
    if kind is None:
        return Judged("draft", {}, [], None, [], [], {})
    return _Consent(kind, moment, cover).judged()


class _Consent:
    """A consent at a moment: what was granted of it, and what that is worth."""

    def __init__(self, kind: ConsentKind, moment: Moment, cover: Cover) -> None:
        self.kind = kind
        self.moment = moment
        self.cover = cover
        self.given = moment.state["consents"].get(kind.key, NO_CONSENT)
        self.rule = _applicable(kind.rules, moment)
        self.live = [each for each in self.given["decided"] if not each["defeated"] and not each["superseded"]]
        self.hears = [each for each in kind.hears if moment.judge(each.when) is not False]
        self.heard = [each for each in self.given["heard"] if not each["superseded"]]

    def judged(self) -> Judged:
        granted = [each for each in self.live if each["decision"] == "granted"]
        reasons = {each["digest"]: self._why_not(each) for each in granted}
        uncounted = {digest: reason for digest, reason in reasons.items() if reason is not None}
        counted = [each for each in granted if each["digest"] not in uncounted]
        lacks = self._lacks(counted)
        hears = [each.key for each in self.hears]
        unheard = [key for key in hears if key not in {each["who"] for each in self.heard}]
        status, why = self._status(counted, complete=lacks == [] and not unheard)
        return Judged(status, uncounted, why, lacks, hears, unheard, self._bases())

    def _bases(self) -> dict[str, list[str]]:
        applicable = [basis for basis in self.kind.bases if self.moment.judge(basis.when) is not False]
        return {
            relation.key: [basis.key for basis in applicable if not basis.relations or relation.key in basis.relations]
            for relation in self.kind.relations
        }

    def _status(self, counted: list[dict[str, Any]], *, complete: bool) -> tuple[str, list[str]]:
        early = "refused" if self._objected() else _early(self.given, self.live)
        if early is not None:
            return early, []
        if not complete:
            return "partly-signed", []
        doubts = {each["digest"]: self._doubts(each) for each in counted}
        read = [each for each in counted if "text" not in doubts[each["digest"]]]
        fresh = [each for each in counted if not doubts[each["digest"]]]
        confirmed = self.kind.confirm and any(self._confirms(each) for each in self.given["confirmed"])
        if self._lacks(fresh) != [] and not (confirmed and self._lacks(read) == []):
            return "needs-reconfirmation", sorted({doubt for found in doubts.values() for doubt in found})
        if self.moment.register("closing")["value"] in _USED:
            return "used", []
        return ("confirmed" if confirmed else "valid"), []

    def _objected(self) -> bool:
        """Somebody whose objection refuses was heard, and disagrees."""
        refusing = {each.key for each in self.hears if each.refuses}
        return any(each["who"] in refusing and each["view"] == "disagrees" for each in self.heard)

    def _lacks(self, granted: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """Who has yet to grant, by the first rule that applies; None, which never suffices, while that is unknown."""
        if self.rule is None:
            return None
        relations = {each["relation"] for each in granted}
        return [
            {
                "relations": [key for key in signers.relations if key not in relations],
                "count": signers.count - len(relations.intersection(signers.relations)),
            }
            for signers in self.rule.signers
            if len(relations.intersection(signers.relations)) < signers.count
        ]

    def _why_not(self, decision: dict[str, Any]) -> str | None:
        """Why a grant does not count; None where it does."""
        method = next((each for each in self.kind.methods if each.key == decision["method"]), None)
        found = {
            "late": self._is_late(decision),
            "basis": not any(self._may_rest_on(basis, decision) for basis in self.kind.bases),
            "method": method is None or not method.suffices,
            "witness": method is not None and method.witness and not decision["witnessed"],
            "signature": method is not None and method.drawn and not (decision["drawn"] or decision["witnessed"]),
            "photograph": method is not None and method.photograph and not decision["blobs"],
        }
        return next((code for code, holds in found.items() if holds), None)

    def _may_rest_on(self, basis: Basis, decision: dict[str, Any]) -> bool:
        if basis.key != decision["basis"] or (basis.relations and decision["relation"] not in basis.relations):
            return False
        return self.moment.judge(basis.when) is True

    def _is_late(self, decision: dict[str, Any]) -> bool:
        """Recorded after the instant that it must come before, whenever it may have been given."""
        item = None if self.kind.before is None else self.moment.catalog.items.get(self.kind.before)
        if item is None:
            return False
        reading = self.moment.reading(item, "")
        return reading.kind == "value" and isinstance(reading.value, int) and decision["at_ms"] > reading.value

    def _doubts(self, decision: dict[str, Any]) -> list[str]:
        shown = self.kind.text.get(decision["language"])
        of_text = shown is not None and shown.digest == decision["text"]
        found = {
            "text": decision["release"] != self.moment.catalog.release.digest or not of_text,
            "expired": self._is_expired(decision),
            **self._changes(decision["covers"]),
        }
        return [code for code, holds in found.items() if holds]

    def _changes(self, covers: Sequence[str]) -> dict[str, bool]:
        places = self.cover.places(consent_reads(self.kind))
        return {
            "plan": not self.cover.stands([place for place in places if place != "planned"], covers),
            "day": not self._is_same_day(covers),
        }

    def _is_same_day(self, covers: Sequence[str]) -> bool:
        """Planned for the local date for which it was covered; a list that slips by an hour is no other plan."""
        planned = self.moment.register("planned")
        if self.cover.is_disputed("planned") or self.cover.is_reopened(covers):
            return False
        now = {self._day(planned["value"])} if planned["settled"] else set()
        return {self._day(start_ms) for start_ms in self.cover.planned_in(covers)} == now

    def _day(self, at_ms: int) -> date:
        return local_date(at_ms, self.moment.zone_min)

    def _is_expired(self, decision: dict[str, Any]) -> bool:
        until_ms = valid_until_ms(self.kind, decision)
        return until_ms is not None and self.moment.now_ms >= until_ms

    def _confirms(self, confirmation: dict[str, Any]) -> bool:
        """Confirmed on the day, of what is planned now: its local date is the local date of the moment."""
        if confirmation["defeated"] or confirmation["reopened"]:
            return False
        if confirmation["release"] != self.moment.catalog.release.digest:
            return False
        if local_date(confirmation["at_ms"], confirmation["zone_min"]) != self.moment.today:
            return False
        return not any(self._changes(confirmation["covers"]).values())


def valid_until_ms(kind: ConsentKind, decision: Mapping[str, Any]) -> int | None:
    """When a decision expires, counted from when it was given, though recorded later; None: never."""
    if kind.valid_days is None:
        return None
    at_ms, decided_ms = decision["at_ms"], decision["decided_ms"]
    return int(at_ms if decided_ms is None else min(decided_ms, at_ms)) + kind.valid_days * _DAY_MS


def _early(given: dict[str, Any], live: Sequence[dict[str, Any]]) -> str | None:
    """What decides before anything granted is weighed."""
    decisions = {each["decision"] for each in live}
    if "refused" in decisions:
        return "refused"
    if "granted" in decisions:
        return None
    if given["withdrawn"]:
        return "withdrawn"
    if given["informed"]:
        return "informed"
    return "entered-in-error" if given["voided"] else "draft"


def _applicable(rules: Sequence[SignerRule], moment: Moment) -> SignerRule | None:
    for rule in rules:
        truth = moment.judge(rule.when)
        if truth is not False:
            return rule if truth else None
    return None
