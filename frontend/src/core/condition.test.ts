// The condition tree: the shared vectors (tests/vectors/condition.json).

import { describe, expect, it } from "vitest";
import { vectors } from "../testing/vectors.ts";
import type { Json } from "./canonical.ts";
import { type Condition, evaluate, type Reader, type Reading, type Truth } from "./condition.ts";

type Said = "unknown" | "not-applicable" | { readonly value: Json } | { readonly absent: string };

interface Vector {
  readonly rule: string;
  readonly tree: Condition;
  readonly reads: Readonly<Record<string, Said | readonly Said[]>>;
  readonly numbers?: readonly string[];
  readonly now_ms?: number;
  readonly start_ms?: number;
  readonly age?: number | null;
  readonly sex?: string | null;
  readonly consents?: Readonly<Record<string, string>>;
  readonly heard?: Readonly<Record<string, readonly string[]>>;
  readonly truth: Truth;
}

describe("a condition", () => {
  it.each(vectors("condition") as readonly Vector[])("$rule", (vector) => {
    expect(evaluate(vector.tree, readerOf(vector))).toBe(vector.truth);
  });
});

function readerOf(vector: Vector): Reader {
  return {
    readings: (item) => readingsOf(vector.reads[item] ?? []),
    isNumber: (item) => vector.numbers?.includes(item) ?? false,
    now_ms: vector.now_ms ?? 0,
    startMs: () => vector.start_ms ?? null,
    ageYears: () => vector.age ?? null,
    sex: () => vector.sex ?? null,
    consent: (key) => vector.consents?.[key] ?? "draft",
    heard: (key, who) => vector.heard?.[`${key}/${who}`] ?? [],
  };
}

function readingsOf(said: Said | readonly Said[]): readonly Reading[] {
  return (Array.isArray(said) ? (said as readonly Said[]) : [said as Said]).map((each): Reading => {
    if (typeof each === "string") return { kind: each };
    return "value" in each ? { kind: "value", value: each.value } : { kind: "absent", key: each.absent };
  });
}
