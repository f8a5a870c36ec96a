// The tables of the tablet's IndexedDB. Patient data stands only in `packs`, `summaries` and `begun` (under the data key)
// and in `outbox` (sealed to the server); the rest is readable on a locked tablet and holds no patient.

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreKey, type StoreNames, type StoreValue } from "idb";
import type { Bytes } from "../vault/bytes.ts";
import type { ServerKey } from "../vault/envelope.ts";
import type { Wrapped, WrappedSigning } from "../vault/pin.ts";
import type { Tries } from "../vault/waits.ts";

export interface Ward {
  ward: string;
  name: string;
}

/** What the registration gave. One row, id 1. */
export interface DeviceRow {
  id: 1;
  device: string;
  name: string;
  wards: Ward[];
  token: string;
  keys: ServerKey[];
}

/** What the last calls to the server told, for the status line. One row, id 1. */
export interface ContactRow {
  id: 1;
  /** server − tablet, as last measured; null if never. */
  offset_ms: number | null;
  last_reply_ms: number | null;
  last_sent_ms: number | null;
  trouble: { kind: "outage"; why: string } | { kind: "problem"; code: string } | null;
  revoked: boolean;
}

export interface PersonRow {
  enrolment: string;
  person: string;
  username: string;
  name: string;
  roles: string[];
  enrolled_ms: number;
  wrapped: Wrapped;
  tries: Tries;
  /** The server knows another history of this enrolment: it writes no more, its outbox still goes out. */
  ended: boolean;
}

/** An enrolment that was asked for and not answered yet: the next try asks for the same one. */
export interface PendingRow {
  username: string;
  enrolment: string;
  public_key: string;
  /** The new signing key, under the PIN that was chosen. */
  wrapped: WrappedSigning;
}

/** Of everybody whose entries this tablet holds, and of those enrolled on it. */
export interface CertificateRow {
  enrolment: string;
  certificate: string;
  signature: string;
}

/** The last entry that an enrolment of this tablet wrote. */
export interface HeadRow {
  enrolment: string;
  /** 0 before the first entry; `digest` is then that of the certificate. */
  seq: number;
  digest: string;
}

export type OutboxState = "waiting" | "sent" | "needs-help";

export interface OutboxRow {
  /** The order in which the tablet wrote, across its people. */
  n: number;
  enrolment: string;
  seq: number;
  digest: string;
  envelope: string;
  sealed: Bytes;
  state: OutboxState;
  /** Why it needs help. */
  code: string | null;
  sent_ms: number | null;
}

export interface EnvelopeRow {
  id: string;
  key: number;
  sealed: string;
}

export interface PackRow {
  case: string;
  ward: string;
  /** Grows by one with each writing; checked inside the transaction that writes. */
  version: number;
  /** All of the case up to the ward's cursor is here; else the next row of it has it fetched by name. */
  whole: boolean;
  sealed: Bytes;
}

/** One of the sixteen leaves of a ward's summary: see `leafOf` in packs.ts. */
export interface SummaryRow {
  ward: string;
  leaf: string;
  version: number;
  sealed: Bytes;
}

/** What a person has begun in a case and not saved. */
export interface BegunRow {
  enrolment: string;
  case: string;
  sealed: Bytes;
}

export interface ReleaseRow {
  digest: string;
  protocol: string;
  number: number;
  status: string;
  effective_from_ms: number;
  /** Null while only listed. */
  bytes: Bytes | null;
}

/** How far a ward's log has been pulled. */
export interface CursorRow {
  ward: string;
  position: number;
  hash: string;
}

interface Tables extends DBSchema {
  device: { key: number; value: DeviceRow };
  contact: { key: number; value: ContactRow };
  people: { key: string; value: PersonRow };
  pending: { key: string; value: PendingRow };
  certificates: { key: string; value: CertificateRow };
  heads: { key: string; value: HeadRow };
  outbox: {
    key: number;
    value: OutboxRow;
    indexes: { digest: string; state: OutboxState; envelope: string; "[enrolment+seq]": [string, number] };
  };
  envelopes: { key: string; value: EnvelopeRow };
  packs: { key: string; value: PackRow; indexes: { ward: string } };
  summaries: { key: [ward: string, leaf: string]; value: SummaryRow };
  begun: { key: [enrolment: string, caseId: string]; value: BegunRow };
  releases: { key: string; value: ReleaseRow; indexes: { protocol: string } };
  cursors: { key: string; value: CursorRow };
}

export type Table = StoreNames<Tables>;
export type Row<T extends Table> = StoreValue<Tables, T>;
export type Key<T extends Table> = StoreKey<Tables, T>;
export type Reading = IDBPTransaction<Tables, Table[]>;
export type Writing = IDBPTransaction<Tables, Table[], "readwrite">;

const VERSION = 12;

