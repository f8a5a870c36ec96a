// What is said about a case as a whole, by code. Flags hide nothing and hold nothing back. Twin of
// procedures/core/flags.py.

import { sorted } from "./book.ts";
import { write } from "./canonical.ts";
import { judgeConsent } from "./granting.ts";
import type { Judge } from "./judge.ts";
import type { Moment } from "./moment.ts";
import { OUTCOMES, type PhaseView } from "./views.ts";

type Found = Readonly<Record<string, boolean>>;

/** Sorted codes: those of single entries, which the fold found, and those of the case. */
export function flagsOf(judge: Judge, now: Moment, phases: readonly PhaseView[]): readonly string[] {
  const found: Found = { ...ofEntries(judge), ...ofClosing(judge, phases), ...ofSigning(judge, phases), ...ofPeople(judge, now) };
  const codes = Object.keys(found).filter((code) => found[code]);
  return sorted([...codes, ...Object.keys(judge.state.flags)]);
}

function ofEntries(judge: Judge): Found {
  const { state, cover } = judge;
  const openings = state.opened.map(({ protocol, release, session, previous }) =>
    write([protocol, release, session, previous]));
  return {
    "disputed": Object.keys(state.registers).some((place) => cover.isDisputed(place)),
    "erased": state.erased.length > 0,
    "opened-twice": new Set(openings).size > 1,
    "quarantined": Object.keys(state.quarantined).length > 0,
    "release-other": [...state.opened, ...state.signatures].some(({ release }) => release !== judge.release.digest),
    "unknown-item": judge.strays().length > 0,
    "unreadable": state.unreadable.length > 0,
  };
}

function ofClosing(judge: Judge, phases: readonly PhaseView[]): Found {
  const closing = judge.state.registers["closing"];
  const outcome = typeof closing?.value === "string" ? closing.value : null;
  const heads = judge.state.closings.filter(({ digest }) => closing?.heads.includes(digest) ?? false);
  const places = judge.release.document.phases.flatMap((phase) => judge.places(phase));
  return {
    "changed-after-closing": heads.some(({ covers }) => !judge.cover.stands(places, covers)),
    "closing-unknown": outcome !== null && !Object.hasOwn(OUTCOMES, outcome),
    "done-unsigned": outcome === "done" && phases.some(({ status }) => status !== "signed"),
    "exception": outcome === "exception",
  };
}

function ofSigning(judge: Judge, phases: readonly PhaseView[]): Found {
  const slots = judge.release.document.phases.flatMap((phase) => judge.slots(phase));
  return {
    // To be countersigned by someone with an enrolment.
    "guest": slots.some(({ standing }) => standing.length > 0 && standing.every(({ guest }) => guest !== null)),
    "same-person": slots.some(({ samePerson }) => samePerson.length > 0),
    "signed-while-blocked": phases.some(isSignedButBlocked),
  };
}

function isSignedButBlocked({ status, signatures }: PhaseView): boolean {
  const needed = signatures.filter((each) => each.needed !== false);
  return status !== "signed" && needed.length > 0 && needed.every(({ standing }) => standing.length > 0);
}

function ofPeople(judge: Judge, now: Moment): Found {
  const then = judge.inForce(now);
  return {
    "birth-date-wrong": now.birthIsWrong(),
    "consent-late": judge.release.document.consents.some(({ key }) =>
      Object.values(judgeConsent(key, then, judge.cover).uncounted).includes("late")),
  };
}
