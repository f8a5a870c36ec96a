import { describe, expect, it } from "vitest";
import type { Method } from "../../core/release.ts";
import { chooseMethod, decidedOn, decisionPaper, heardOn, hearingPaper, lackOf, needsOf, staffLackOf, whenOf } from "./papers.ts";

const PLAIN = { title: { en: "" }, suffices: true, drawn: false, witness: false, photograph: false, elsewhere: false };
const IN_PERSON: Method = { ...PLAIN, key: "in-person", drawn: true };
const TELEPHONE: Method = { ...PLAIN, key: "telephone", witness: true };
const ELSEWHERE: Method = { ...PLAIN, key: "elsewhere", elsewhere: true };
const NOON = new Date("2026-11-29T12:00").getTime();

function filled(method: Method, decision: "granted" | "refused" = "granted") {
  const paper = decisionPaper({ methods: [IN_PERSON, TELEPHONE, ELSEWHERE] }, "en");
  chooseMethod(paper, method);
  paper.choose({ relation: "parent-1", basis: "both", decision });
  paper.name = "Kari Solberg";
  paper.told.checked = "known";
  return paper;
}

describe("what a way of deciding asks for", () => {
  it.each([
    { method: IN_PERSON, undrawn: false, granted: { drawing: "needed", witness: "none" }, refused: { drawing: "optional", witness: "none" } },
    { method: IN_PERSON, undrawn: true, granted: { drawing: "none", witness: "needed" }, refused: { drawing: "none", witness: "optional" } },
    { method: TELEPHONE, undrawn: false, granted: { drawing: "none", witness: "needed" }, refused: { drawing: "none", witness: "optional" } },
    { method: ELSEWHERE, undrawn: false, granted: { drawing: "none", witness: "none" }, refused: { drawing: "none", witness: "none" } },
  ])("$method.key, undrawn: $undrawn", ({ method, undrawn, granted, refused }) => {
    for (const [decision, needs] of [["granted", granted], ["refused", refused]] as const) {
      const paper = filled(method, decision);
      paper.choose({ undrawn });
      expect(needsOf(method, paper.chosen)).toEqual({ ...needs, elsewhere: method.elsewhere });
    }
  });
});

it("asks for one thing after the other", () => {
  const paper = decisionPaper({ methods: [TELEPHONE] }, "en");
  const asked = [];
  for (const chosen of [{ relation: "self" }, { basis: "own" }, { method: "telephone" }, { decision: "granted" } as const, {}]) {
    asked.push(lackOf(paper.chosen));
    paper.choose(chosen);
  }
  expect(asked).toEqual(["relation", "basis", "method", "decision", null]);
});

describe("what staff have still to say", () => {
  it("of what was signed elsewhere: where, who saw it, and when, which is not to come", () => {
    const { told, chosen } = filled(ELSEWHERE);
    const lack = () => staffLackOf(told, needsOf(ELSEWHERE, chosen), NOON);
    expect(lack()).toBe("where");
    told.where = "The outpatient clinic";
    expect(lack()).toBe("seenBy");
    told.seenBy = "Nora Lie";
    expect(lack()).toBe("dated");
    told.when = { date: "2026-11-29", time: "12:01" };
    expect(lack()).toBe("future");
    told.when = { date: "2026-11-28", time: "09:30" };
    expect(lack()).toBeNull();
  });

  it("by telephone: who was the witness; not where somebody says no", () => {
    const { told, chosen } = filled(TELEPHONE);
    expect(staffLackOf(told, needsOf(TELEPHONE, chosen), NOON)).toBe("witness");
    told.witness = "  ";
    expect(staffLackOf(told, needsOf(TELEPHONE, chosen), NOON)).toBe("witness");
    expect(staffLackOf(told, needsOf(TELEPHONE, { ...chosen, decision: "refused" }), NOON)).toBeNull();
  });

  it("how they know who it is", () => {
    const { told, chosen } = filled(IN_PERSON);
    told.checked = null;
    expect(staffLackOf(told, needsOf(IN_PERSON, chosen), NOON)).toBe("checked");
  });
});

describe("what is written", () => {
  it("is nothing while something lacks", () => {
    const paper = filled(IN_PERSON);
    paper.choose({ basis: null });
    expect(decidedOn(paper, needsOf(IN_PERSON, paper.chosen))).toBeNull();
  });

  it("leaves out what was filled in for another way", () => {
    const paper = filled(ELSEWHERE);
    Object.assign(paper.told, { where: "The clinic", seenBy: "Nora Lie", witness: "Anders Berg", reason: "Later a no", when: { date: "2026-11-28", time: "09:30" } });
    chooseMethod(paper, IN_PERSON);
    paper.draw([[0, 0, 0, 300, 0, 10]], { kind: {}, view: {}, decided: [] } as never);
    expect(decidedOn(paper, needsOf(IN_PERSON, paper.chosen))).toMatchObject({
      method: "in-person", where: null, seenBy: null, witness: null, reason: null, decided_ms: null, lines: [[0, 0, 0, 300, 0, 10]],
    });
  });

  it("has a time that lies back, and an interpreter", () => {
    const paper = filled(TELEPHONE);
    Object.assign(paper.told, { witness: "Anders Berg", interpreter: "telephone", interpreterName: "Tolk 4711", when: { date: "2026-11-29", time: "11:15" } });
    expect(decidedOn(paper, needsOf(TELEPHONE, paper.chosen))).toMatchObject({
      decided_ms: NOON - 45 * 60_000, witness: "Anders Berg", interpreter: { mode: "telephone", name: "Tolk 4711" }, lines: [],
    });
  });

  it("is a view once it is said and whether they were informed", () => {
    const paper = hearingPaper("child");
    paper.choose({ informed: true });
    expect(heardOn(paper)).toBeNull();
    paper.choose({ view: "disagrees" });
    expect(heardOn(paper)).toMatchObject({ who: "child", view: "disagrees", informed: true, lines: [] });
  });
});

it("reads a day and a time", () => {
  expect(whenOf(null)).toBeNull();
  expect(whenOf({ date: "", time: "12:00" })).toBeNaN();
  expect(whenOf({ date: "2026-11-29", time: "12:00" })).toBe(NOON);
});
