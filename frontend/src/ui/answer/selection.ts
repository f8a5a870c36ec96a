// Several choices at once: what a tap makes of what is chosen.

import { byBytes } from "../../core/canonical.ts";

const NONE = "none";

/** Sorted, as answers are. "None" goes alone: choosing it drops the others, choosing another drops it. */
export function toggled(chosen: readonly string[], key: string): string[] {
  if (key === NONE) return chosen.includes(NONE) ? [] : [NONE];
  const others = chosen.filter((one) => one !== key && one !== NONE);
  return (chosen.includes(key) ? others : [...others, key]).sort(byBytes);
}

export function sameSelection(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
