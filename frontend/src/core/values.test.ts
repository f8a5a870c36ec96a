// Dates, ages, and which values fit an item: the shared vectors (tests/vectors/dates.json, values.json).

import { describe, expect, it } from "vitest";
import { vectors } from "../testing/vectors.ts";
import type { Json } from "./canonical.ts";
import { fullYears, localDate, readDate, sameDate } from "./dates.ts";
import { fits } from "./fitness.ts";
import type { PrivatePart } from "./registers.ts";
import type { Item } from "./release.ts";

interface DateVector {
  readonly rule: string;
  readonly date?: string;
  readonly real?: boolean;
  readonly birth?: string;
  readonly at?: string;
  readonly zone_min?: number;
  readonly years?: number;
  readonly at_ms?: number;
  readonly local?: string;
}

interface ValueVector {
  readonly rule: string;
  readonly item: Partial<Omit<Item, "choices" | "absent">> & { readonly choices?: string[]; readonly absent?: string[] };
  readonly value: Json;
  readonly private?: PrivatePart;
  readonly fits: boolean;
}

describe("dates", () => {
  it.each(vectors("dates") as readonly DateVector[])("$rule", ({ date, real, birth = "", at = "", zone_min = 0, years, at_ms, local }) => {
    if (date !== undefined) {
      expect(readDate(date) !== null).toBe(real);
      return;
    }
    if (local !== undefined) {
      expect(localDate(at_ms ?? 0, zone_min)).toEqual(readDate(local));
      return;
    }
    const born = readDate(birth);
    expect(born === null ? null : fullYears(born, localDate(Date.parse(`${at}Z`), zone_min))).toBe(years);
  });

  it("are those of the platform's own calendar, day by day for four hundred years", () => {
    // One expectation for all: one for each day takes seconds.
    const days = Array.from({ length: 146_097 }, (_, index) => index - 135_140);
    const different = days.find((day) => {
      const { year, month, date } = platform(day);
      return !sameDate(localDate(day * 86_400_000, 0), { year, month, day: date });
    });
    expect(different).toBeUndefined();
  });
});

describe("values", () => {
  it.each(vectors("values") as readonly ValueVector[])("$rule", (vector) => {
    expect(fits(itemOf(vector.item), vector.value, vector.private ?? null)).toBe(vector.fits);
  });
});

function platform(day: number): { year: number; month: number; date: number } {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() };
}

function itemOf(short: ValueVector["item"]): Item {
  const words = { en: "…" };
  return {
    key: "item", text: words, help: null, type: "text", unit: null, decimals: null, min: null, max: null, max_bytes: null,
    none: false, required: true, show_when: null, private: false, stable: false, not_so: null, per_side: null, per_row: null,
    repeat: null, holds: [], computed: null, shows: [], suggest: [], source: "test", unconfirmed: false, codes: [],
    ...short,
    choices: (short.choices ?? []).map((key) => ({ key, text: words, selectable: true, why: null, parts: null })),
    absent: (short.absent ?? []).map((key) => ({ key, text: words, level: "stop", message: words, override: [] })),
  };
}
