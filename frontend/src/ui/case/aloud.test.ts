import { describe, expect, it } from "vitest";
import type { HoldView, ItemView } from "../../core/readiness.ts";
import { isDone, nextOf } from "./aloud.ts";

const OPEN = { state: "unanswered", holds: [] } as unknown as ItemView;
const DONE = { ...OPEN, state: "answered" } as ItemView;
const held = (more: Partial<HoldView>): ItemView => ({ ...DONE, holds: [{ level: "stop", active: true, cleared: null, ...more } as HoldView] });

describe("what is read out", () => {
  it("is done when it is answered and nothing stands against it", () => {
    expect([OPEN, DONE, held({}), held({ level: "caution" })].map(isDone)).toEqual([false, true, false, false]);
    expect([held({ level: "note" }), held({ active: false }), held({ active: null }), held({ cleared: "overridden" })].map(isDone)).toEqual([true, true, true, true]);
  });

  it("goes on with the first that is not done, and ends behind the last", () => {
    expect(nextOf([DONE, OPEN, DONE, OPEN], 0)).toBe(1);
    expect(nextOf([DONE, OPEN, DONE, OPEN], 2)).toBe(3);
    expect(nextOf([DONE, DONE], 0)).toBe(2);
  });
});
