// The disk under the tables: looked at as a whole, and broken.

import { deleteDB } from "idb";
import { vi } from "vitest";
import type { Database, Key, Row, Table } from "../store/database.ts";

const TABLES: readonly Table[] = [
  "device", "contact", "people", "pending", "certificates", "heads", "outbox", "blobs", "envelopes", "packs", "summaries", "releases", "cursors",
];

export function everythingOn(db: Database): Promise<unknown[][]> {
  return Promise.all(TABLES.map((table) => db.getAll(table)));
}

export async function count(db: Database, table: Table): Promise<number> {
  return (await db.getAll(table)).length;
}

/** Changes a row past all that guards it. */
export async function change<T extends Table>(db: Database, table: T, key: Key<T>, to: Partial<Row<T>>): Promise<void> {
  const row = await db.get(table, key);
  if (row === undefined) throw new Error(`no ${String(key)} in ${table}`);
  await db.put(table, { ...row, ...to });
}

export async function forget(db: Database): Promise<void> {
  await db.close();
  await deleteDB(db.name);
}

/** Before each row that is written to any tablet's disk, `before` may throw. Gives the way to mend it. */
export function watchDisk(before: (table: string) => void): () => void {
  const spies = (["put", "add"] as const).map((way) => {
    const real = Reflect.get(IDBObjectStore.prototype, way) as IDBObjectStore["put"];
    return vi.spyOn(IDBObjectStore.prototype, way).mockImplementation(function (this: IDBObjectStore, ...row) {
      before(this.name);
      return real.apply(this, row);
    });
  });
  return () => { for (const spy of spies) spy.mockRestore(); };
}

/** The disk is full whenever this table is written. */
export function fillUp(table: Table): () => void {
  return watchDisk((written) => {
    if (written === table) throw new DOMException("full", "QuotaExceededError");
  });
}
