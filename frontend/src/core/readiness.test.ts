// Readiness: the shared vectors (tests/vectors/readiness.json).

import { describe, expect, it } from "vitest";
import { CERTIFICATES, difference, expand, NOON_MS, release, shorten, type Shorthand, vectors } from "../testing/vectors.ts";
import type { Json } from "./canonical.ts";
import { fold } from "./fold.ts";
import { readiness } from "./readiness.ts";

interface Vector {
  readonly rule: string;
  readonly release: string;
  readonly base?: readonly Shorthand[];
  readonly entries: readonly Shorthand[];
  readonly now_min?: number;
  readonly zone_min?: number;
  readonly view: Json;
}

const BASE = vectors("base") as readonly Shorthand[];

describe("readiness", () => {
  it.each(vectors("readiness") as readonly Vector[])("$rule", (vector) => {
    const under = release(vector.release);
    const entries = expand([...(vector.base ?? BASE), ...vector.entries], under);
    const now_ms = NOON_MS + (vector.now_min ?? 0) * 60_000;
    const view = readiness(under, CERTIFICATES, fold(entries), now_ms, vector.zone_min ?? 60);
    expect(difference(shorten(view as unknown as Json, under), vector.view)).toBeNull();
  });
});
