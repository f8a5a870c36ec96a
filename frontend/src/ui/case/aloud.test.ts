import { describe, expect, it } from "vitest";
import type { HoldView, ItemView } from "../../core/readiness.ts";
import { isDone, nameAt, nextOpen, pagesOf, placeOf } from "./aloud.ts";

const open = (key: string) => ({ key, part: "", state: "unanswered", holds: [] }) as unknown as ItemView;
const done = (key: string) => ({ ...open(key), state: "answered" }) as ItemView;
const held = (more: Partial<HoldView>): ItemView => ({ ...done("a"), holds: [{ level: "stop", active: true, cleared: null, ...more } as HoldView] });

describe("what is read out", () => {
  it("is done when it is answered and nothing stands against it", () => {
    expect([open("a"), done("a"), held({}), held({ level: "caution" })].map(isDone)).toEqual([false, true, false, false]);
    expect([held({ level: "note" }), held({ active: false }), held({ active: null }), held({ cleared: "overridden" })].map(isDone)).toEqual([true, true, true, true]);
  });

  it("goes on with the first that is not done, and ends behind the last", () => {
    expect(nextOpen([done("a"), open("b"), done("c"), open("d")])).toBe(1);
    expect(nextOpen([done("a"), done("b")])).toBe(2);
    expect(nameAt([done("a"), done("b")], 2)).toBeNull();
  });

  it("stays at the same question when others come or go before it", () => {
    const here = nameAt([done("a"), open("b")], 1);
    expect(placeOf([done("a"), open("new"), open("b")], here)).toBe(2);
    expect(placeOf([open("b")], here)).toBe(0);
    expect(placeOf([done("a"), open("c")], here)).toBe(1);
    expect(placeOf([done("a"), open("c")], null)).toBe(2);
  });

  it("reads what only tells something together with the question behind it", () => {
    const told = (view: ItemView) => ({ item: { type: "computed" }, view });
    const asked = (view: ItemView) => ({ item: { type: "confirm" }, view });
    const keys = (lines: Parameters<typeof pagesOf>[0]) => pagesOf(lines).map((page) => page.map(({ view }) => view.key).join());
    expect(keys([asked(open("a")), told(done("b")), asked(open("c")), told(done("d"))])).toEqual(["a", "b,c", "d"]);
    expect(keys([told(held({})), asked(open("c"))])).toEqual(["a", "c"]);
  });
});
