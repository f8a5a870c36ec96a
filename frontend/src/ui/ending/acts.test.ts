import { describe, expect, it } from "vitest";
import { Case } from "../../testing/case.ts";
import { digest, NOON_MS, release, type Shorthand, vectors } from "../../testing/vectors.ts";
import type { Signing } from "../case/case.svelte.ts";
import { end, plan, plannedIn, postpone } from "./acts.ts";

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
    await plan(held, plannedIn(held.state), NOON_MS + 5);
    expect(held.state.registers["planned"]).toMatchObject({ settled: true, value: NOON_MS + 5, reopened: [] });
  });

  it("leaves a time that came in while one was chosen beside the new one", async () => {
    const held = opened();
    const shown = plannedIn(held.state);
    held.add(["c1", "case.planned", { start_ms: NOON_MS + 60_000, replaces: ["04"] }]);
    await plan(held, shown, NOON_MS + 5);
    expect(held.state.registers["planned"]).toMatchObject({ settled: false });
    expect(held.state.registers["planned"]?.heads).toHaveLength(2);
  });
});

describe("ending", () => {
  it("covers the case as it stands and gives its outcome, with the reason in private", async () => {
    const held = opened();
    expect(await end(held, held.view.closing, { outcome: "stopped", reason: " Bleeding " }, BY)).toBe(true);
    expect(held.view).toMatchObject({ status: "stopped", outcome: "stopped" });
    expect(held.drafts[0]).toMatchObject({ body: { covers: held.view.closing.covers, replaces: [] }, private: { reason: "Bleeding" } });
    expect(held.view.flags).not.toContain("changed-after-closing");
  });

  it("as done is refused while a phase is unsigned", async () => {
    const held = opened();
    expect(await end(held, held.view.closing, { outcome: "done", reason: null }, BY)).toBe(false);
    expect(await end(held, held.view.closing, { outcome: "exception", reason: "Urgent" }, BY)).toBe(true);
  });

  it("is not written over what has changed since it was seen", async () => {
    const held = opened();
    const shown = held.view.closing;
    held.add(["a3", "answer.given", { item: "side", value: "right", replaces: ["a1"] }]);
    expect(await end(held, shown, { outcome: "not-done", reason: "Cancelled" }, BY)).toBe(false);
  });

  it("can be mended: the later ending replaces the earlier one", async () => {
    const held = opened();
    await end(held, held.view.closing, { outcome: "not-done", reason: "Cancelled" }, BY);
    await end(held, held.view.closing, { outcome: "entered-in-error", reason: "Wrong child" }, BY);
    expect(held.view.status).toBe("entered-in-error");
    expect(held.state.registers["closing"]?.settled).toBe(true);
  });
});
