// What readiness says: JSON that drives the tablet's screens, the admin and the exports alike. The same shape comes
// from procedures/core/readiness.py; docs/semantics.md explains it.

import type { Json } from "./canonical.ts";
import type { Truth } from "./condition.ts";
import type { Digest, Key } from "./entry.ts";
import type { ConsentOffer, ConsentStatus } from "./consentstates.ts";
import type { Judged } from "./granting.ts";
import type { AnswerState } from "./moment.ts";
import type { Level } from "./release.ts";

export type CaseStatus = "preparation" | "in-progress" | "completed" | "not-done" | "stopped" | "entered-in-error";
export type PhaseStatus = "open" | "ready" | "part-signed" | "signed" | "changed";
export type ItemState = AnswerState | "not-applicable";
export type Blocker =
  | "missing" | "held" | "unknown" | "disputed" | "unfit" | "subject" | "order" | "not-needed" | "signed"
  | "unreadable" | "release";

export interface HoldView {
  readonly key: Key;
  readonly level: Level;
  readonly active: Truth;
  readonly cleared: "acknowledged" | "overridden" | null;
  /** What clears it. */
  readonly standing: readonly Digest[];
  /** What a new acknowledgement or override covers. */
  readonly covers: readonly Digest[];
  readonly override: readonly Key[];
}

export interface ItemView {
  readonly key: Key;
  readonly part: string;
  readonly shown: Truth;
  readonly required: Truth;
  readonly state: ItemState;
  /** Hidden now, but answered before. */
  readonly no_longer_asked: boolean;
  /** Settled or computed, fit or not; null for a text, which is private. */
  readonly value: Json;
  readonly heads: readonly Digest[];
  /** Answers that a postponement asks for again. */
  readonly reopened: readonly Digest[];
  readonly missing: boolean;
  readonly due_ms: number | null;
  /** What a new answer covers: what is shown beside a confirmation. Null where nothing is. */
  readonly covers: readonly Digest[] | null;
  readonly holds: readonly HoldView[];
}

export interface SignatureView {
  readonly meaning: Key;
  readonly roles: readonly Key[];
  readonly another_person: boolean;
  readonly guest: boolean;
  readonly needed: Truth;
  readonly standing: readonly Digest[];
  readonly changed: readonly Digest[];
  readonly signable: boolean;
  readonly blockers: readonly Blocker[];
}

export interface PhaseView {
  readonly key: Key;
  readonly status: PhaseStatus;
  /** The instant at which it is judged: its last signature once signed, else now. */
  readonly judged_ms: number;
  readonly missing: number;
  readonly held: number;
  readonly items: readonly ItemView[];
  readonly signatures: readonly SignatureView[];
  /** What a new signature covers. */
  readonly covers: readonly Digest[];
}

export interface ConsentView extends Judged {
  readonly key: Key;
  readonly needed: Truth;
  readonly status: ConsentStatus;
  /** Decisions, views and confirmations that stand undefeated. */
  readonly standing: readonly Digest[];
  /** What a new decision or confirmation names in `after` (a decision also the earlier ones of its relation). */
  readonly withdrawn: readonly Digest[];
  readonly offers: readonly ConsentOffer[];
  readonly covers: readonly Digest[];
}

export interface ClosingView {
  readonly heads: readonly Digest[];
  readonly covers: readonly Digest[];
  /** The outcomes that may be given: "done" only when every phase is signed. */
  readonly outcomes: readonly Key[];
}

export interface Patient {
  readonly age_years: number | null;
  readonly sex: Key;
}

export interface Readiness {
  readonly status: CaseStatus;
  readonly outcome: Key | null;
  readonly flags: readonly string[];
  readonly patient: Patient | null;
  readonly start_ms: number | null;
  readonly phases: readonly PhaseView[];
  readonly consents: readonly ConsentView[];
  readonly closing: ClosingView;
  /** Answered registers that the release does not know. */
  readonly strays: readonly string[];
}

/** Outcome of a closing -> status of the case. */
export const OUTCOMES: Readonly<Record<string, CaseStatus>> = {
  "done": "completed",
  "exception": "completed",
  "not-done": "not-done",
  "stopped": "stopped",
  "entered-in-error": "entered-in-error",
};
