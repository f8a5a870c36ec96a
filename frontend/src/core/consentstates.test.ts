// The table of a consent's states: each cell, from a history that leads there (tests/vectors/consent.json).

import { describe, expect, it } from "vitest";
import { CERTIFICATES, expand, NOON_MS, release, type Shorthand, vectors } from "../testing/vectors.ts";
import { STATES } from "./consentstates.ts";
import { fold } from "./fold.ts";
import { readiness } from "./readiness.ts";

interface Vectors {
  readonly states: Readonly<Record<string, readonly Shorthand[]>>;
  readonly acts: Readonly<Record<string, readonly Shorthand[]>>;
  readonly cells: readonly { readonly rule: string; readonly from: string; readonly act: string; readonly to: string; readonly offered: boolean }[];
}

const BASE = vectors("base") as readonly Shorthand[];
const { states, acts, cells } = vectors("consent") as Vectors;

function statusAfter(entries: readonly Shorthand[]): string | undefined {
  const under = release("consent");
  return readiness(under, CERTIFICATES, fold(expand([...BASE, ...entries], under)), NOON_MS, 60).consents[0]?.status;
}

describe("the table of states", () => {
  it.each(cells)("$rule", ({ from, act, to, offered }) => {
    const before = states[from] ?? [];
    expect(statusAfter(before)).toBe(from);
    expect(statusAfter([...before, ...(acts[act] ?? [])])).toBe(to);
    expect(STATES.get(from)?.get(act)).toEqual({ to, offered });
  });

  it("has no other cells", () => {
    const told = cells.map(({ from, act }) => `${from}/${act}`);
    expect([...STATES].flatMap(([state, row]) => [...row.keys()].map((act) => `${state}/${act}`)).sort()).toEqual(told.sort());
  });
});
