import { describe, expect, it } from "vitest";
import { type CaseLine, LINE_FORM } from "../../store/summary.ts";
import { anotherOf, byDay, isListed, isSought, lastEndedOf, othersOf, twiceIn } from "./days.ts";

const NOON = new Date(2026, 10, 24, 12).getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EMPTY: CaseLine = {
  form: LINE_FORM, case: "c", protocol: "p", release: "r", title: null, patient: null, disputed: false, start_ms: null,
  status: "preparation", postponed: false, due_ms: null, keepers: [], outcome: null, closed_ms: null,
};

describe("a case is listed", () => {
  it("while it is open, however long ago it was planned for", () => {
    expect(isListed({ ...EMPTY, start_ms: NOON - 30 * DAY }, NOON)).toBe(true);
  });

  it("for three days after it was closed, however long that took or early it was", () => {
    const ended = { ...EMPTY, status: "stopped", outcome: "stopped" } as const;
    const slow = { ...ended, start_ms: NOON - 30 * DAY, closed_ms: NOON - 3 * DAY + 1 };
    expect([isListed(slow, NOON), isListed(slow, NOON + 1)]).toEqual([true, false]);
    const early = { ...ended, start_ms: NOON + 30 * DAY, closed_ms: NOON - 4 * DAY };
    expect(isListed(early, NOON)).toBe(false);
  });
});

describe("under an identifier stands somebody else", () => {
  const freja = { identifier: "01", name: "Freja Lund", birth_date: "2020-05-12", sex: "female" };
  const typed = { identifier: "0-1", name: "freja  LUND", birth_date: "2020-05-12", sex: "female" };
  const of = (outcome: string | null): CaseLine[] => [{ ...EMPTY, patient: freja, outcome }];

  it.each([
    ["the same, however the name is written", typed, false],
    ["another birth date", { ...typed, birth_date: "2020-12-05" }, true],
    ["another name", { ...typed, name: "Maja Lund" }, true],
    ["another sex", { ...typed, sex: "male" }, true],
    ["a sex that is not known", { ...typed, sex: "unknown" }, false],
    ["what is not typed yet", { ...typed, name: "Maja", birth_date: "", sex: "" }, false],
    ["another identifier", { ...typed, identifier: "02", name: "Maja Lund" }, false],
  ])("%s", (_, form, another) => {
    expect(anotherOf(of(null), form)).toBe(another ? freja : null);
  });

  it("in a case that has ended, but not in one that was entered in error", () => {
    const form = { ...typed, name: "Maja Lund" };
    expect([anotherOf(of("done"), form), anotherOf(of("entered-in-error"), form)]).toEqual([freja, null]);
  });
});

it("groups by the day of the planned start, and what has ended apart", () => {
  const at = (name: string, start_ms: number | null, outcome: string | null = null) => ({ ...EMPTY, case: name, start_ms, outcome });
  const lines = [at("none", null), at("past", NOON - DAY), at("soon", NOON + HOUR), at("over", NOON - HOUR), at("next", NOON + DAY), at("done", NOON, "done")];
  expect(byDay(lines, NOON).map(({ when, lines }) => [when, lines.map((line) => line.case)])).toEqual([
    ["today", ["over", "soon"]],
    ["tomorrow", ["next"]],
    ["later", ["none"]],
    ["earlier", ["past"]],
    ["ended", ["done"]],
  ]);
});

it("orders by the planned start, and what starts together by name", () => {
  const at = (name: string, start_ms: number | null): CaseLine => ({
    ...EMPTY, case: name, start_ms, patient: { name, identifier: "", birth_date: null, sex: "female" },
  });
  const lines = [at("Noor", null), at("Ida", NOON), at("Emma", null), at("Ola", NOON - HOUR), at("Ada", NOON), at("Bo", NOON)];
  expect(byDay(lines, NOON).map(({ lines }) => lines.map((line) => line.case))).toEqual([["Ola", "Ada", "Bo", "Ida"], ["Emma", "Noor"]]);
});

it("puts first what was begun on an earlier day and not finished", () => {
  const lines = [{ ...EMPTY, case: "today", start_ms: NOON }, { ...EMPTY, case: "begun", start_ms: NOON - DAY, status: "in-progress" as const }];
  expect(byDay(lines, NOON).map(({ when }) => when)).toEqual(["unfinished", "today"]);
});

describe("a patient", () => {
  const of = (name: string, identifier: string, more: Partial<CaseLine> = {}): CaseLine => ({
    ...EMPTY, case: name, patient: { name, identifier, birth_date: null, sex: "female" }, ...more,
  });
  const LINES = [of("Åse Solberg", "010119 12345"), of("Noor Haddad", "020218-54321"), of("Ended", "01011912345", { outcome: "done" })];

  it.each([
    ["ase", ["Åse Solberg"]],
    ["solb", ["Åse Solberg"]],
    ["0202 18", ["Noor Haddad"]],
    [" ", ["Åse Solberg", "Noor Haddad", "Ended"]],
    ["nobody", []],
  ])("is found by %j", (sought, found) => {
    expect(LINES.filter((line) => isSought(line, sought)).map((line) => line.case)).toEqual(found);
  });

  it("may have another open case, whatever separates the digits", () => {
    expect(othersOf(LINES, "01.01.19 12345").map((line) => line.case)).toEqual(["Åse Solberg"]);
    expect(othersOf(LINES, "")).toEqual([]);
    const again = [of("again", "010119-12345"), of("third", "01 01 19 12345"), of("one unnamed", ""), of("other unnamed", "-")];
    expect([...twiceIn(LINES)]).toEqual([]);
    expect([...twiceIn([...LINES, ...again])]).toEqual(["Åse Solberg", "again", "third"]);
  });
});

it("finds the case of a patient that ended last, but for one that was entered in error", () => {
  const of = (name: string, outcome: string | null, closed_ms: number | null): CaseLine => ({
    ...EMPTY, case: name, outcome, closed_ms, patient: { name: "Emma", identifier: "010119 12345", birth_date: null, sex: "female" },
  });
  const lines = [of("first", "done", NOON - DAY), of("last", "stopped", NOON), of("error", "entered-in-error", NOON + 1), of("open", null, null)];
  expect(lastEndedOf(lines, "01011912345")?.case).toBe("last");
  expect(lastEndedOf(lines.slice(2), "01011912345")).toBe(null);
  expect(lastEndedOf(lines, "1")).toBe(null);
});
