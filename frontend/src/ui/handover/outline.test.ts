import { expect, it } from "vitest";
import { Case } from "../../testing/case.ts";
import { release, type Shorthand, vectors } from "../../testing/vectors.ts";
import { outlineOf } from "./outline.ts";

function told(name: string, ...entries: Shorthand[]) {
  const held = new Case(release(name), [...(vectors("base") as Shorthand[]), ...entries]);
  const { held: open, cleared, left, signed } = outlineOf(held.release, held.view);
  return {
    held: open.map(({ view, hold }) => [view.key, hold.key]),
    cleared: cleared.map(({ view, hold }) => [view.key, hold.key, hold.cleared]),
    left: left.map(({ phase, missing, unsigned }) => [phase.key, missing.map(({ key }) => key), unsigned.map(({ meaning }) => meaning)]),
    signed: signed.map(({ phase }) => phase.key),
  };
}

it("tells what is missing in each phase that is not signed, and who has to sign", () => {
  const before = told("day");
  expect(before.signed).toEqual([]);
  expect(before.left[0]).toEqual(["plan", ["side", "way"], ["performed"]]);
});

it("tells a signed phase as done", () => {
  const plan: Shorthand[] = [
    ["a1", "answer.given", { item: "side", value: "left" }],
    ["a2", "answer.given", { item: "way", value: "local" }],
    ["c1", "phase.signed", { phase: "plan", covers: ["02", "04", "a1", "a2"] }, { by: "clinician" }],
  ];
  const after = told("day", ...plan);
  expect(after.signed).toEqual(["plan"]);
  expect(after.left.map(([key]) => key)).not.toContain("plan");
});

it("tells an open stop as held, and one that was overridden with what has cleared it", () => {
  const high: Shorthand[] = [
    ["a1", "answer.given", { item: "warfarin", value: "yes" }],
    ["a2", "answer.given", { item: "inr", value: "3.4" }],
  ];
  expect(told("inr", ...high).held).toContainEqual(["inr", "high"]);
  const over: Shorthand = ["e1", "hold.overridden", { item: "inr", hold: "high", covers: ["a1", "a2"] }, { by: "clinician", private: ["e9", { reason: "agreed" }] }];
  const cleared = told("inr", ...high, over);
  expect(cleared.held).not.toContainEqual(["inr", "high"]);
  expect(cleared.cleared).toContainEqual(["inr", "high", "overridden"]);
});
