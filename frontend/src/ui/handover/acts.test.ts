import { describe, expect, it } from "vitest";
import { Case } from "../../testing/case.ts";
import { digest, release, type Shorthand, vectors } from "../../testing/vectors.ts";
import type { Signing } from "../case/case.svelte.ts";
import { type ShownHandover, takenIn, takeOver } from "./acts.ts";

const BY = {} as Signing;
const SIDE: Shorthand = ["a1", "answer.given", { item: "side", value: "left" }];

function opened(...more: Shorthand[]): Case {
  return new Case(release("day"), [...(vectors("base") as Shorthand[]), SIDE, ...more]);
}

function shownOf(held: Case): ShownHandover {
  return { covers: held.view.closing.covers, taken: takenIn(held.state) };
}

describe("taking a case over", () => {
  it("covers all that there is, and follows who had it", async () => {
    const held = opened(["d1", "case.taken", {}, { by: "nurse" }]);
    expect(await takeOver(held, shownOf(held), BY)).toBe(true);
    expect(held.drafts).toMatchObject([{ type: "case.taken", body: { replaces: [digest("d1")] }, private: null }]);
    expect(held.drafts[0]?.body["covers"]).toContain(digest("a1"));
    expect(takenIn(held.state)).toHaveLength(1);
  });

  it("settles that two took it over without knowing of each other", async () => {
    const held = opened(["d1", "case.taken", {}, { by: "nurse" }], ["d2", "case.taken", {}, { by: "second-nurse" }]);
    expect(takenIn(held.state)).toEqual([digest("d1"), digest("d2")]);
    await takeOver(held, shownOf(held), BY);
    expect(takenIn(held.state)).toHaveLength(1);
  });

  it.each<[string, Shorthand]>([
    ["an answer", ["a2", "answer.given", { item: "side", value: "right", replaces: ["a1"] }]],
    ["another taking over", ["d1", "case.taken", {}, { by: "second-nurse" }]],
  ])("is not written over %s that nobody saw", async (_what, entry) => {
    const held = opened();
    const shown = shownOf(held);
    held.meanwhile = [entry];
    expect(await takeOver(held, shown, BY)).toBe(false);
    expect(held.drafts).toEqual([]);
  });
});
