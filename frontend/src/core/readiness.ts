// (release, certificates, state, now) -> what is shown, held, missing, signable. Twin of procedures/core/readiness.py.

import { isObject } from "./canonical.ts";
import { consentReads } from "./closure.ts";
import { consentOf } from "./consents.ts";
import { offers } from "./consentstates.ts";
import type { Certificates } from "./covers.ts";
import { consentHeads } from "./covers.ts";
import { sorted } from "./book.ts";
import type { Key } from "./entry.ts";
import { flagsOf } from "./flags.ts";
import type { State } from "./fold.ts";
import { judgeConsent } from "./granting.ts";
import { Judge } from "./judge.ts";
import type { Moment } from "./moment.ts";
import { phaseView } from "./phases.ts";
import type { Release } from "./release.ts";
import { type CaseStatus, type ClosingView, type ConsentView, OUTCOMES, type Patient, type PhaseView, type Readiness } from "./views.ts";

export type { Certificates, Signer } from "./covers.ts";
export type * from "./views.ts";
export { OUTCOMES } from "./views.ts";

/** `now_ms` is corrected by the caller; `zone_min` is minutes east of UTC. */
export function readiness(
  release: Release, certificates: Certificates, state: State, now_ms: number, zone_min: number,
): Readiness {
  const judge = new Judge(release, certificates, state);
  const now = judge.at(now_ms, zone_min);
  const phases: PhaseView[] = [];
  for (const phase of release.document.phases) phases.push(phaseView(phase, judge, now, phases));
  return {
    status: statusBy(judge),
    outcome: outcomeOf(state),
    flags: flagsOf(judge, now, phases),
    patient: patientOf(now),
    start_ms: now.startMs(),
    phases,
    consents: release.document.consents.map(({ key }) => consentView(key, judge, now)),
    closing: closingOf(judge, phases),
    strays: judge.strays(),
  };
}

export interface Standing {
  /** How far the case has come. Nothing in it depends on when one asks. */
  status: CaseStatus;
  /** When the first repetition that is shown and not answered is due. At `now_ms`, on which hardly any question depends. */
  due_ms: number | null;
}

/** What the ward list tells of a case; only tablets have one, so this has no twin. */
export function standingIn(release: Release, certificates: Certificates, state: State, now_ms: number): Standing {
  const judge = new Judge(release, certificates, state);
  return { status: statusBy(judge), due_ms: dueAt(judge.at(now_ms, 0), release) };
}

function dueAt(moment: Moment, release: Release): number | null {
  const dues = release.document.phases.flatMap(({ items }) => items).filter(({ repeat }) => repeat !== null).flatMap((item) =>
    moment.placesOf(item)
      .filter(({ part }) => moment.shown(item, part) === true && moment.answerState(item, part) === "unanswered")
      .flatMap(({ due_ms }) => due_ms ?? []));
  return dues.length === 0 ? null : Math.min(...dues);
}

function statusBy(judge: Judge): CaseStatus {
  return statusOf(judge.state) ?? (judge.hasBegun() ? "in-progress" : "preparation");
}

function outcomeOf(state: State): Key | null {
  const value = state.registers["closing"]?.value;
  return typeof value === "string" ? value : null;
}

function statusOf(state: State): CaseStatus | null {
  const outcome = outcomeOf(state) ?? "";
  return Object.hasOwn(OUTCOMES, outcome) ? (OUTCOMES[outcome] ?? null) : null;
}

function patientOf(now: Moment): Patient | null {
  const sex = now.givenSex();
  return sex === null ? null : { age_years: now.ageYears(), sex };
}

function consentView(key: Key, judge: Judge, now: Moment): ConsentView {
  const kind = judge.catalog.consents.get(key);
  const given = consentOf(judge.state.consents, key);
  const then = judge.inForce(now);
  const { status, ...judged } = judgeConsent(key, then, judge.cover);
  const withdrawn = given.withdrawn.map(({ digest }) => digest);
  return {
    key,
    needed: kind === undefined ? false : isObject(kind.needed) ? then.judge(kind.needed) : kind.needed,
    status,
    standing: consentHeads(judge.state, key).filter((digest) => !withdrawn.includes(digest)),
    withdrawn,
    offers: offers(status),
    ...judged,
    covers: kind === undefined ? [] : judge.cover.covering(judge.cover.places(consentReads(kind))),
  };
}

/** A closing covers what the phases cover. */
function closingOf(judge: Judge, phases: readonly PhaseView[]): ClosingView {
  const allSigned = phases.every(({ status }) => status === "signed");
  return {
    heads: judge.state.registers["closing"]?.heads ?? [],
    covers: sorted(phases.flatMap(({ covers }) => covers)),
    outcomes: Object.keys(OUTCOMES).filter((outcome) => outcome !== "done" || allSigned),
  };
}
