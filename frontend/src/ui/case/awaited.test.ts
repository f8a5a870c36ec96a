import { describe, expect, it } from "vitest";
import { Case } from "../../testing/case.ts";
import { release, type Shorthand, vectors } from "../../testing/vectors.ts";
import { awaitedIn } from "./awaited.ts";

function awaited(phaseKey: string, ...more: Shorthand[]) {
  const held = new Case(release("everything"), [...(vectors("base") as Shorthand[]), ...more]);
  const phase = held.release.document.phases.find(({ key }) => key === phaseKey);
  const view = held.view.phases.find(({ key }) => key === phaseKey);
  if (phase === undefined || view === undefined) throw new Error(phaseKey);
  const { count, on, onPatient } = awaitedIn(phase, view, held.release, held.view);
  return { count, on: on.map((place) => `${place.phase.key} ${place.item.key}`), onPatient };
}

describe("questions that are not there yet", () => {
  it("are told with the unanswered questions on which they depend", () => {
    expect(awaited("before")).toMatchObject({ on: ["before way", "before thinner"], onPatient: false });
  });

  it("wait no longer once those are answered", () => {
    const answered = awaited("before", ["a1", "answer.given", { item: "thinner", value: "no" }], ["a2", "answer.given", { item: "way", value: "local" }]);
    expect(answered).toEqual({ count: 0, on: [], onPatient: false });
  });

  it("depend on the patient only where sex or age is not known", () => {
    expect(awaited("day").onPatient).toBe(false);
    const unknown: Shorthand = ["a1", "subject.given", { sex: "unknown", birth_year: 2012, replaces: ["02"] }];
    expect(awaited("day", unknown).onPatient).toBe(true);
  });

  it("lead to an earlier phase where the answer is lacking there", () => {
    expect(awaited("day").on).toContain("before way");
  });
});
