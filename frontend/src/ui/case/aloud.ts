// Where one is in a phase that is read out.

import type { ItemView } from "../../core/readiness.ts";

/** Answered, and nothing stands against it. */
export function isDone({ state, holds }: ItemView): boolean {
  const open = holds.some(({ level, active, cleared }) => level !== "note" && active === true && cleared === null);
  return (state === "answered" || state === "absent") && !open;
}

/** The first question from `at` on that is not done; how many there are, where all are. */
export function nextOf(views: readonly ItemView[], at: number): number {
  const found = views.findIndex((view, index) => index >= at && !isDone(view));
  return found === -1 ? views.length : found;
}
