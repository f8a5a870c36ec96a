// The fold: the shared vectors (tests/vectors/fold.json), each also in another order and twice.

import { describe, expect, it } from "vitest";
import { difference, expand, shorten, type Shorthand, vectors } from "../testing/vectors.ts";
import { type Json, write } from "./canonical.ts";
import { fold } from "./fold.ts";

interface Vector {
  readonly rule: string;
  readonly entries: readonly Shorthand[];
  readonly state: Json;
}

describe("the fold", () => {
  it.each(vectors("fold") as readonly Vector[])("$rule", ({ entries, state }) => {
    const written = expand(entries, null);
    const folded = fold(written) as unknown as Json;
    expect(difference(shorten(folded, null), state)).toBeNull();
    expect(write(fold([...written.toReversed(), ...written]) as unknown as Json)).toBe(write(folded));
  });

  it("takes entries of several cases for a fault of the caller", () => {
    const one = expand([["a1", "note.added", {}]], null);
    const two = expand([["a2", "note.added", {}, { case: "00000000-0000-4000-8000-0000000000c1" }]], null);
    expect(() => fold([...one, ...two])).toThrow("several cases");
  });
});
