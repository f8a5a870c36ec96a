import { describe, expect, it } from "vitest";
import type { CaseLine } from "../../store/summary.ts";
import { byDay, isListed } from "./days.ts";

const NOON = new Date(2026, 10, 24, 12).getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EMPTY: CaseLine = {
  case: "c", protocol: "p", release: "r", title: null, patient: null, disputed: false, start_ms: null, status: "preparation",
  postponed: false, outcome: null, closed_ms: null,
};

describe("a case is listed", () => {
  it("while it is open, however long ago it was planned for", () => {
    expect(isListed({ ...EMPTY, start_ms: NOON - 30 * DAY }, NOON)).toBe(true);
  });

  it("for three days after it was closed, however long that took or early it was", () => {
    const ended = { ...EMPTY, status: "stopped", outcome: "stopped" } as const;
    const slow = { ...ended, start_ms: NOON - 30 * DAY, closed_ms: NOON - 3 * DAY + 1 };
    expect([isListed(slow, NOON), isListed(slow, NOON + 1)]).toEqual([true, false]);
    const early = { ...ended, start_ms: NOON + 30 * DAY, closed_ms: NOON - 4 * DAY };
    expect(isListed(early, NOON)).toBe(false);
  });
});

it("groups by the day of the planned start, and what has ended apart", () => {
  const at = (name: string, start_ms: number | null, outcome: string | null = null) => ({ ...EMPTY, case: name, start_ms, outcome });
  const lines = [at("none", null), at("past", NOON - DAY), at("soon", NOON + HOUR), at("over", NOON - HOUR), at("next", NOON + DAY), at("done", NOON, "done")];
  expect(byDay(lines, NOON).map(({ when, lines }) => [when, lines.map((line) => line.case)])).toEqual([
    ["today", ["over", "soon"]],
    ["later", ["next", "none"]],
    ["earlier", ["past"]],
    ["ended", ["done"]],
  ]);
});
