import { beforeEach, describe, expect, it } from "vitest";
import { everythingOn, fillUp } from "../testing/disk.ts";
import { answer, enrolled, freshTablet, onPaper, opening, photograph, type Tablet, WARD } from "../testing/tablet.ts";
import { type Photograph, photographOf } from "./blobs.ts";
import { eraseReadable } from "./device.ts";
import { type Draft, write, type Written } from "./journal.ts";
import { countsOf, KEEP_SENT_DAYS, nextBatch, prune, settle } from "./outbox.ts";
import { openPack } from "./packs.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const NOW = 1_790_000_000_000;

let tablet: Tablet;
let paper: Photograph;

function give(...drafts: readonly Draft[]): Promise<Written> {
  return write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => drafts });
}

/** What waits, in order: a photograph's digest, or the number of an entry. */
async function inLine(): Promise<(string | number)[]> {
  return (await tablet.db.getAll("outbox")).map(({ seq, digest }) => seq ?? digest);
}

beforeEach(async () => {
  tablet = await freshTablet();
  paper = await photograph();
  await give(...opening());
});

describe("a photograph", () => {
  it("goes down with the entry that names it, counts as waiting, and stands before it in the line", async () => {
    expect((await give(answer("a", "yes"), onPaper(paper))).kind).toBe("saved");
    expect(await inLine()).toEqual([1, 2, 3, paper.digest, 4, 5]);
    expect(await countsOf(tablet.db)).toEqual({ waiting: 6, needs_help: 0 });
    expect(await photographOf(tablet.desk, paper.digest)).toEqual(paper.bytes);
  });

  it("is not readable on the disk, nor with another tablet's key", async () => {
    await give(onPaper(paper));
    const inside = (value: unknown) => value instanceof Uint8Array && Buffer.from(value).includes(Buffer.from(paper.bytes.slice(0, 200)));
    const found: unknown[] = [];
    JSON.stringify(await everythingOn(tablet.db), (_, value: unknown) => (inside(value) ? found.push(value) : value));
    expect(found).toEqual([]);
    const other = await freshTablet("noah");
    expect(await photographOf({ db: tablet.db, data: other.desk.data }, paper.digest)).toBeNull();
  });

  it.each(["blobs", "outbox", "heads", "packs"] as const)("is not there without its entry, nor that without it: the disk refuses the %s", async (table) => {
    const before = await everythingOn(tablet.db);
    const makeRoom = fillUp(table);
    expect(await give(onPaper(paper))).toEqual({ kind: "not-saved", code: "storage-full" });
    makeRoom();
    expect(await everythingOn(tablet.db)).toEqual(before);
    expect((await give(onPaper(paper))).kind).toBe("saved");
  });

  it("that the entry does not name is not kept, and the entry is not written", async () => {
    const before = await everythingOn(tablet.db);
    const other = await photograph();
    expect(await give({ ...onPaper(paper), photographs: [paper, other] })).toEqual({ kind: "not-saved", code: "shape-wrong" });
    expect(await give({ ...answer("a", "yes"), photographs: [paper] })).toEqual({ kind: "not-saved", code: "shape-wrong" });
    expect(await everythingOn(tablet.db)).toEqual(before);
  });

  it("on which two decisions stand is kept and sent once, also when the second comes under another envelope", async () => {
    await give(onPaper(paper), onPaper(paper));
    const again = await enrolled(tablet.db, "noah");
    await write({ ...tablet.desk, envelope: again.desk.envelope }, { ward: WARD, case: CASE, author: tablet.author, compose: () => [onPaper(paper)] });
    expect(await inLine()).toEqual([1, 2, 3, paper.digest, 4, 5, 6]);
    const [row] = (await tablet.db.getAll("outbox")).filter(({ seq }) => seq === null);
    expect(row?.envelope).toBe(tablet.desk.envelope.envelope.id);
  });

  it("is nothing to whoever writes without one", async () => {
    await give(answer("a", "yes"));
    expect(await tablet.db.getAll("blobs")).toEqual([]);
    expect(await photographOf(tablet.desk, paper.digest)).toBeNull();
  });
});

describe("what is sent next", () => {
  it("is the entries before a photograph, then the photograph by itself, then those after it", async () => {
    await give(onPaper(paper), answer("b", "no"));
    const sent: (string | number)[][] = [];
    for (let batch = await nextBatch(tablet.db, 200, []); sent.length < 3; batch = await nextBatch(tablet.db, 200, [])) {
      expect(batch.envelopes).toHaveLength(1);
      const rows = batch.photograph === null ? batch.rows : [batch.photograph];
      sent.push(rows.map(({ seq, digest }) => seq ?? digest));
      await settle(tablet.db, { sent: rows.map(({ digest }) => digest), refused: [], again: [] }, NOW);
    }
    expect(sent).toEqual([[1, 2, 3], [paper.digest], [4, 5]]);
  });

  it("goes on without one that is left out, or needs help", async () => {
    await give(onPaper(paper));
    expect((await nextBatch(tablet.db, 200, [paper.digest])).rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    await settle(tablet.db, { sent: [], refused: [{ digest: paper.digest, code: "blob-not-jpeg" }], again: [] }, NOW);
    expect((await nextBatch(tablet.db, 200, [])).rows).toHaveLength(4);
    expect(await photographOf(tablet.desk, paper.digest)).toEqual(paper.bytes);
  });
});

describe("a photograph that the server has", () => {
  beforeEach(async () => {
    await give(onPaper(paper));
    await settle(tablet.db, { sent: [paper.digest], refused: [], again: [] }, NOW);
  });

  it("is kept and shown for as long as entries are", async () => {
    await prune(tablet.db, NOW + KEEP_SENT_DAYS * 86_400_000);
    expect(await photographOf(tablet.desk, paper.digest)).toEqual(paper.bytes);
    await prune(tablet.db, NOW + KEEP_SENT_DAYS * 86_400_000 + 1);
    expect(await tablet.db.getAll("blobs")).toEqual([]);
    expect(await inLine()).toEqual([1, 2, 3, 4]);
    expect((await openPack(tablet.db, tablet.desk.data, CASE))?.content).toHaveLength(4);
  });

  it("is not readable any more on a tablet that was revoked, which may still have to send it", async () => {
    await eraseReadable(tablet.db);
    expect(await photographOf(tablet.desk, paper.digest)).toBeNull();
    const [row] = await tablet.db.getAll("blobs");
    expect([row?.kept.length, (row?.sealed.length ?? 0) > paper.bytes.length]).toEqual([0, true]);
  });
});
