// One line of the ward list, made from a case's entries. Lies encrypted in the ward's summary.

import type { Entry } from "../core/entry.ts";
import { bodyOf, correctedMs } from "../core/entry.ts";
import { fold, type Register, type State, type Written } from "../core/fold.ts";
import type { JsonObject } from "../core/canonical.ts";
import type { HeldEntry } from "./packs.ts";

export interface Patient {
  identifier: string;
  name: string;
  /** "YYYY-MM-DD" or null. */
  birth_date: string | null;
  sex: string;
}

export interface CaseLine {
  case: string;
  protocol: string | null;
  release: string | null;
  /** Null where nothing was given, or where different details were. */
  patient: Patient | null;
  disputed: boolean;
  start_ms: number | null;
  opened_ms: number;
  /** The outcome when the case is closed. */
  outcome: string | null;
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

export function lineOf(caseId: string, held: readonly HeldEntry[]): CaseLine {
  const written = writtenFrom(held);
  const state = fold(written);
  const opened = written.find(({ entry }) => bodyOf(entry, "case.opened") !== null);
  const subject = state.registers["subject"];
  return {
    case: caseId,
    protocol: state.opened[0]?.protocol ?? null,
    release: state.opened[0]?.release ?? null,
    patient: patientIn(state),
    disputed: subject !== undefined && !subject.settled && subject.heads.length > 1,
    start_ms: plannedIn(state),
    opened_ms: opened === undefined ? 0 : correctedMs(opened.entry.clock),
    outcome: outcomeIn(state),
  };
}
