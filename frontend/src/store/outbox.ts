// Entries and photographs on their way to the server. Nothing leaves this table before the server has acknowledged it and the time
// in which a backup might be restored has passed.

import {
  type CertificateRow, type Database, type EntryRow, type EnvelopeRow, type OutboxRow, type OutboxState, type PhotographRow, putAll, type Reading,
  type Writing,
} from "./database.ts";

export interface Counts {
  waiting: number;
  needs_help: number;
}

export interface Batch {
  /** Goes by itself, and before the entries that were written after it: there are no rows then. */
  photograph: PhotographRow | null;
  rows: EntryRow[];
  certificates: CertificateRow[];
  envelopes: EnvelopeRow[];
}

/** Not in the table yet, which numbers its rows. */
export type NewRow = Omit<EntryRow, "n"> | Omit<PhotographRow, "n">;

export async function enqueue(tx: Writing, rows: readonly NewRow[]): Promise<void> {
  await putAll(tx, "outbox", rows as readonly OutboxRow[]);
}

/** Those of these entries that are in the table, whatever has become of them. */
export async function rowsOf(tx: Reading | Writing, digests: readonly string[]): Promise<OutboxRow[]> {
  const byDigest = tx.objectStore("outbox").index("digest");
  return (await Promise.all(digests.map((digest) => byDigest.getAll(digest)))).flat();
}

type Change = Partial<Pick<OutboxRow, "state" | "code" | "sent_ms">>;

async function change(tx: Writing, rows: readonly OutboxRow[], to: Change): Promise<void> {
  await putAll(tx, "outbox", rows.map((row) => ({ ...row, ...to })));
}

/** In the order in which they were written; at most `most` of them. */
function inState(db: Database, state: OutboxState, most?: number): Promise<OutboxRow[]> {
  return db.read(["outbox"], (tx) => tx.objectStore("outbox").index("state").getAll(state, most));
}

export function countsOf(db: Database): Promise<Counts> {
  return db.read(["outbox"], countsIn);
}

export async function countsIn(tx: Reading): Promise<Counts> {
  const byState = tx.objectStore("outbox").index("state");
  const [waiting, needs_help] = await Promise.all([byState.count("waiting"), byState.count("needs-help")]);
  return { waiting, needs_help };
}

/** The photograph that is first in line, or the entries up to the next one. */
function firstOf(due: readonly OutboxRow[]): Pick<Batch, "photograph" | "rows"> {
  const rows: EntryRow[] = [];
  for (const row of due) {
    if (row.seq === null) return rows.length === 0 ? { photograph: row, rows } : { photograph: null, rows };
    rows.push(row);
  }
  return { photograph: null, rows };
}

/** What has waited longest, in the order in which this tablet wrote it, with all that it needs to be opened. */
export async function nextBatch(db: Database, limit: number, skip: readonly string[]): Promise<Batch> {
  const left = new Set(skip);
  const waiting = await inState(db, "waiting", limit + skip.length);
  const { photograph, rows } = firstOf(waiting.filter((row) => !left.has(row.digest)).slice(0, limit));
  const certificates = await db.getMany("certificates", [...new Set(rows.map((row) => row.enrolment))]);
  const envelopes = await db.getMany("envelopes", [...new Set([...rows, ...(photograph === null ? [] : [photograph])].map((row) => row.envelope))]);
  return { photograph, rows, certificates: certificates.filter((row) => row !== undefined), envelopes: envelopes.filter((row) => row !== undefined) };
}

export interface Settlement {
  sent: readonly string[];
  refused: readonly { digest: string; code: string }[];
  /** The server turned out not to have these after all. */
  again: readonly string[];
}

/** Takes over what a reply said, whole or not at all. */
export async function settle(db: Database, { sent, refused, again }: Settlement, now_ms: number): Promise<void> {
  await db.write(["outbox"], async (tx) => {
    await change(tx, await rowsOf(tx, sent), { state: "sent", code: null, sent_ms: now_ms });
    for (const { digest, code } of refused) await change(tx, await rowsOf(tx, [digest]), { state: "needs-help", code });
    await change(tx, await rowsOf(tx, again), { state: "waiting", code: null, sent_ms: null });
  });
}

export async function setAside(db: Database, digest: string, code: string): Promise<void> {
  await db.write(["outbox"], async (tx) => change(tx, await rowsOf(tx, [digest]), { state: "needs-help", code }));
}

export async function needingHelp(db: Database): Promise<OutboxRow[]> {
  return inState(db, "needs-help");
}

/** A person asked to try again, or the server may have been mended: with a code, only those set aside for it. */
export async function tryAgain(db: Database, code: string | null = null): Promise<void> {
  await db.write(["outbox"], async (tx) => {
    const rows = await tx.objectStore("outbox").index("state").getAll("needs-help");
    await change(tx, rows.filter((row) => code === null || row.code === code), { state: "waiting", code: null });
  });
}

export interface Place {
  seq: number;
  digest: string;
  state: OutboxRow["state"];
}

/** What this tablet still keeps of an enrolment from `seq` on (older ones may be pruned), by seq. */
export async function placesFrom(db: Database, enrolment: string, seq: number): Promise<Place[]> {
  const range = IDBKeyRange.bound([enrolment, seq], [enrolment, Infinity]);
  const rows = await db.read(["outbox"], (tx) => tx.objectStore("outbox").index("[enrolment+seq]").getAll(range));
  return rows.flatMap(({ seq, digest, state }) => (seq === null ? [] : [{ seq, digest, state }]));
}

/** Those of these that the server once had. */
export async function sentAmong(db: Database, digests: readonly string[]): Promise<string[]> {
  const rows = await db.read(["outbox"], (tx) => rowsOf(tx, digests));
  return rows.filter(({ state }) => state === "sent").map(({ digest }) => digest);
}

/** How long what was sent is kept: longer than the oldest backup that one would restore. */
export const KEEP_SENT_DAYS = 30;

export async function prune(db: Database, now_ms: number): Promise<void> {
  const before_ms = now_ms - KEEP_SENT_DAYS * 86_400_000;
  await db.write(["outbox", "blobs", "envelopes"], async (tx) => {
    for await (const cursor of tx.objectStore("outbox").index("state").iterate("sent")) {
      const { sent_ms, seq, digest } = cursor.value;
      if (sent_ms === null || sent_ms >= before_ms) continue;
      await cursor.delete();
      if (seq === null) await tx.objectStore("blobs").delete(digest);
    }
    const byEnvelope = tx.objectStore("outbox").index("envelope");
    for (const id of await tx.objectStore("envelopes").getAllKeys()) {
      if ((await byEnvelope.count(id)) === 0) await tx.objectStore("envelopes").delete(id);
    }
  });
}

/** Digests of those that the server does not yet hold, for marking them on the screen. */
export async function unsentDigests(db: Database): Promise<Set<string>> {
  const [waiting, needing] = await db.read(["outbox"], (tx) => {
    const byState = tx.objectStore("outbox").index("state");
    return Promise.all([byState.getAll("waiting"), byState.getAll("needs-help")]);
  });
  return new Set([...waiting, ...needing].map((row) => row.digest));
}
