import { expect, it } from "vitest";
import type { Decision } from "../../core/consents.ts";
import { namesakesOf, saidOf, unaskedRefusals } from "./rule.ts";

const decision = (digest: string, relation: string, more: Partial<Decision> = {}) =>
  ({ digest, relation, decision: "granted", at_ms: 20, decided_ms: null, defeated: false, superseded: false, ...more }) as Decision;

function said(...decided: Decision[]) {
  const model = {
    state: { consents: { procedure: { decided } } },
    consent: () => ({ uncounted: { unwitnessed: "witness" } }),
    privateOf: (digest: string) => (digest === "erased" ? {} : { name: `Printed for ${digest}` }),
  };
  return saidOf(model as never, "procedure");
}

it("tells of each who decided with their name, what they said, and when they decided", () => {
  expect(said(decision("a", "parent-1", { decided_ms: 10 }), decision("erased", "parent-2", { decision: "refused" }))).toEqual([
    { digest: "a", relation: "parent-1", decision: "granted", name: "Printed for a", at_ms: 10, counts: true },
    { digest: "erased", relation: "parent-2", decision: "refused", name: "", at_ms: 20, counts: true },
  ]);
});

it("leaves out what was withdrawn or replaced, and tells what counts for nothing", () => {
  const all = said(decision("a", "self", { defeated: true }), decision("b", "self", { superseded: true }), decision("unwitnessed", "self"));
  expect(all).toMatchObject([{ digest: "unwitnessed", counts: false }]);
});

it("tells of a no by who is not asked, too", () => {
  const no = { decision: "refused" } as const;
  const all = said(decision("a", "parent-1", no), decision("b", "guardian", no), decision("c", "self"));
  const rule = { signers: [{ relations: ["parent-1", "parent-2"], count: 2 }] } as never;
  expect(unaskedRefusals(rule, all).map(({ relation }) => relation)).toEqual(["guardian"]);
  expect(unaskedRefusals(null, all).map(({ relation }) => relation)).toEqual(["parent-1", "guardian"]);
});

it("knows one who has decided in another relation by their printed name", () => {
  const all = [{ relation: "parent-1", name: "Åse Lie" }, { relation: "self", name: "" }] as never;
  expect(namesakesOf("  A\u030aSE LIE ", "parent-2", all)).toEqual([{ relation: "parent-1", name: "Åse Lie" }]);
  // Who decides anew is no other person.
  expect(namesakesOf("Åse Lie", "parent-1", all)).toEqual([]);
  expect(namesakesOf("Åse Li", "parent-2", all)).toEqual([]);
  expect(namesakesOf(" ", "parent-2", all)).toEqual([]);
});
