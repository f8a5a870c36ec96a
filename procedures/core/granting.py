"""Whether a consent suffices: its status at a moment, judged by the release's rules.

Twin of frontend/src/core/granting.ts.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from .closure import consent_reads
from .consents import NO_CONSENT
from .covers import Cover
from .dates import local_date
from .document import ConsentKind, SignerRule
from .moment import Moment

_DAY_MS: Final = 86_400_000
_USED: Final = ("done", "exception")  # outcomes after which a consent that stood is used


class Judged(NamedTuple):
    """`late`: granted after the item that it must come before; marked, not accepted."""

    status: str
    late: list[str]


def judge_consent(key: str, moment: Moment, cover: Cover) -> Judged:
    """Judge one consent of a release at a moment. An unknown consent key is a draft."""
    kind = moment.catalog.consents.get(key)
    given = moment.state["consents"].get(key, NO_CONSENT)
    if kind is None:
        return Judged("draft", [])
    live = [each for each in given["decided"] if not each["defeated"] and not each["superseded"]]
    granted = [each for each in live if each["decision"] == "granted"]
    late = [each for each in granted if _is_late(each, kind, moment)]
    accepted = [each for each in granted if each not in late]
    status = _early(given, live) or _judge_granted(accepted, kind, given, moment, cover)
    return Judged(status, [each["digest"] for each in late])


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


def _judge_granted(
    accepted: list[dict[str, Any]], kind: ConsentKind, given: dict[str, Any], moment: Moment, cover: Cover
) -> str:
    if not _suffices(accepted, kind, moment):
        return "partly-signed"
    places = cover.places(consent_reads(kind))
    read = [each for each in accepted if _is_of_text(each, kind, moment)]
    fresh = [each for each in read if cover.stands(places, each["covers"]) and not _is_expired(each, kind, moment)]
    confirmed = any(_confirms(each, moment) and cover.stands(places, each["covers"]) for each in given["confirmed"])
    if not (_suffices(fresh, kind, moment) or (confirmed and _suffices(read, kind, moment))):
        return "needs-reconfirmation"
    if moment.register("closing")["value"] in _USED:
        return "used"
    return "confirmed" if confirmed else "valid"


def _suffices(granted: Sequence[dict[str, Any]], kind: ConsentKind, moment: Moment) -> bool:
    """Enough different relations have granted, by the first rule that applies. An unknown rule does not suffice."""
    rule = _applicable(kind.rules, moment)
    if rule is None:
        return False
    relations = {each["relation"] for each in granted}
    return all(len(relations.intersection(signers.relations)) >= signers.count for signers in rule.signers)


def _applicable(rules: Sequence[SignerRule], moment: Moment) -> SignerRule | None:
    for rule in rules:
        truth = moment.judge(rule.when)
        if truth is not False:
            return rule if truth else None
    return None


def _is_of_text(decision: dict[str, Any], kind: ConsentKind, moment: Moment) -> bool:
    """On the text of this release, as shown in the language that was read."""
    shown = kind.text.get(decision["language"])
    return (
        decision["release"] == moment.catalog.release.digest and shown is not None and shown.digest == decision["text"]
    )


def _is_expired(decision: dict[str, Any], kind: ConsentKind, moment: Moment) -> bool:
    return kind.valid_days is not None and moment.now_ms - decision["at_ms"] >= kind.valid_days * _DAY_MS


def _is_late(decision: dict[str, Any], kind: ConsentKind, moment: Moment) -> bool:
    item = None if kind.before is None else moment.catalog.items.get(kind.before)
    if item is None:
        return False
    reading = moment.reading(item, "")
    return reading.kind == "value" and isinstance(reading.value, int) and decision["at_ms"] > reading.value


def _confirms(confirmation: dict[str, Any], moment: Moment) -> bool:
    """Confirmed on the day: the local date of the confirmation is the local date of the moment."""
    if confirmation["defeated"] or confirmation["reopened"]:
        return False
    if confirmation["release"] != moment.catalog.release.digest:
        return False
    return local_date(confirmation["at_ms"], confirmation["zone_min"]) == moment.today
