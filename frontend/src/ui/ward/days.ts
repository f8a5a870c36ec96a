import type { CaseLine } from "../../store/summary.ts";

export type When = "today" | "later" | "earlier" | "ended";

export interface Group {
  when: When;
  lines: CaseLine[];
}

const ENDED_SHOWN_MS = 3 * 24 * 3_600_000;

/** Open cases, and for some days after their closing those that have ended: a slip can then be found and mended. */
export function isListed({ outcome, closed_ms }: CaseLine, now_ms: number): boolean {
  return outcome === null || closed_ms === null || now_ms - closed_ms < ENDED_SHOWN_MS;
}

function whenOf(line: CaseLine, now_ms: number): When {
  if (line.outcome !== null) return "ended";
  if (line.start_ms === null) return "later";
  if (new Date(line.start_ms).toDateString() === new Date(now_ms).toDateString()) return "today";
  return line.start_ms < now_ms ? "earlier" : "later";
}

/** Today's cases first, then those to come, then those whose day has passed, then what has ended; within each by planned start. */
export function byDay(lines: readonly CaseLine[], now_ms: number): Group[] {
  const sorted = [...lines].sort((one, other) => (one.start_ms ?? Infinity) - (other.start_ms ?? Infinity));
  const order: When[] = ["today", "later", "earlier", "ended"];
  return order
    .map((when) => ({ when, lines: sorted.filter((line) => whenOf(line, now_ms) === when) }))
    .filter((group) => group.lines.length > 0);
}
