"""(release, certificates, state, now) -> what is shown, held, missing, signable.

The result is JSON and drives the tablet's screens, the admin and the exports alike; docs/semantics.md describes it.
Twin of frontend/src/core/readiness.ts.
"""

from collections.abc import Sequence
from typing import Any

from .closing import OUTCOMES
from .closure import consent_reads
from .consents import NO_CONSENT
from .consentstates import offers
from .covers import Certificates, Signer, consent_heads
from .document import ConsentKind, Release
from .flags import flags_of
from .fold import State
from .granting import judge_consent
from .judge import Judge
from .moment import Moment
from .phases import phase_view

__all__ = ["OUTCOMES", "Certificates", "Signer", "readiness"]


def readiness(release: Release, certificates: Certificates, state: State, now_ms: int, zone_min: int) -> dict[str, Any]:
    """Judge a case. `now_ms` is corrected by the caller; `zone_min` is minutes east of UTC. Canonically encodable."""
    judge = Judge(release, certificates, state)
    now = judge.at(now_ms, zone_min)
    phases: list[dict[str, Any]] = []
    for phase in release.document.phases:
        phases.append(phase_view(phase, judge, now, phases))
    outcome = now.register("closing")["value"]
    return {
        "status": OUTCOMES.get(outcome) or ("in-progress" if judge.has_begun() else "preparation"),
        "outcome": outcome,
        "flags": flags_of(judge, now, phases),
        "patient": _patient_of(now),
        "start_ms": now.start_ms(),
        "phases": phases,
        "consents": [_consent_view(consent, judge, now) for consent in release.document.consents],
        "closing": _closing_of(now, phases),
        "strays": judge.strays(),
    }


def _patient_of(now: Moment) -> dict[str, Any] | None:
    sex = now.given_sex()
    return None if sex is None else {"age_years": now.age_years(), "sex": sex}


def _consent_view(kind: ConsentKind, judge: Judge, now: Moment) -> dict[str, Any]:
    given = judge.state["consents"].get(kind.key, NO_CONSENT)
    then = judge.in_force(now)
    judged = judge_consent(kind.key, then, judge.cover)
    withdrawn = [each["digest"] for each in given["withdrawn"]]
    return {
        "key": kind.key,
        "needed": kind.needed if isinstance(kind.needed, bool) else then.judge(kind.needed),
        "status": judged.status,
        "standing": [digest for digest in consent_heads(judge.state, kind.key) if digest not in withdrawn],
        "withdrawn": withdrawn,
        "offers": offers(judged.status),
        "uncounted": judged.uncounted,
        "why": judged.why,
        "lacks": judged.lacks,
        "hears": judged.hears,
        "unheard": judged.unheard,
        "bases": judged.bases,
        "covers": judge.cover.covering(judge.cover.places(consent_reads(kind))),
    }


def _closing_of(now: Moment, phases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A closing covers what the phases cover; "done" may be said only when every phase is signed."""
    all_signed = all(view["status"] == "signed" for view in phases)
    return {
        "heads": now.register("closing")["heads"],
        "covers": sorted({digest for view in phases for digest in view["covers"]}),
        "outcomes": [outcome for outcome in OUTCOMES if outcome != "done" or all_signed],
    }
