import type { CaseLine } from "../../store/summary.ts";

export type When = "today" | "later" | "earlier";

export interface Group {
  when: When;
  lines: CaseLine[];
}

function whenOf(line: CaseLine, now_ms: number): When {
  if (line.start_ms === null) return "later";
  if (new Date(line.start_ms).toDateString() === new Date(now_ms).toDateString()) return "today";
  return line.start_ms < now_ms ? "earlier" : "later";
}

/** Today's cases first, then those to come, then those whose day has passed; within each by planned start. */
export function byDay(lines: readonly CaseLine[], now_ms: number): Group[] {
  const sorted = [...lines].sort((one, other) => (one.start_ms ?? Infinity) - (other.start_ms ?? Infinity));
  const order: When[] = ["today", "later", "earlier"];
  return order
    .map((when) => ({ when, lines: sorted.filter((line) => whenOf(line, now_ms) === when) }))
    .filter((group) => group.lines.length > 0);
}
