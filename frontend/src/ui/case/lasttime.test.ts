import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/canonical.ts";
import { fold } from "../../core/fold.ts";
import { readiness } from "../../core/readiness.ts";
import type { Item, Release } from "../../core/release.ts";
import { patientIn } from "../../store/summary.ts";
import { CERTIFICATES, expand, NOON_MS, release, type Shorthand } from "../../testing/vectors.ts";
import { lastAnswers, type LastCase } from "./lasttime.ts";

const EVERYTHING = release("everything");
const EMMA = { identifier: "010119 12345", name: "Emma", birth_date: "2019-01-01", sex: "female" };
const OPENED: Shorthand[] = [
  ["01", "case.opened", { protocol: "everything" }],
  ["02", "subject.given", { birth_year: 2019 }, { private: ["0202", EMMA] }],
];
const answer = (name: string, item: string, value: string | string[] | JsonObject): Shorthand => [name, "answer.given", { item, value }];

/** The release with other questions: what they are by key. */
function as(changes: Record<string, Partial<Item>>): Release {
  const { document } = EVERYTHING;
  const phases = document.phases.map((phase) => ({ ...phase, items: phase.items.map((item) => ({ ...item, stable: false, ...changes[item.key] })) }));
  return { ...EVERYTHING, document: { ...document, phases } };
}

const stable = { stable: true };
const NOW = as({ kind: stable, side: stable, way: stable, why: stable });

function last(entries: readonly Shorthand[], of: Release = EVERYTHING): LastCase {
  const state = fold(expand([...OPENED, ...entries], of));
  return { release: of, state, view: readiness(of, CERTIFICATES, state, NOON_MS, 60), patient: patientIn(state) };
}

function suggested(entries: readonly Shorthand[], now: Release = NOW): unknown[] {
  return [...lastAnswers(now, EMMA, last(entries))].map(([place, { value, text }]) => [place, text ?? value]);
}

const KIND = answer("a1", "kind", ["x"]);
const LOCAL = answer("a2", "way", "local");
const WHY: Shorthand = ["a3", "answer.given", { item: "why", value: null }, { private: ["b3", { text: "Wish of the mother", reason: null }] }];

describe("of an earlier case is suggested", () => {
  it("what the protocol of now calls stable, whatever it called so then", () => {
    expect(suggested([KIND, LOCAL, WHY])).toEqual([["kind/", ["x"]], ["way/", "local"], ["why/", "Wish of the mother"]]);
    expect(suggested([KIND, LOCAL], as({ way: stable }))).toEqual([["way/", "local"]]);
    expect(suggested([KIND, LOCAL], as({}))).toEqual([]);
  });

  it("nothing that was not obtained, disputed, voided, or is no longer asked", () => {
    expect(suggested([answer("a1", "kind", { absent: "unknown" })])).toEqual([]);
    expect(suggested([KIND, answer("a4", "kind", ["y"])])).toEqual([]);
    expect(suggested([KIND, ["f1", "entry.voided", { target: "a1" }]])).toEqual([]);
    expect(suggested([WHY, answer("a2", "way", "general")])).toEqual([["way/", "general"]]);
  });

  it("no text of which only the digest is known", () => {
    const left: Shorthand = ["a3", "answer.given", { item: "why", value: null }, { private: ["b3", null] }];
    expect(suggested([LOCAL, left])).toEqual([["way/", "local"]]);
  });

  it("nothing that cannot be chosen now", () => {
    const side = answer("a5", "side", "left");
    expect(suggested([side])).toEqual([["side/", "left"]]);
    expect(suggested([answer("a5", "side", "middle")])).toEqual([]);
    expect(suggested([side], as({ side: { ...stable, type: "yes-no" } }))).toEqual([]);
  });
});

describe("nothing is suggested", () => {
  it("to another patient", () => {
    for (const other of [{ ...EMMA, identifier: "010119 12346" }, { ...EMMA, birth_date: "2019-01-02" }, null]) {
      expect(lastAnswers(NOW, other, last([KIND])).size).toBe(0);
    }
    expect(lastAnswers(NOW, { ...EMMA, identifier: "01.01.19-12345", name: "Emma M." }, last([KIND])).size).toBe(1);
  });

  it("by another protocol, nor from a case that was entered in error", () => {
    const another = { ...NOW, document: { ...NOW.document, protocol: "another" } };
    expect(lastAnswers(another, EMMA, last([KIND])).size).toBe(0);
    const closed = (outcome: string): Shorthand => ["e1", "case.closed", { outcome, covers: [] }];
    expect(lastAnswers(NOW, EMMA, last([KIND, closed("not-done")])).size).toBe(1);
    expect(lastAnswers(NOW, EMMA, last([KIND, closed("entered-in-error")])).size).toBe(0);
  });

  it("while there is no earlier case, or its protocol is not here", () => {
    expect(lastAnswers(NOW, EMMA, null).size).toBe(0);
    expect(lastAnswers(NOW, EMMA, { ...last([KIND]), release: null, view: null }).size).toBe(0);
  });
});
