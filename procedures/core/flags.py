"""What is said about a case as a whole, by code. Flags hide nothing and hold nothing back.

Twin of frontend/src/core/flags.ts.
"""

from collections.abc import Sequence
from typing import Any, Final

from .closing import OUTCOMES
from .granting import judge_consent
from .judge import Judge
from .moment import Moment

# What only those can say who know which photographs have arrived: procedures.records.
PHOTOGRAPH_MISSING: Final = "photograph-missing"
# All that a case may be marked with.
FLAGS: Final = (
    "birth-date-wrong",
    "changed-after-closing",
    "clock-skew",
    "closing-unknown",
    "consent-late",
    "disputed",
    "done-unsigned",
    "erased",
    "exception",
    "guest",
    "late",
    "late-after-closing",
    "opened-twice",
    PHOTOGRAPH_MISSING,
    "quarantined",
    "release-other",
    "same-person",
    "signed-while-blocked",
    "unknown-item",
    "unreadable",
)


def flags_of(judge: Judge, now: Moment, phases: Sequence[dict[str, Any]]) -> list[str]:
    """Sorted codes: those of single entries, which the fold found, and those of the case."""
    found = _of_entries(judge) | _of_closing(judge, phases) | _of_signing(judge, phases) | _of_people(judge, now)
    return sorted({code for code, holds in found.items() if holds}.union(judge.state["flags"]))


def _of_entries(judge: Judge) -> dict[str, bool]:
    state = judge.state
    openings = {
        tuple(each[field] for field in ("protocol", "release", "session", "previous")) for each in state["opened"]
    }
    releases = {each["release"] for each in state["opened"] + state["signatures"]}
    return {
        "disputed": any(judge.cover.is_disputed(place) for place in state["registers"]),
        "erased": bool(state["erased"]),
        "opened-twice": len(openings) > 1,
        "quarantined": bool(state["quarantined"]),
        "release-other": bool(releases - {judge.release.digest}),
        "unknown-item": bool(judge.strays()),
        "unreadable": bool(state["unreadable"]),
    }


def _of_closing(judge: Judge, phases: Sequence[dict[str, Any]]) -> dict[str, bool]:
    closing = judge.state["registers"].get("closing", {"heads": [], "value": None})
    outcome = closing["value"]
    heads = [each for each in judge.state["closings"] if each["digest"] in closing["heads"]]
    places = [place for phase in judge.release.document.phases for place in judge.places(phase)]
    return {
        "changed-after-closing": any(not judge.cover.stands(places, each["covers"]) for each in heads),
        "closing-unknown": outcome is not None and outcome not in OUTCOMES,
        "done-unsigned": outcome == "done" and any(view["status"] != "signed" for view in phases),
        "exception": outcome == "exception",
    }


def _of_signing(judge: Judge, phases: Sequence[dict[str, Any]]) -> dict[str, bool]:
    slots = [slot for phase in judge.release.document.phases for slot in judge.slots(phase)]
    return {
        # To be countersigned by someone with an enrolment.
        "guest": any(slot.standing and all(each["guest"] is not None for each in slot.standing) for slot in slots),
        "same-person": any(slot.same_person for slot in slots),
        "signed-while-blocked": any(_is_signed_but_blocked(view) for view in phases),
    }


def _is_signed_but_blocked(view: dict[str, Any]) -> bool:
    needed = [each for each in view["signatures"] if each["needed"] is not False]
    return view["status"] != "signed" and bool(needed) and all(each["standing"] for each in needed)


def _of_people(judge: Judge, now: Moment) -> dict[str, bool]:
    consents, then = judge.release.document.consents, judge.in_force(now)
    return {
        "birth-date-wrong": now.birth_is_wrong(),
        "consent-late": any(
            "late" in judge_consent(consent.key, then, judge.cover).uncounted.values() for consent in consents
        ),
    }
