import { describe, expect, it } from "vitest";
import { Case } from "../../testing/case.ts";
import { digest, NOON_MS, release, type Shorthand, vectors } from "../../testing/vectors.ts";
import type { Signing } from "../case/case.svelte.ts";
import { end, plan, postpone } from "./acts.ts";

const BY = {} as Signing;
const ANSWERS: Shorthand[] = [
  ["a1", "answer.given", { item: "side", value: "left" }],
  ["a2", "answer.given", { item: "identity", value: "yes" }],
];

function opened(...more: Shorthand[]): Case {
  return new Case(release("day"), [...(vectors("base") as Shorthand[]), ...ANSWERS, ...more]);
}

function answer(held: Case, item: string) {
  return held.view.phases.flatMap(({ items }) => items).find(({ key }) => key === item);
}

describe("postponing", () => {
  it("asks again for what belongs to the day and for the time, and for nothing else", async () => {
    const held = opened();
    await postpone(held, " Fever ", null);
    expect(held.drafts).toEqual([{ type: "case.postponed", body: { reopens: [digest("04"), digest("a2")] }, private: { reason: "Fever" } }]);
    expect(held.view.start_ms).toBeNull();
    expect(answer(held, "identity")).toMatchObject({ state: "unanswered", reopened: [digest("a2")] });
    expect(answer(held, "side")).toMatchObject({ state: "answered" });
  });

  it("can name the new time at once", async () => {
    const held = opened();
    await postpone(held, "Fever", NOON_MS + 86_400_000);
    expect(held.view.start_ms).toBe(NOON_MS + 86_400_000);
  });

  it("takes back confirmations of consents, and the case is in preparation again", async () => {
    const consent = new Case(release("consent"), [
      ...(vectors("base") as Shorthand[]),
      ["a1", "answer.given", { item: "side", value: "left" }],
      ["b1", "consent.decided", { consent: "main", relation: "parent-1", covers: ["04", "a1"] }],
      ["b2", "consent.decided", { consent: "main", relation: "parent-2", covers: ["04", "a1"] }],
      ["b3", "consent.confirmed", { consent: "main", covers: ["04", "a1"] }],
    ]);
    expect(consent.view.consents[0]?.status).toBe("confirmed");
    await postpone(consent, "Fever", NOON_MS + 86_400_000);
    expect(consent.view.consents[0]?.status).toBe("needs-reconfirmation");
    expect(consent.drafts[0]?.body["reopens"]).toContain(digest("b3"));
  });

  it("lets the time be planned again", async () => {
    const held = opened();
    await postpone(held, "Fever", null);
    await plan(held, NOON_MS + 5);
    expect(held.state.registers["planned"]).toMatchObject({ settled: true, value: NOON_MS + 5, reopened: [] });
  });
});

describe("ending", () => {
  it("covers the case as it stands and gives its outcome, with the reason in private", async () => {
    const held = opened();
    expect(await end(held, "stopped", " Bleeding ", BY)).toBe(true);
    expect(held.view).toMatchObject({ status: "stopped", outcome: "stopped" });
    expect(held.drafts[0]).toMatchObject({ body: { covers: held.view.closing.covers, replaces: [] }, private: { reason: "Bleeding" } });
    expect(held.view.flags).not.toContain("changed-after-closing");
  });

  it("as done is refused while a phase is unsigned", async () => {
    const held = opened();
    expect(await end(held, "done", null, BY)).toBe(false);
    expect(await end(held, "exception", "Urgent", BY)).toBe(true);
  });

  it("is not written over what has changed since it was seen", async () => {
    const held = opened();
    held.meanwhile = [["a3", "answer.given", { item: "side", value: "right", replaces: ["a1"] }]];
    expect(await end(held, "not-done", "Cancelled", BY)).toBe(false);
  });

  it("can be mended: the later ending replaces the earlier one", async () => {
    const held = opened();
    await end(held, "not-done", "Cancelled", BY);
    await end(held, "entered-in-error", "Wrong child", BY);
    expect(held.view.status).toBe("entered-in-error");
    expect(held.state.registers["closing"]?.settled).toBe(true);
  });
});
