import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fits } from "../../core/fitness.ts";
import type { Item } from "../../core/release.ts";
import { judged, type Key, typed } from "./number.ts";
import { toggled } from "./selection.ts";

const KEYS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "back", "clear"] as const;

function item(decimals: number, min: string | null, max: string | null): Item {
  return { type: "number", decimals, min, max, absent: [] } as unknown as Item;
}

function press(keys: readonly Key[], decimals: number): string {
  return keys.reduce((display, key) => typed(display, key, decimals), "");
}

describe("the number pad", () => {
  it.each([
    [["3", ".", "0"], 1, "3.0"],
    [["0", "5"], 1, "5"],
    [["."], 1, "0."],
    [["3", ".", "1", "4"], 1, "3.1"],
    [["3", ".", "1"], 0, "31"],
    [["1", "2", "back"], 0, "1"],
    [["1", "2", "clear"], 0, ""],
  ] as const)("shows %j with %i decimals as %s", (keys, decimals, shown) => {
    expect(press(keys, decimals)).toBe(shown);
  });

  it("gives exactly the item's decimals, and only within its limits", () => {
    const inr = item(1, "0.5", "20.0");
    expect(judged("3", inr)).toEqual({ kind: "fits", value: "3.0" });
    expect(judged("3.", inr)).toEqual({ kind: "fits", value: "3.0" });
    expect(judged("0.4", inr).kind).toBe("outside");
    expect(judged("20.1", inr).kind).toBe("outside");
    expect(judged("", inr).kind).toBe("empty");
  });

  it("never gives what the core would call unfit, whatever is pressed", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Key>(...KEYS), { maxLength: 24 }), fc.integer({ min: 0, max: 6 }), (keys, decimals) => {
        const one = item(decimals, null, null);
        const worth = judged(press(keys, decimals), one);
        return worth.kind !== "fits" || fits(one, worth.value, null);
      }),
    );
  });
});

describe("several choices", () => {
  it("are sorted, and 'none' goes alone", () => {
    expect(toggled(["leukemia"], "anemia")).toEqual(["anemia", "leukemia"]);
    expect(toggled(["anemia", "leukemia"], "anemia")).toEqual(["leukemia"]);
    expect(toggled(["anemia", "leukemia"], "none")).toEqual(["none"]);
    expect(toggled(["none"], "anemia")).toEqual(["anemia"]);
    expect(toggled(["none"], "none")).toEqual([]);
  });
});
