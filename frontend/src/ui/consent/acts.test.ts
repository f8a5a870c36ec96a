import { describe, expect, it } from "vitest";
import type { Shorthand } from "../../testing/vectors.ts";
import { digest, release, vectors } from "../../testing/vectors.ts";
import { Case } from "../../testing/case.ts";
import type { Signing } from "../case/case.svelte.ts";
import { confirm, decide, type Decided, firstLanguage, hear, inform, shownConsent, waysToSay, withdraw } from "./acts.ts";

const BY = {} as Signing;
const TOLD = { language: "en", given_ms: 5, by: null, risks: [], questions: " Will it hurt? ", copy: "taken", interpreter: null };
const BACK = { relation: "parent-1", method: "spoken", tissue: null, name: null, reason: "They said no" };
const LINES = [[100, 500, 0, 400, -300, 80]];
const SIDE: Shorthand = ["a1", "answer.given", { item: "side", value: "left" }];

function opened(...more: Shorthand[]): Case {
  return new Case(release("consent"), [...(vectors("base") as Shorthand[]), SIDE, ...more]);
}

function shownIn(held: Case) {
  const kind = held.release.document.consents[0];
  const view = held.view.consents[0];
  if (kind === undefined || view === undefined) throw new Error("no consent");
  return shownConsent(held, kind, view);
}

function signer(relation: string, decision: Decided["decision"] = "granted"): Decided {
  const nothing = { decided_ms: null, photograph: null, checkedHow: null, interpreter: null, witness: null, where: null, seenBy: null, reason: null };
  return { language: "en", relation, basis: "law", method: "in-person", name: " Kari  ", decision, lines: LINES, checked: "known", ...nothing };
}

const statusOf = (held: Case) => shownIn(held).view.status;

async function granted(): Promise<Case> {
  const held = opened();
  await decide(held, shownIn(held), signer("parent-1"), BY);
  await decide(held, shownIn(held), signer("parent-2"), BY);
  return held;
}