function createTables(idb: IDBPDatabase<Tables>): void {
  for (const table of ["device", "contact"] as const) idb.createObjectStore(table, { keyPath: "id" });
  for (const table of ["people", "certificates", "heads"] as const) idb.createObjectStore(table, { keyPath: "enrolment" });
  idb.createObjectStore("cursors", { keyPath: "ward" });
  idb.createObjectStore("pending", { keyPath: "username" });
  idb.createObjectStore("envelopes", { keyPath: "id" });
  idb.createObjectStore("packs", { keyPath: "case" }).createIndex("ward", "ward");
  idb.createObjectStore("releases", { keyPath: "digest" }).createIndex("protocol", "protocol");
  const outbox = idb.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
  for (const index of ["digest", "state", "envelope"] as const) outbox.createIndex(index, index);
  outbox.createIndex("[enrolment+seq]", ["enrolment", "seq"]);
}

/** Up to version 10 a summary was one record. Nothing is lost with it: lines.ts makes from a pack the line that is missing. */
function upgrade(idb: IDBPDatabase<Tables>, from: number): void {
  if (from === 0) createTables(idb);
  if (from > 0 && from <= 10) idb.deleteObjectStore("summaries");
  if (from <= 10) idb.createObjectStore("summaries", { keyPath: ["ward", "leaf"] });
  idb.createObjectStore("begun", { keyPath: ["enrolment", "case"] });
}

/** Opens at its first use, and again after the browser has ended the connection. */
export class Database {
  private opening: Promise<IDBPDatabase<Tables>> | null = null;

  constructor(readonly name = "bedside") {}

  /** For whoever wants to hear at once that it does not open. */
  async open(): Promise<void> {
    await this.connection();
  }

  async close(): Promise<void> {
    const { opening } = this;
    this.opening = null;
    (await opening)?.close();
  }

  get<T extends Table>(table: T, key: Key<T>): Promise<Row<T> | undefined> {
    return this.read([table], (tx) => tx.objectStore(table).get(key));
  }

  /** Undefined in the place of each key that is not there. */
  getMany<T extends Table>(table: T, keys: readonly Key<T>[]): Promise<(Row<T> | undefined)[]> {
    return this.read([table], (tx) => Promise.all(keys.map((key) => tx.objectStore(table).get(key))));
  }

  getAll<T extends Table>(table: T): Promise<Row<T>[]> {
    return this.read([table], (tx) => tx.objectStore(table).getAll());
  }

  put<T extends Table>(table: T, row: Row<T>): Promise<void> {
    return this.write([table], (tx) => putAll(tx, table, [row]));
  }

  async read<T>(tables: readonly Table[], work: (tx: Reading) => Promise<T>): Promise<T> {
    return work(await this.transaction(tables, "readonly"));
  }

  /**
   * All of it or nothing, and on the disk when it resolves. `work` awaits nothing but the transaction's own requests:
   * it is over when there are none.
   */
  async write<T>(tables: readonly Table[], work: (tx: Writing) => Promise<T>): Promise<T> {
    const tx = await this.transaction(tables, "readwrite");
    // It is awaited below; without this a failing `work` would leave its rejection to nobody.
    tx.done.catch(() => undefined);
    try {
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (failure) {
      const { error } = tx;
      if (error === null) abort(tx);
      // What a request says of a transaction that was undone for want of room is only that it was undone.
      throw error ?? failure;
    }
  }

  private async transaction<M extends "readonly" | "readwrite">(tables: readonly Table[], mode: M) {
    // "strict": a transaction is complete only when the disk has it. Without it Chromium says "complete" earlier, and
    // a power cut takes what the screen called saved.
    const begin = (idb: IDBPDatabase<Tables>) => idb.transaction([...tables], mode, { durability: "strict" });
    try {
      return begin(await this.connection());
    } catch (failure) {
      // iPadOS ends the connections of pages in the background, and this is how one hears of it.
      if (!(failure instanceof DOMException) || failure.name !== "InvalidStateError") throw failure;
      this.opening = null;
      return begin(await this.connection());
    }
  }

  private connection(): Promise<IDBPDatabase<Tables>> {
    this.opening ??= this.connect().catch((failure: unknown) => {
      this.opening = null;
      throw failure;
    });
    return this.opening;
  }

  private connect(): Promise<IDBPDatabase<Tables>> {
    return openDB<Tables>(this.name, VERSION, {
      upgrade,
      // Another tab wants to delete it, or to open it in a newer version.
      blocking: () => void this.close(),
      terminated: () => {
        this.opening = null;
      },
    });
  }
}

/** Over what has the same key. A row that is refused at once is a rejection like one that the disk refuses. */
export async function putAll<T extends Table>(tx: Writing, table: T, rows: readonly Row<T>[]): Promise<void> {
  const store = tx.objectStore(table);
  await Promise.all(rows.map(async (row) => store.put(row)));
}

/** Harmless when it is over already. */
function abort(tx: Writing): void {
  try {
    tx.abort();
  } catch {
    // It had been undone by itself.
  }
}
