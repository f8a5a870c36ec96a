import { describe, expect, it } from "vitest";
import { fold } from "../core/fold.ts";
import { CERTIFICATES, expand, NOON_MS, release, type Shorthand } from "../testing/vectors.ts";
import { type CaseLine, lineOf } from "./summary.ts";

const DAY = release("day");
const OPENED: Shorthand[] = [
  ["01", "case.opened", {}],
  ["02", "subject.given", {}],
  ["04", "case.planned", { start_ms: NOON_MS }],
];
const SIGNED: Shorthand[] = [
  ["a1", "answer.given", { item: "side", value: "left" }],
  ["a2", "answer.given", { item: "way", value: "local" }],
  ["a3", "answer.given", { item: "identity", value: "yes" }],
  ["a4", "answer.given", { item: "marked", part: "left", value: "yes" }],
  ["c1", "phase.signed", { phase: "plan", covers: ["02", "04", "a1", "a2"] }, { by: "clinician" }],
  ["c2", "phase.signed", { phase: "sign-in", covers: ["02", "04", "a1", "a2", "a3", "a4"] }, { by: "nurse" }],
];
const POSTPONED: Shorthand[] = [["e1", "case.postponed", { reopens: ["04", "a3", "a4"] }, { at_min: 10 }]];

function line(entries: readonly Shorthand[], of: typeof DAY | null = DAY): CaseLine {
  const written = expand([...OPENED, ...entries], DAY);
  return lineOf("c", { written, state: fold(written), release: of, certificates: CERTIFICATES });
}

describe("a line of the ward list says", () => {
  it("how far the case has come, and nothing while its release is not here", () => {
    expect(line([])).toMatchObject({ status: "preparation", title: DAY.document.title, postponed: false, start_ms: NOON_MS, closed_ms: null });
    expect(line(SIGNED)).toMatchObject({ status: "in-progress" });
    expect(line(SIGNED, null)).toMatchObject({ status: null, title: null, postponed: false });
  });

  it("that it was put off, until it is planned anew", () => {
    expect(line([...SIGNED, ...POSTPONED])).toMatchObject({ status: "preparation", postponed: true, start_ms: null });
    const again: Shorthand = ["05", "case.planned", { start_ms: NOON_MS + 1, replaces: ["04"] }, { at_min: 11 }];
    expect(line([...POSTPONED, again])).toMatchObject({ postponed: false, start_ms: NOON_MS + 1 });
  });

  it("nothing of a postponement that does not count", () => {
    expect(line([...POSTPONED, ["f1", "entry.quarantined", { target: "e1" }]]).postponed).toBe(false);
    expect(line([...POSTPONED, ["f1", "entry.voided", { target: "e1" }]]).postponed).toBe(false);
    // The new plan does not count either: the case stands put off.
    const again: Shorthand = ["05", "case.planned", { start_ms: NOON_MS + 1, replaces: ["04"] }];
    expect(line([...POSTPONED, again, ["f1", "entry.quarantined", { target: "05" }]]).postponed).toBe(true);
  });

  it("who answers for it: nobody at first, then who took it over last, or all who did without knowing of each other", () => {
    expect(line([]).keepers).toEqual([]);
    const first: Shorthand = ["d1", "case.taken", {}, { by: "nurse" }];
    const next: Shorthand = ["d2", "case.taken", { replaces: ["d1"] }, { by: "second-nurse" }];
    expect(line([first, next]).keepers).toEqual([CERTIFICATES["second-nurse"]?.name]);
    expect(line([first, ["d3", "case.taken", {}, { by: "stranger" }]]).keepers).toEqual([CERTIFICATES["nurse"]?.name, "?"]);
  });

  it("when the next repeated check is due", () => {
    const parts = release("parts");
    const at = (entries: readonly Shorthand[]) => {
      const written = expand([...OPENED, ...entries], parts);
      return lineOf("c", { written, state: fold(written), release: parts, certificates: CERTIFICATES }).due_ms;
    };
    const given: Shorthand = ["a1", "answer.given", { item: "given", value: NOON_MS }];
    expect(at([])).toBeNull();
    expect(at([given])).toBe(NOON_MS + 15 * 60_000);
    expect(at([given, ["a2", "answer.given", { item: "pain", part: "15", value: "2" }]])).toBe(NOON_MS + 60 * 60_000);
  });

  it("when it was closed, by the server's clock: of closings that agree the first, of a corrected one the last", () => {
    const closed = (name: string, at_min: number, replaces: string[] = []): Shorthand =>
      [name, "case.closed", { outcome: "stopped", replaces }, { at_min, offset_ms: 1_000 }];
    const at = (at_min: number) => NOON_MS + at_min * 60_000 + 1_000;
    expect(line([closed("d1", 30)])).toMatchObject({ status: "stopped", outcome: "stopped", closed_ms: at(30) });
    expect(line([closed("d1", 30), closed("d2", 20)]).closed_ms).toBe(at(20));
    expect(line([closed("d1", 30), closed("d2", 90, ["d1"])]).closed_ms).toBe(at(90));
    expect(line([...POSTPONED, closed("d1", 30)])).toMatchObject({ status: "stopped", postponed: false });
  });
});
