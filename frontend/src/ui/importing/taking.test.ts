import { describe, expect, it } from "vitest";
import { wardLines } from "../../store/lines.ts";
import { freshTablet, type Tablet, WARD } from "../../testing/tablet.ts";
import { release } from "../../testing/vectors.ts";
import { listOf, type Row } from "./list.ts";
import { isTaken, standingRows } from "./standing.ts";
import { take, type Taking } from "./taking.ts";

const NOW = new Date(2026, 10, 24, 12).getTime();
const DAY = release("day");
const { protocol } = DAY.document;

function rowsOf(...lines: string[]): readonly Row[] {
  const list = listOf(["id;name;born;sex;date;time", ...lines].join("\n"), NOW);
  if (list.kind !== "rows") throw new Error(list.kind);
  return list.rows;
}

const ROWS = rowsOf("1;Emma;2019-01-01;f;2026-11-25;08:30", "2;Noor;2018-02-02;f;2026-11-25;10:00", "3;Ola;2017-03-03;m;2026-11-25;11:00");

function taking(tablet: Tablet, more: Partial<Taking> = {}): Taking {
  const { desk, author } = tablet;
  return { desk, author, ward: WARD, release: DAY, rows: ROWS, taken: () => Promise.resolve(), mayGoOn: () => true, ...more };
}

function noted(cases: string[], caseId: string): Promise<void> {
  cases.push(caseId);
  return Promise.resolve();
}

async function names(tablet: Tablet): Promise<string[]> {
  return ((await wardLines(tablet.desk, WARD)) ?? []).map(({ patient }) => patient?.name ?? "").sort();
}

async function standings(tablet: Tablet, rows: readonly Row[]): Promise<string[]> {
  return standingRows(rows, (await wardLines(tablet.desk, WARD)) ?? [], protocol).map(({ standing }) => standing);
}

describe("taking in a list", () => {
  it("writes each row as a case", async () => {
    const tablet = await freshTablet();
    const cases: string[] = [];
    expect(await take(taking(tablet, { taken: (caseId) => noted(cases, caseId) }))).toEqual({ count: 3, code: null });
    const lines = (await wardLines(tablet.desk, WARD)) ?? [];
    expect(lines.map((line) => line.case).sort()).toEqual([...cases].sort());
    expect(lines.find((line) => line.case === cases[1])).toMatchObject({ patient: { identifier: "2", name: "Noor", birth_date: "2018-02-02", sex: "female" }, start_ms: ROWS[1]?.form.start_ms, protocol });
  });

  it("twice, one after the other or at once, makes no doubles", async () => {
    const tablet = await freshTablet();
    const outcomes = await Promise.all([take(taking(tablet)), take(taking(tablet))]);
    expect(outcomes.map(({ count }) => count)).toEqual([3, 0]);
    expect(await take(taking(tablet))).toEqual({ count: 0, code: null });
    expect(await names(tablet)).toEqual(["Emma", "Noor", "Ola"]);
    expect(await standings(tablet, ROWS)).toEqual(["taken", "taken", "taken"]);
  });

  it("goes on where it was cut off", async () => {
    const tablet = await freshTablet();
    const done: string[] = [];
    const cut = await take(taking(tablet, { mayGoOn: () => done.length < 2, taken: (caseId) => noted(done, caseId) }));
    expect(cut).toEqual({ count: 2, code: "locked" });
    expect(await standings(tablet, ROWS)).toEqual(["taken", "taken", "new"]);
    expect(await take(taking(tablet))).toEqual({ count: 1, code: null });
    expect(await names(tablet)).toEqual(["Emma", "Noor", "Ola"]);
  });

  it("stops where a row cannot be written, and says why", async () => {
    const tablet = await freshTablet();
    const stranger = { ...tablet.author, enrolment: crypto.randomUUID() };
    expect(await take(taking(tablet, { author: stranger }))).toEqual({ count: 0, code: "storage-broken" });
  });
});

describe("a row is", () => {
  it("already on the ward where the patient has an open case at another time", async () => {
    const tablet = await freshTablet();
    await take(taking(tablet));
    const later = rowsOf("0 1;Emma;2019-01-01;f;2026-11-26;08:30", "1.;Emma;2019-01-01;f;2026-11-26;08:30");
    expect(await standings(tablet, later.slice(1))).toEqual(["here"]);
    expect(await standings(tablet, later.slice(0, 1))).toEqual(["new"]);
  });

  it("new for a procedure of another kind, and for a case that was entered in error", async () => {
    const tablet = await freshTablet();
    await take(taking(tablet));
    const lines = (await wardLines(tablet.desk, WARD)) ?? [];
    const [first] = ROWS;
    if (first === undefined) throw new Error("no row");
    expect(isTaken(first.form, lines, protocol)).toBe(true);
    expect(isTaken(first.form, lines, "another")).toBe(false);
    const ended = (outcome: string) => lines.map((line) => ({ ...line, outcome }));
    expect([isTaken(first.form, ended("done"), protocol), isTaken(first.form, ended("entered-in-error"), protocol)]).toEqual([true, false]);
  });

  it("repeated where it says the same again, and twice where it says otherwise, on both lines", async () => {
    const tablet = await freshTablet();
    const rows = rowsOf(
      "1;Emma;2019-01-01;f;2026-11-25;08:30",
      "1;Emma;2019-01-01;f;2026-11-25;08:30",
      "2;Noor;2018-02-02;f;2026-11-25;10:00",
      "2;Ola;2017-03-03;m;2026-11-25;11:00",
      "3;Kim;2016-04-04;x;2026-11-25;12:00",
    );
    expect(await standings(tablet, rows)).toEqual(["new", "repeated", "twice", "twice", "mistake"]);
  });
});
