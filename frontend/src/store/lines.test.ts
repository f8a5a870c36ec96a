import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { change } from "../testing/disk.ts";
import { release } from "../testing/vectors.ts";
import { answer, freshTablet, linesOn, opening, type Tablet, WARD } from "../testing/tablet.ts";
import { takeIn } from "./arrivals.ts";
import { write } from "./journal.ts";
import { wardLines } from "./lines.ts";
import { leafOf, openPack, sealLeaf } from "./packs.ts";
import { keepList, keepRelease } from "./releases.ts";
import type { CaseLine } from "./summary.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
// Of two releases: what was read of one in an earlier test stays in memory.
const [EARLY, LATE] = [release("inr"), release("day")];

let tablet: Tablet;

async function fetchRelease(to: Tablet, name: string): Promise<void> {
  const bytes = readFileSync(new URL(`../../../tests/vectors/frozen/${name}.json`, import.meta.url));
  const { digest } = release(name);
  await keepList(to.db, [{ digest, protocol: "p", number: 1, status: "active", effective_from_ms: 0 }]);
  expect(await keepRelease(to.db, digest, new Uint8Array(bytes))).toBe(true);
}

function openOn(by: Tablet, digest: string, caseId = CASE) {
  const drafts = opening().map((draft) => (draft.type === "case.opened" ? { ...draft, body: { ...draft.body, release: digest } } : draft));
  return write(by.desk, { ward: WARD, case: caseId, author: by.author, compose: () => drafts });
}

const lines = () => wardLines(tablet.desk, WARD);

afterEach(() => { vi.restoreAllMocks(); });

beforeEach(async () => {
  tablet = await freshTablet("nora");
});

describe("the ward list", () => {
  it("is drawn from the summary alone: no pack is opened for it", async () => {
    await fetchRelease(tablet, "inr");
    await openOn(tablet, EARLY.digest);
    const [read, opened] = [vi.spyOn(tablet.db, "read"), vi.spyOn(crypto.subtle, "decrypt")];
    expect(await lines()).toMatchObject([{ case: CASE, status: "preparation", title: EARLY.document.title, patient: { name: "Emma Solberg" } }]);
    expect(read).toHaveBeenCalledTimes(1);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it("follows what is written here and what a pull brings", async () => {
    await fetchRelease(tablet, "inr");
    await openOn(tablet, EARLY.digest);
    const close = { type: "case.closed", body: { outcome: "not-done", release: EARLY.digest, covers: [], seen: null, replaces: [] }, private: null };
    await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [close] });
    expect(await lines()).toMatchObject([{ status: "not-done", outcome: "not-done" }]);
    const pack = await openPack(tablet.db, tablet.desk.data, CASE);
    const noah = await freshTablet("noah");
    await fetchRelease(noah, "inr");
    await takeIn(noah.desk, { cases: [{ case: CASE, ward: WARD, entries: pack?.content ?? [], whole: true }], certificates: [], move: null });
    expect(await wardLines(noah.desk, WARD)).toMatchObject([{ status: "not-done", closed_ms: expect.any(Number) as number }]);
  });

  it("completes the line of a case that came before its release, once", async () => {
    await openOn(tablet, LATE.digest);
    expect(await lines()).toMatchObject([{ status: null, title: null }]);
    await fetchRelease(tablet, "day");
    expect(await lines()).toMatchObject([{ status: "preparation", title: LATE.document.title }]);
    const written = await tablet.db.getAll("summaries");
    await lines();
    expect(await tablet.db.getAll("summaries")).toEqual(written);
    await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [answer("side", "left")] });
    expect(await lines()).toMatchObject([{ status: "preparation" }]);
  });

  it("makes lines anew that an earlier build wrote, and keeps its hands off the others", async () => {
    await fetchRelease(tablet, "inr");
    await openOn(tablet, EARLY.digest);
    const [now] = (await lines()) ?? [];
    const earlier = { case: CASE, protocol: "p", patient: null, opened_ms: 1, outcome: null } as unknown as CaseLine;
    await tablet.db.put("summaries", await sealLeaf(tablet.desk.data, { ward: WARD, leaf: leafOf(CASE), version: 9, lines: [earlier] }));
    expect(await lines()).toEqual([now]);
    expect(await linesOn(tablet)).toEqual([now]);
  });

  it("makes anew what an earlier build kept elsewhere, though a case was written to meanwhile", async () => {
    await fetchRelease(tablet, "inr");
    const cases = ["1", "2", "12"].map((end) => CASE.slice(0, -end.length) + end);
    for (const caseId of cases) await openOn(tablet, EARLY.digest, caseId);
    await tablet.db.write(["summaries"], (tx) => tx.objectStore("summaries").clear());
    await openOn(tablet, EARLY.digest, CASE.slice(0, -1) + "3");
    expect((await lines())?.map((line) => line.case).sort()).toEqual([...cases, CASE.slice(0, -1) + "3"].sort());
    expect(await linesOn(tablet)).toEqual(await lines());
  });

  it("is not drawn in part: a leaf that does not open is told of", async () => {
    await openOn(tablet, EARLY.digest);
    await change(tablet.db, "summaries", [WARD, leafOf(CASE)], { sealed: new Uint8Array(40) });
    expect(await lines()).toBe(null);
  });
});
