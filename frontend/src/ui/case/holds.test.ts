import { describe, expect, it } from "vitest";
import { type Condition, evaluate, type Reader, type Reading } from "../../core/condition.ts";
import type { Item } from "../../core/release.ts";
import { consentsBehind } from "./holds.ts";

const confirmed = (key: string): Condition => ({ op: "consent", key, is: "confirmed" });
const is = (item: string, value: string): Condition => ({ op: "=", item, value });

/** What the hold waits for, where `computed` is asked, `valid` are confirmed, and a child disagrees to what `heard` names. */
function behind(when: Condition, computed: Condition, valid: readonly string[] = [], heard = "") {
  const item = { key: "asked", holds: [{ key: "lacking", when }], computed: { condition: computed } } as unknown as Item;
  const yes = (value: boolean | null): Reading[] => [{ kind: "value", value: value === true ? "yes" : "no" }];
  const reader = {
    readings: (key: string) => (key === "asked" ? yes(evaluate(computed, reader)) : [{ kind: "value", value: "general" }]),
    isNumber: () => false,
    consent: (key: string) => (valid.includes(key) ? "confirmed" : "draft"),
    heard: (key: string) => (key === heard ? ["disagrees"] : []),
  } as unknown as Reader;
  const moment = { judge: (condition: Condition) => evaluate(condition, reader), catalog: { items: new Map([["asked", item]]) } };
  return consentsBehind({ item, part: "" }, "lacking", moment as never);
}

describe("the consents that keep a hold up", () => {
  const both: Condition = { op: "and", of: [confirmed("procedure"), { op: "or", of: [is("anaesthesia", "local"), confirmed("anaesthesia")] }] };

  it("are those that are not there, by way of what is computed", () => {
    expect(behind(is("asked", "no"), both)).toEqual(["procedure", "anaesthesia"]);
    expect(behind(is("asked", "no"), both, ["procedure"])).toEqual(["anaesthesia"]);
    expect(behind(is("asked", "no"), both, ["anaesthesia"])).toEqual(["procedure"]);
    expect(behind(is("asked", "no"), both, ["anaesthesia", "procedure"])).toEqual([]);
  });

  it("are none of those that something else makes good", () => {
    const general: Condition = { op: "or", of: [is("anaesthesia", "general"), confirmed("anaesthesia")] };
    expect(behind(is("asked", "no"), { op: "and", of: [general, confirmed("procedure")] })).toEqual(["procedure"]);
  });

  it.each<{ said: string; when: Condition }>([
    { said: "itself", when: { op: "not", of: confirmed("procedure") } },
    { said: "as not yes", when: { op: "!=", item: "asked", value: "yes" } },
    { said: "as not the answer yes", when: { op: "not", of: is("asked", "yes") } },
  ])("may be named by the hold $said", ({ when }) => {
    expect(behind(when, confirmed("procedure"))).toEqual(["procedure"]);
  });

  it("are those that somebody disagrees to", () => {
    const when: Condition = { op: "heard", key: "procedure", who: "child", is: "disagrees" };
    expect(behind(when, both, [], "procedure")).toEqual(["procedure"]);
    expect(behind(when, both)).toEqual([]);
  });

  it("are none where the hold asks for none", () => {
    expect(behind(is("anaesthesia", "general"), both)).toEqual([]);
  });
});
