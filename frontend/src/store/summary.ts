// One line of the ward list, made from a case's entries. Lies encrypted in the ward's summary.

import type { Entry } from "../core/entry.ts";
import { bodyOf, correctedMs } from "../core/entry.ts";
import type { Register, State, Written } from "../core/fold.ts";
import type { JsonObject } from "../core/canonical.ts";
import { type CaseStatus, type Certificates, standingIn } from "../core/readiness.ts";
import type { Release, Words } from "../core/release.ts";
import type { HeldEntry } from "./packs.ts";

export interface Patient {
  identifier: string;
  name: string;
  /** "YYYY-MM-DD" or null. */
  birth_date: string | null;
  sex: string;
}

/** Grows with every change of what a line says: tablets in use make lines of another form anew. */
export const LINE_FORM = 2;

/** What the ward list shows of a case: nothing in it depends on when one looks (frontend/README.md, "The ward list"). */
export interface CaseLine {
  form: number;
  case: string;
  protocol: string | null;
  release: string | null;
  /** By language; null, as `status` is, while the release is not on this tablet. */
  title: Words | null;
  /** Null where nothing was given, or where different details were. */
  patient: Patient | null;
  disputed: boolean;
  start_ms: number | null;
  status: CaseStatus | null;
  /** Put off, and neither planned nor begun anew since. */
  postponed: boolean;
  /** When the first check that is still to be done is due; null: none is. */
  due_ms: number | null;
  /** Names of those who answer for the case; none: nobody has taken it over. */
  keepers: readonly string[];
  /** The outcome when the case is closed. */
  outcome: string | null;
  /** When the closing was written, by the server's clock; the first of several that agree. */
  closed_ms: number | null;
}

/** Entries as the core reads them. They were checked when they came in, and the pack's seal vouches for them since. */
export function writtenFrom(held: readonly HeldEntry[]): Written[] {
  return held.map(({ digest, entry, private: part }) => ({
    digest,
    entry: JSON.parse(entry) as Entry,
    private: part === null ? null : (JSON.parse(part) as JsonObject),
  }));
}

function textIn(part: JsonObject | null | undefined, field: string): string | null {
  const value = part?.[field];
  return typeof value === "string" ? value : null;
}

/** Who the patient is, as the heads of the subject's register say it in one voice. */
export function patientIn(state: State): Patient | null {
  const register: Register | undefined = state.registers["subject"];
  if (register === undefined || !register.settled) return null;
  const part = register.private?.part;
  const value = register.value as JsonObject | null;
  const sex = value?.["sex"];
  return {
    identifier: textIn(part, "identifier") ?? "",
    name: textIn(part, "name") ?? "",
    birth_date: textIn(part, "birth_date"),
    sex: typeof sex === "string" ? sex : "unknown",
  };
}

function plannedIn(state: State): number | null {
  const register = state.registers["planned"];
  return register?.settled === true && typeof register.value === "number" ? register.value : null;
}

function outcomeIn(state: State): string | null {
  const register = state.registers["closing"];
  return register?.settled === true && typeof register.value === "string" ? register.value : null;
}

/** The postponement under which a case stands: the last that counts, while no planned start does. */
export function postponementIn(written: readonly Written[], state: State): Written | null {
  if ((state.registers["planned"]?.heads.length ?? 0) > 0) return null;
  const stands = ({ digest, entry }: Written) =>
    bodyOf(entry, "case.postponed") !== null && !(digest in state.voided) && !(digest in state.quarantined);
  const found = written.filter(stands).sort((one, other) => correctedMs(one.entry.clock) - correctedMs(other.entry.clock));
  return found.at(-1) ?? null;
}

function lastMsIn(written: readonly Written[]): number {
  return Math.max(0, ...written.map(({ entry }) => correctedMs(entry.clock)));
}

/** The first instant at which one of the closings that stand was written. */
function closedMsIn(written: readonly Written[], state: State): number | null {
  const heads = state.registers["closing"]?.heads ?? [];
  const instants = written.filter(({ digest }) => heads.includes(digest)).map(({ entry }) => correctedMs(entry.clock));
  return instants.length === 0 ? null : Math.min(...instants);
}

/** What a line is made from. */
export interface Grounds {
  written: readonly Written[];
  /** What they fold to. */
  state: State;
  release: Release | null;
  /** Of everybody who wrote in it. */
  certificates: Certificates;
}

/** Of a case whose release is not here. */
const UNTOLD = { status: null, due_ms: null };

export function lineOf(caseId: string, { written, state, release, certificates }: Grounds): CaseLine {
  const subject = state.registers["subject"];
  const { status, due_ms } = release === null ? UNTOLD : standingIn(release, certificates, state, lastMsIn(written));
  return {
    form: LINE_FORM,
    case: caseId,
    protocol: state.opened[0]?.protocol ?? null,
    release: state.opened[0]?.release ?? null,
    title: release?.document.title ?? null,
    patient: patientIn(state),
    disputed: subject !== undefined && !subject.settled && subject.heads.length > 1,
    start_ms: plannedIn(state),
    status,
    postponed: status === "preparation" && postponementIn(written, state) !== null,
    due_ms,
    keepers: state.taken.map(({ enrolment }) => certificates[enrolment]?.name ?? "?"),
    outcome: outcomeIn(state),
    closed_ms: closedMsIn(written, state),
  };
}
