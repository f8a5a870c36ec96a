import { beforeEach, describe, expect, it } from "vitest";
import { change, count, fillUp } from "../testing/disk.ts";
import { answer, freshTablet, linesOn, opening, type Tablet, WARD } from "../testing/tablet.ts";
import { type Arrival, takeIn } from "./arrivals.ts";
import { write } from "./journal.ts";
import { type HeldEntry, openPack } from "./packs.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const OTHER_CASE = "ca5e0000-0000-4000-8000-000000000003";
const HASH = "a".repeat(64);
const at = (position: number) => ({ ward: WARD, position, hash: HASH });

let tablet: Tablet;
let entries: readonly HeldEntry[];

/** Two cases of another tablet, and where the log stands after them. */
function arrival(more: Partial<Arrival> = {}): Arrival {
  const cases = [CASE, OTHER_CASE].map((caseId) => ({ case: caseId, ward: WARD, entries: entries.filter((one) => one.entry.includes(caseId)), whole: true }));
  return { cases, certificates: [{ enrolment: "e", certificate: '{"name":"Noah"}', signature: "s" }], move: { from: null, to: at(8), started: null }, ...more };
}

beforeEach(async () => {
  const noah = await freshTablet("noah");
  for (const caseId of [CASE, OTHER_CASE]) {
    await write(noah.desk, { ward: WARD, case: caseId, author: noah.author, compose: () => [...opening(), answer("a", "yes")] });
  }
  const packs = await Promise.all([CASE, OTHER_CASE].map((caseId) => openPack(noah.db, noah.desk.data, caseId)));
  entries = packs.flatMap((pack) => pack?.content ?? []);
  tablet = await freshTablet("nora");
});

async function everything(): Promise<unknown> {
  const { db, desk } = tablet;
  const packs = await Promise.all([CASE, OTHER_CASE].map((caseId) => openPack(db, desk.data, caseId)));
  return [packs, await linesOn(tablet), await db.getAll("cursors"), await db.getAll("certificates")];
}

describe("what a pull brings", () => {
  it("goes down together: entries of several cases, their lines, certificates, cursor", async () => {
    expect(await takeIn(tablet.desk, arrival())).toEqual({ kind: "taken", fresh: 8 });
    expect((await linesOn(tablet)).map((line) => line.case)).toEqual([CASE, OTHER_CASE]);
    expect(await tablet.db.get("cursors", WARD)).toEqual(at(8));
    expect(await tablet.db.get("certificates", "e")).toBeDefined();
    expect(await count(tablet.db, "outbox")).toBe(0);
  });

  it("is there once, however often it comes", async () => {
    await takeIn(tablet.desk, arrival());
    const before = await everything();
    expect(await takeIn(tablet.desk, arrival({ move: { from: at(8), to: at(8), started: null } }))).toEqual({ kind: "taken", fresh: 0 });
    expect(await everything()).toEqual(before);
  });

  it("is merged with what was written here and is not sent yet", async () => {
    await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [answer("own", "no")] });
    await takeIn(tablet.desk, arrival());
    const pack = await openPack(tablet.db, tablet.desk.data, CASE);
    expect(pack?.content).toHaveLength(5);
    expect(pack?.whole).toBe(true);
  });

  it.each(["packs", "summaries", "cursors", "certificates"] as const)("is not there at all when the disk refuses the %s", async (table) => {
    const before = await everything();
    const makeRoom = fillUp(table);
    await expect(takeIn(tablet.desk, arrival())).rejects.toThrow();
    expect(await everything()).toEqual(before);
    makeRoom();
    expect(await takeIn(tablet.desk, arrival())).toMatchObject({ kind: "taken" });
  });

  it("is not taken when the tablet stands elsewhere by now", async () => {
    await tablet.db.put("cursors", at(3));
    const before = await everything();
    for (const from of [null, at(2), { ...at(3), hash: "b".repeat(64) }]) {
      expect(await takeIn(tablet.desk, arrival({ move: { from, to: at(8), started: null } }))).toEqual({ kind: "moved" });
    }
    expect(await everything()).toEqual(before);
  });

  it("is not put over a pack that does not open", async () => {
    await takeIn(tablet.desk, arrival());
    await change(tablet.db, "packs", CASE, { sealed: new Uint8Array(40) });
    const [one] = arrival().cases;
    expect(await takeIn(tablet.desk, arrival({ cases: one === undefined ? [] : [one], move: null }))).toEqual({ kind: "unreadable" });
  });

  it("moves a case's line to the ward where the case stands now", async () => {
    await takeIn(tablet.desk, arrival());
    const elsewhere = "c0ffee00-0000-4000-8000-000000000009";
    await takeIn(tablet.desk, arrival({ cases: arrival().cases.map((one) => ({ ...one, ward: one.case === CASE ? elsewhere : WARD })), move: null }));
    const linesOf = async (ward: string) => (await linesOn(tablet, ward)).map((line) => line.case);
    expect([await linesOf(WARD), await linesOf(elsewhere)]).toEqual([[OTHER_CASE], [CASE]]);
    expect((await tablet.db.get("packs", CASE))?.ward).toBe(elsewhere);
  });
});
