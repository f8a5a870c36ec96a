// How a case was closed, after which nothing about it ages. Twin of procedures/core/closing.py.

import type { Key } from "./entry.ts";
import type { State } from "./fold.ts";
import { OUTCOMES } from "./views.ts";

export interface Closing {
  readonly outcome: Key;
  /** When the first of those who gave it did, corrected. */
  readonly at_ms: number;
}

/** The outcome that stands; null where none is settled. */
export function settledClosing({ registers, closings }: State): Closing | null {
  const register = registers["closing"];
  if (register === undefined || typeof register.value !== "string") return null;
  const closed = closings.filter(({ digest }) => register.heads.includes(digest));
  return { outcome: register.value, at_ms: Math.min(...closed.map(({ at_ms }) => at_ms)) };
}

/** As of when a case is looked at: now, or its closing where that was before. An outcome that nobody knows closes nothing. */
export function lookedAtMs(state: State, now_ms: number): number {
  const closing = settledClosing(state);
  return closing === null || !Object.hasOwn(OUTCOMES, closing.outcome) ? now_ms : Math.min(now_ms, closing.at_ms);
}
