// Entries on their way to the server. Nothing leaves this table before the server has acknowledged it and the time
// in which a backup might be restored has passed.

import type { CertificateRow, Database, EnvelopeRow, OutboxRow } from "./database.ts";

export interface Counts {
  waiting: number;
  needs_help: number;
}

export interface Batch {
  rows: OutboxRow[];
  certificates: CertificateRow[];
  envelopes: EnvelopeRow[];
}

export async function countsOf(db: Database): Promise<Counts> {
  const [waiting, needs_help] = await Promise.all([
    db.outbox.where("state").equals("waiting").count(),
    db.outbox.where("state").equals("needs-help").count(),
  ]);
  return { waiting, needs_help };
}

/** The oldest waiting entries in the order in which this tablet wrote them, with all that they need to be opened. */
export async function nextBatch(db: Database, limit: number, skip: readonly string[]): Promise<Batch> {
  const left = new Set(skip);
  const waiting = await db.outbox.where("state").equals("waiting").limit(limit + skip.length).sortBy("n");
  const rows = waiting.filter((row) => !left.has(row.digest)).slice(0, limit);
  const certificates = await db.certificates.bulkGet([...new Set(rows.map((row) => row.enrolment))]);
  const envelopes = await db.envelopes.bulkGet([...new Set(rows.map((row) => row.envelope))]);
  return { rows, certificates: certificates.filter((row) => row !== undefined), envelopes: envelopes.filter((row) => row !== undefined) };
}

export interface Settlement {
  sent: readonly string[];
  refused: readonly { digest: string; code: string }[];
  /** The server turned out not to have these after all. */
  again: readonly string[];
}

/** Takes over what a reply said, whole or not at all. */
export async function settle(db: Database, { sent, refused, again }: Settlement, now_ms: number): Promise<void> {
  await db.transaction("rw", db.outbox, async () => {
    await db.outbox.where("digest").anyOf(sent).modify({ state: "sent", code: null, sent_ms: now_ms });
    for (const { digest, code } of refused) await setAside(db, digest, code);
    await db.outbox.where("digest").anyOf(again).modify({ state: "waiting", code: null, sent_ms: null });
  });
}

export async function setAside(db: Database, digest: string, code: string): Promise<void> {
  await db.outbox.where("digest").equals(digest).modify({ state: "needs-help", code });
}

export async function needingHelp(db: Database): Promise<OutboxRow[]> {
  return db.outbox.where("state").equals("needs-help").sortBy("n");
}

/** A person asked to try again, or the server may have been mended: with a code, only those set aside for it. */
export async function tryAgain(db: Database, code: string | null = null): Promise<void> {
  const rows = db.outbox.where("state").equals("needs-help");
  await rows.filter((row) => code === null || row.code === code).modify({ state: "waiting", code: null });
}

export interface Place {
  seq: number;
  digest: string;
  state: OutboxRow["state"];
}

/** What this tablet still keeps of an enrolment from `seq` on (older ones may be pruned), by seq. */
export async function placesFrom(db: Database, enrolment: string, seq: number): Promise<Place[]> {
  const rows = await db.outbox.where("[enrolment+seq]").between([enrolment, seq], [enrolment, Infinity], true, true).toArray();
  return rows.map((row) => ({ seq: row.seq, digest: row.digest, state: row.state }));
}

/** How long sent entries are kept: longer than the oldest backup that one would restore. */
export const KEEP_SENT_DAYS = 30;

export async function prune(db: Database, now_ms: number): Promise<void> {
  const before_ms = now_ms - KEEP_SENT_DAYS * 86_400_000;
  await db.transaction("rw", [db.outbox, db.envelopes], async () => {
    await db.outbox
      .where("state")
      .equals("sent")
      .filter((row) => row.sent_ms !== null && row.sent_ms < before_ms)
      .delete();
    const used = new Set(await db.outbox.orderBy("envelope").uniqueKeys());
    await db.envelopes.filter((row) => !used.has(row.id)).delete();
  });
}

/** Digests of those that the server does not yet hold, for marking them on the screen. */
export async function unsentDigests(db: Database): Promise<Set<string>> {
  const rows = await db.outbox.where("state").anyOf("waiting", "needs-help").toArray();
  return new Set(rows.map((row) => row.digest));
}
