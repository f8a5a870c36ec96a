import { describe, expect, it } from "vitest";
import type { Method } from "../../core/release.ts";
import { Begun } from "../begun.ts";
import {
  basisAmong, chooseMethod, chooseRelation, decidedOn, decisionPaper, heardOn, hearingPaper, lackOf, needsOf, openDecision, putAsideWritten, staffLackOf, tellingPaper,
  whenLack, whenOf,
} from "./papers.ts";

const PLAIN = { title: { en: "" }, suffices: true, drawn: false, witness: false, photograph: false, elsewhere: false };
const IN_PERSON: Method = { ...PLAIN, key: "in-person", drawn: true };
const TELEPHONE: Method = { ...PLAIN, key: "telephone", witness: true };
const ELSEWHERE: Method = { ...PLAIN, key: "elsewhere", elsewhere: true };
const PAPER: Method = { ...ELSEWHERE, key: "paper", photograph: true };
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
      expect(needsOf(method, paper.chosen)).toEqual({ ...needs, photograph: "none", elsewhere: method.elsewhere });
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

it("keeps the basis while it is offered, and chooses none where there is a choice", () => {
  const offered = (...keys: string[]) => keys.map((key) => ({ key }));
  expect(basisAmong(offered("both", "sole"), "sole")).toBe("sole");
  expect(basisAmong(offered("both", "sole"), "own")).toBeNull();
  expect(basisAmong(offered("both", "sole"), null)).toBeNull();
  expect(basisAmong(offered("both"), null)).toBe("both");
  expect(basisAmong(offered("both"), "sole")).toBe("both");
  expect(basisAmong([], "sole")).toBeNull();
});

describe("what staff have still to say", () => {
  it("of what was signed elsewhere: where, who saw it, and when, which is not to come", () => {
    const paper = filled(ELSEWHERE);
    const { told, chosen } = paper;
    const lack = () => staffLackOf(paper, needsOf(ELSEWHERE, chosen), NOON);
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
    const paper = filled(TELEPHONE);
    const { told, chosen } = paper;
    expect(staffLackOf(paper, needsOf(TELEPHONE, chosen), NOON)).toBe("witness");
    told.witness = "  ";
    expect(staffLackOf(paper, needsOf(TELEPHONE, chosen), NOON)).toBe("witness");
    expect(staffLackOf(paper, needsOf(TELEPHONE, { ...chosen, decision: "refused" }), NOON)).toBeNull();
  });

  it("how they know who it is", () => {
    const paper = filled(IN_PERSON);
    paper.told.checked = null;
    expect(staffLackOf(paper, needsOf(IN_PERSON, paper.chosen), NOON)).toBe("checked");
  });

  it("of a paper first of all its photograph, where somebody agreed", () => {
    const paper = filled(PAPER);
    expect(staffLackOf(paper, needsOf(PAPER, paper.chosen), NOON)).toBe("photograph");
    paper.photograph = { digest: "a".repeat(64), bytes: new Uint8Array(3) };
    expect(staffLackOf(paper, needsOf(PAPER, paper.chosen), NOON)).toBe("where");
    paper.photograph = null;
    paper.choose({ decision: "refused" });
    expect(staffLackOf(paper, needsOf(PAPER, paper.chosen), NOON)).toBe("where");
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
    paper.photograph = { digest: "a".repeat(64), bytes: new Uint8Array(3) };
    chooseMethod(paper, IN_PERSON);
    paper.draw([[0, 0, 0, 300, 0, 10]], { kind: {}, view: {}, decided: [] } as never, NOON);
    expect(decidedOn(paper, needsOf(IN_PERSON, paper.chosen))).toMatchObject({
      method: "in-person", photograph: null, where: null, seenBy: null, witness: null, reason: null, decided_ms: null, lines: [[0, 0, 0, 300, 0, 10]],
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

it.each([
  { date: "0026-11-29", lack: "dated" },
  { date: "1926-11-29", lack: "dated" },
  { date: "", lack: "dated" },
  { date: "2026-11-30", lack: "future" },
  { date: "2026-11-28", lack: null },
])("$date lacks $lack", ({ date, lack }) => {
  expect(whenLack({ date, time: "12:00" }, NOON)).toBe(lack);
});

describe("a paper that is opened", () => {
  const kind = { key: "procedure", methods: [IN_PERSON] } as never;
  const opened = (begun: Begun) => begun.decisions.get("procedure");

  it("for a no has no yes on it that somebody had begun", () => {
    const begun = new Begun();
    openDecision(begun, kind, "en", null);
    const paper = opened(begun);
    paper?.choose({ decision: "granted" });
    if (paper !== undefined) paper.name = "Kari Solberg";
    paper?.draw([[0, 0, 0, 300, 0, 10]], {} as never, NOON);
    openDecision(begun, kind, "en", "refused");
    expect(opened(begun)).toMatchObject({ chosen: { decision: "refused" }, lines: [], taken: true });
  });

  it("to decide has no no on it from a slip of the finger", () => {
    const begun = new Begun();
    openDecision(begun, kind, "en", "refused");
    openDecision(begun, kind, "en", null);
    expect(opened(begun)?.chosen.decision).toBeNull();
  });

  it("for another person says nothing of what staff said of the first", () => {
    const paper = filled(PAPER);
    Object.assign(paper.told, { witness: "Anders Berg", where: "The clinic", seenBy: "Nora Lie", interpreter: "video" });
    paper.photograph = { digest: "a".repeat(64), bytes: new Uint8Array(3) };
    chooseRelation(paper, "parent-1");
    expect(paper.told.checked).toBe("known");
    chooseRelation(paper, "parent-2");
    expect(paper).toMatchObject({ name: "", photograph: null, chosen: { relation: "parent-2", basis: null, method: "paper" } });
    expect(paper.told).toMatchObject({ checked: null, witness: "", where: "", seenBy: "", interpreter: "video" });
  });

  it("lies open again after the browser's end, unless it was written before", () => {
    const begun = new Begun();
    const shown = { kind: { key: "procedure" }, informed: ["a"], heard: [] } as never;
    const [telling, hearing] = [tellingPaper("en"), hearingPaper("child")];
    telling.over = shown;
    hearing.over = shown;
    begun.tellings.set("procedure", telling);
    begun.hearings.set("procedure/child", hearing);
    const consents = (informed: string[]) => ({ procedure: { informed: informed.map((digest) => ({ digest })), heard: [] } }) as never;
    putAsideWritten(begun, consents(["a"]));
    expect([telling.open, hearing.open]).toEqual([true, true]);
    putAsideWritten(begun, consents(["a", "b"]));
    expect([telling.open, hearing.open]).toEqual([false, true]);
  });
});