describe("a consent", () => {
  it("is informed, signed by each, confirmed", async () => {
    const held = opened();
    await inform(held, shownIn(held), TOLD, BY);
    expect(statusOf(held)).toBe("informed");
    await decide(held, shownIn(held), signer("parent-1"), BY);
    expect(statusOf(held)).toBe("partly-signed");
    await decide(held, shownIn(held), signer("parent-2"), BY);
    expect(statusOf(held)).toBe("valid");
    await confirm(held, shownIn(held), { relation: "parent-1", changes: null }, BY);
    expect(statusOf(held)).toBe("confirmed");
    expect(held.drafts.map((draft) => draft.body["text"])).toEqual([...Array<unknown>(3).fill(shownIn(held).kind.text["en"]?.digest), undefined]);
    expect(held.drafts[1]?.private).toMatchObject({ name: "Kari", strokes: LINES, witness: null });
  });

  it("of one who changes their mind is the later one's", async () => {
    const held = await granted();
    await decide(held, shownIn(held), signer("parent-2", "refused"), BY);
    expect(statusOf(held)).toBe("refused");
    await decide(held, shownIn(held), signer("parent-2"), BY);
    expect(statusOf(held)).toBe("valid");
  });

  it("is not signed over what has changed since it was shown", async () => {
    const held = opened();
    const shown = shownIn(held);
    held.meanwhile = [["a2", "answer.given", { item: "side", value: "right", replaces: ["a1"] }]];
    expect(await decide(held, shown, signer("parent-1"), BY)).toBe(false);
    expect(held.drafts).toEqual([]);
  });

  it("is not signed on a basis that may have fallen away since", async () => {
    const held = opened();
    const shown = shownIn(held);
    expect(await decide(held, { ...shown, view: { ...shown.view, bases: { "parent-1": ["court"] } } }, signer("parent-1"), BY)).toBe(false);
    expect(await decide(held, shown, signer("parent-1"), BY)).toBe(true);
  });

  it("that was drawn before a withdrawal came in does not undo it", async () => {
    const held = await granted();
    // A drawing waits for the PIN; elsewhere somebody withdraws, and this tablet pulls.
    const shown = shownIn(held);
    held.add(["c1", "consent.withdrawn", { consent: "main", covers: ["04", "a1"] }]);
    expect(statusOf(held)).toBe("withdrawn");
    expect(await decide(held, shown, signer("parent-2"), BY)).toBe(false);
    expect(await confirm(held, shown, { relation: "parent-1", changes: null }, BY)).toBe(false);
    expect(statusOf(held)).toBe("withdrawn");
  });

  it("that somebody refused meanwhile is not granted in their place unseen", async () => {
    const held = opened();
    const shown = shownIn(held);
    held.add(["c1", "consent.decided", { consent: "main", relation: "parent-1", decision: "refused", covers: ["04", "a1"] }]);
    expect(await decide(held, shown, signer("parent-1"), BY)).toBe(false);
    expect(statusOf(held)).toBe("refused");
  });

  it("has a view replaced only by who has seen it", async () => {
    const held = opened();
    const agrees = { who: "child", view: "agrees", informed: true, name: null, words: null, lines: [] } as const;
    const shown = shownIn(held);
    held.add(["c1", "consent.heard", { consent: "main", who: "child", view: "disagrees", covers: ["04", "a1"] }]);
    expect(await hear(held, shown, agrees, BY)).toBe(false);
    expect(await hear(held, shownIn(held), agrees, BY)).toBe(true);
    expect(held.drafts.at(-1)?.body["after"]).toEqual([digest("c1")]);
  });

  it("is shown first in the language of the last telling", () => {
    const held = opened();
    const told = (id: string, language: string, at_min: number): Shorthand => [id, "consent.informed", { consent: "main", language }, { at_min }];
    const { kind } = shownIn(held);
    expect(firstLanguage(held, kind, "en")).toBe("en");
    held.add(told("c2", "en", 1), told("c1", "nb", 2));
    expect(firstLanguage(held, kind, "en")).toBe("nb");
  });

  it("is withdrawn even if it has changed since the dialog was opened", async () => {
    const held = await granted();
    const shown = shownIn(held);
    held.add(["c1", "answer.given", { item: "side", value: "right", replaces: ["a1"] }]);
    expect(await withdraw(held, shown, BACK, BY)).toBe(true);
    expect(statusOf(held)).toBe("withdrawn");
  });

  it("that was withdrawn stays so, also for what was signed elsewhere and comes in later", async () => {
    const held = await granted();
    held.meanwhile = [["b1", "consent.decided", { consent: "main", relation: "self", covers: ["04", "a1"] }]];
    expect(await withdraw(held, shownIn(held), BACK, BY)).toBe(true);
    expect(statusOf(held)).toBe("withdrawn");
    held.meanwhile = [["b2", "consent.decided", { consent: "main", relation: "parent-1", covers: ["04", "a1"] }]];
    await inform(held, shownIn(held), TOLD, BY);
    expect(statusOf(held)).toBe("withdrawn");
  });

  it("can be given anew after a withdrawal, by a decision that names it", async () => {
    const held = await granted();
    await withdraw(held, shownIn(held), BACK, BY);
    await decide(held, shownIn(held), signer("parent-1"), BY);
    await decide(held, shownIn(held), signer("parent-2"), BY);
    expect(statusOf(held)).toBe("valid");
    expect(held.drafts.at(-1)?.body["after"]).toEqual([digest("fe02"), digest("fe03")]);
  });

  it("is said to be withdrawn in a way of its form, drawn ones only where it has no others", () => {
    const way = { key: "way", title: {}, suffices: true, witness: false, photograph: false, elsewhere: false };
    const [drawn, spoken] = [{ ...way, drawn: true }, { ...way, drawn: false }];
    expect(waysToSay({ methods: [drawn, spoken] })).toEqual([spoken]);
    expect(waysToSay({ methods: [drawn] })).toEqual([drawn]);
  });
});
