import { describe, expect, it, vi } from "vitest";
import { parseEntry } from "../core/entry.ts";
import { Database } from "./database.ts";
import { write, type Written } from "./journal.ts";
import { openPack } from "./packs.ts";
import { utf8 } from "../vault/bytes.ts";
import { count, everythingOn, fillUp } from "../testing/disk.ts";
import { answer, freshTablet, linesOn, opening, type Tablet, WARD } from "../testing/tablet.ts";

const lock = vi.hoisted(() => ({ held: true }));
vi.mock("./lock.ts", async (original) => {
  const real = await original<typeof import("./lock.ts")>();
  // Without the lock, as between two tabs of a browser that has none.
  return { ...real, exclusively: <T>(name: string, work: () => Promise<T>) => (lock.held ? real.exclusively(name, work) : work()) };
});

const CASE = "ca5e0000-0000-4000-8000-000000000002";

function give(tablet: Tablet, item: string, value = "yes"): Promise<Written> {
  return write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [answer(item, value)] });
}

function open(tablet: Tablet): Promise<Written> {
  return write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => opening() });
}

async function expectUnbroken(tablet: Tablet): Promise<number> {
  const rows = await tablet.db.getAll("outbox");
  const pack = await openPack(tablet.db, tablet.desk.data, CASE);
  const entries = (pack?.content ?? []).map((held) => ({ digest: held.digest, read: parseEntry(utf8(held.entry)) }));
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(entries.map((entry) => entry.digest)).toEqual(rows.map((row) => row.digest));
  entries.forEach(({ read }, index) => {
    if (!read.ok) throw new Error(read.code);
    if (index > 0) expect(read.value.prev).toBe(entries[index - 1]?.digest);
  });
  const head = await tablet.db.get("heads", tablet.author.enrolment);
  expect(head?.digest).toBe(rows.at(-1)?.digest);
  return rows.length;
}

describe("writing", () => {
  it("puts entry, head, outbox, pack and summary down together", async () => {
    const tablet = await freshTablet();
    expect((await open(tablet)).kind).toBe("saved");
    expect((await give(tablet, "bleed.warfarin")).kind).toBe("saved");
    expect(await expectUnbroken(tablet)).toBe(4);
    expect((await linesOn(tablet)).map((line) => line.patient?.name)).toEqual(["Emma Solberg"]);
    expect(await count(tablet.db, "envelopes")).toBe(1);
  });

  it("hands over the case as the disk has it, so that nobody reads it back", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const onDisk = () => openPack(tablet.db, tablet.desk.data, CASE);
    const before = await onDisk();
    expect(await give(tablet, "bleed.warfarin")).toMatchObject({ pack: await onDisk() });
    expect((await onDisk())?.content).toHaveLength((before?.content.length ?? 0) + 1);
    const nothing = await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [] });
    expect(nothing).toMatchObject({ entries: [], pack: await onDisk() });
  });

  it("seals one leaf of the ward's summary anew, and no other", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const other = CASE.slice(0, -1) + "7";
    await write(tablet.desk, { ward: WARD, case: other, author: tablet.author, compose: () => opening() });
    const versions = async () => (await tablet.db.getAll("summaries")).map(({ leaf, version }) => [leaf, version]);
    expect(await versions()).toEqual([["2", 1], ["7", 1]]);
    await give(tablet, "bleed.warfarin");
    expect(await versions()).toEqual([["2", 2], ["7", 1]]);
  });

  it("leaves nothing readable on the disk", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const everything = JSON.stringify(await everythingOn(tablet.db), (_, value: unknown) =>
      value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
    );
    expect(everything).toContain("nora");
    expect(everything).not.toContain("Emma");
    expect(everything).not.toContain("010119");
  });

  it("writes nothing when the case is no longer what the person saw", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const written = await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => null });
    expect(written.kind).toBe("changed");
    expect(await expectUnbroken(tablet)).toBe(3);
  });

  it("shows whoever signs the head of the ward's log as last pulled", async () => {
    const tablet = await freshTablet();
    const seen: unknown[] = [];
    const look = () => write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: (_, head) => (seen.push(head), null) });
    await look();
    const head = { ward: WARD, position: 7, hash: "a".repeat(64) };
    await tablet.db.put("cursors", head);
    await look();
    expect(seen).toEqual([null, head]);
  });

  it("refuses what an entry cannot be, and keeps the chain", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const long = { ...answer("x", "y"), private: { text: "a".repeat(70_000), reason: null } };
    const author = tablet.author;
    const tooLong = await write(tablet.desk, { ward: WARD, case: CASE, author, compose: () => [long] });
    const minusZero = { ...answer("x", "y"), body: { ...answer("x", "y").body, value: -0 } };
    const wrong = await write(tablet.desk, { ward: WARD, case: CASE, author, compose: () => [minusZero] });
    expect([tooLong, wrong]).toEqual([
      { kind: "not-saved", code: "entry-too-large" },
      { kind: "not-saved", code: "shape-wrong" },
    ]);
    expect(await expectUnbroken(tablet)).toBe(3);
  });

  it("undoes everything when the disk refuses one part", async () => {
    const tablet = await freshTablet();
    await open(tablet);
    const makeRoom = fillUp("summaries");
    expect(await give(tablet, "bleed.warfarin")).toEqual({ kind: "not-saved", code: "storage-full" });
    makeRoom();
    expect(await expectUnbroken(tablet)).toBe(3);
    expect((await give(tablet, "bleed.warfarin")).kind).toBe("saved");
    expect(await expectUnbroken(tablet)).toBe(4);
  });
});

describe("two tabs of one tablet", () => {
  it.each([true, false])("never fork the chain (lock: %s)", async (held) => {
    const one = await freshTablet();
    await open(one);
    const otherDb = new Database(one.db.name);
    const other: Tablet = { ...one, db: otherDb, desk: { ...one.desk, db: otherDb } };
    lock.held = held;
    const written = await Promise.all([0, 1, 2, 3, 4, 5].map((number) => give(number % 2 === 0 ? one : other, `item-${number}`)));
    lock.held = true;
    const saved = written.filter((each) => each.kind === "saved").length;
    expect(await expectUnbroken(one)).toBe(3 + saved);
    // Without the lock a write may lose the race three times; it then says so, and nothing was written.
    for (const each of written) if (each.kind !== "saved") expect(each).toEqual({ kind: "not-saved", code: "tablet-busy" });
    if (held) expect(saved).toBe(6);
  });
});
