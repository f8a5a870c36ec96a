import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WARD } from "../testing/tablet.ts";
import { Database } from "./database.ts";

// What tablets that are in use have on their disks. A change here needs a new version, and a way there.
const LAYOUT = {
  begun: [["enrolment", "case"], {}],
  certificates: ["enrolment", {}],
  contact: ["id", {}],
  cursors: ["ward", {}],
  device: ["id", {}],
  envelopes: ["id", {}],
  heads: ["enrolment", {}],
  outbox: ["n", { "[enrolment+seq]": ["enrolment", "seq"], digest: "digest", envelope: "envelope", state: "state" }],
  packs: ["case", { ward: "ward" }],
  pending: ["username", {}],
  people: ["enrolment", {}],
  releases: ["digest", { protocol: "protocol" }],
  summaries: [["ward", "leaf"], {}],
} as const;
const PACK = { case: "ca5e0000-0000-4000-8000-000000000002", ward: WARD, version: 3, whole: true, sealed: new Uint8Array(40) };
const CURSOR = { ward: WARD, position: 1, hash: "a".repeat(64) };

let db: Database;

beforeEach(() => {
  db = new Database(`test-${crypto.randomUUID()}`);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await db.close();
  await deleteDB(db.name);
});

/** As earlier builds left it: nothing begun was kept, and up to version 10 a ward's summary was one record. */
async function layOut(version: number): Promise<void> {
  const kept = Object.entries(LAYOUT).filter(([table]) => table !== "begun");
  const tables = version <= 10 ? { ...Object.fromEntries(kept), summaries: ["ward", {}] as const } : Object.fromEntries(kept);
  const idb = await openDB(db.name, version, {
    upgrade: (made) => {
      for (const [table, [keyPath, indexes]] of Object.entries(tables)) {
        const store = made.createObjectStore(table, { keyPath: keyPath as string | string[], autoIncrement: table === "outbox" });
        for (const [name, path] of Object.entries(indexes)) store.createIndex(name, path as string | string[]);
      }
    },
  });
  await idb.put("cursors", CURSOR);
  await idb.put("packs", PACK);
  await idb.put("summaries", { ward: WARD, leaf: "2", version: 7, sealed: PACK.sealed });
  idb.close();
}

describe("the tables", () => {
  it("are laid out as on the tablets that are in use", async () => {
    await db.open();
    const idb = await openDB(db.name);
    const tx = idb.transaction([...idb.objectStoreNames]);
    const found = [...idb.objectStoreNames].map((table) => {
      const store = tx.objectStore(table);
      return [table, [store.keyPath, Object.fromEntries([...store.indexNames].map((name) => [name, store.index(name).keyPath]))]];
    });
    expect(Object.fromEntries(found)).toEqual(LAYOUT);
    expect([idb.version, tx.objectStore("outbox").autoIncrement, tx.objectStore("packs").autoIncrement]).toEqual([12, true, false]);
    idb.close();
  });

  it.each([10, 11])("of build %i are opened with what is in them", async (version) => {
    await layOut(version);
    expect([await db.getAll("cursors"), await db.getAll("packs"), await db.getAll("begun")]).toEqual([[CURSOR], [PACK], []]);
    // Of one record they are made anew from the packs.
    expect(await db.getAll("summaries")).toHaveLength(version === 10 ? 0 : 1);
  });
});

describe("what is written", () => {
  it("is strict, always", async () => {
    await db.open();
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    await db.put("cursors", CURSOR);
    await db.write(["packs", "summaries"], () => Promise.resolve());
    expect(begun.mock.calls.map(([, mode, options]) => [mode, options?.durability])).toEqual([["readwrite", "strict"], ["readwrite", "strict"]]);
  });

  it("is undone as a whole, and says why", async () => {
    const written = db.write(["cursors"], async (tx) => {
      await tx.objectStore("cursors").put(CURSOR);
      throw new TypeError("changed my mind");
    });
    await expect(written).rejects.toThrow("changed my mind");
    await expect(db.write(["cursors"], async (tx) => {
      await tx.objectStore("cursors").add(CURSOR);
      await tx.objectStore("cursors").add(CURSOR);
    })).rejects.toMatchObject({ name: "ConstraintError" });
    expect(await db.getAll("cursors")).toEqual([]);
  });
});

describe("a connection", () => {
  it("that the browser has ended is opened again", async () => {
    await db.put("cursors", CURSOR);
    const connections = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(function (this: IDBDatabase) {
      this.close();
      throw new DOMException("The database connection is closing.", "InvalidStateError");
    });
    expect(await db.get("cursors", WARD)).toEqual(CURSOR);
    expect(connections).toHaveBeenCalledTimes(2);
  });

  it("gives way to another tab that deletes the database", async () => {
    await db.put("cursors", CURSOR);
    await deleteDB(db.name);
    expect(await db.getAll("cursors")).toEqual([]);
  });

  it("that cannot be opened is tried again at the next use", async () => {
    vi.spyOn(indexedDB, "open").mockImplementationOnce(() => {
      throw new DOMException("no disk", "UnknownError");
    });
    await expect(db.open()).rejects.toThrow("no disk");
    expect(await db.getAll("cursors")).toEqual([]);
  });
});
