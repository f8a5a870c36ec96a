// One push: a photograph or a batch of entries from the outbox, and what the reply means for it.

import type { Database, PhotographRow } from "../store/database.ts";
import { deviceOf } from "../store/device.ts";
import { type Batch, countsOf, nextBatch, placesFrom, sentAmong, settle } from "../store/outbox.ts";
import { endEnrolment } from "../store/people.ts";
import { toBase64url } from "../vault/bytes.ts";
import type { Send, Timing } from "./api.ts";
import { pushBody, type PushBody } from "./batch.ts";
import { push as callPush, sendBlob } from "./calls.ts";
import type { CallOutcome } from "./machine.ts";
import type { Holding } from "./replies.ts";
import { judge, settled } from "./settlement.ts";

export interface Surroundings {
  db: Database;
  now_ms: () => number;
  send?: Send | undefined;
  /** `sent`: the reply has acknowledged something. */
  heard: (server_ms: number, timing: Timing, sent: boolean) => Promise<void>;
}

export interface Pushed {
  /** What was sent, by digest. */
  batch: string[];
  outcome: CallOutcome<{ waiting: number }>;
}

export async function push(around: Surroundings, limit: number, skip: readonly string[]): Promise<Pushed> {
  const { db } = around;
  const batch = await nextBatch(db, limit, skip);
  if (batch.photograph !== null) return { batch: [batch.photograph.digest], outcome: await photographPushed(around, batch.photograph, batch) };
  const body = pushBody(batch, await db.read(["heads"], (tx) => tx.objectStore("heads").getAllKeys()));
  const digests = body.entries.map((entry) => entry.digest);
  return { batch: digests, outcome: await pushed(around, body, digests) };
}

/** One that lies here damaged cannot be sent; a person is told, and its entry goes without it. */
const DAMAGED = { kind: "problem", status: 400, code: "storage-damaged" } as const;

async function photographPushed(around: Surroundings, { digest }: PhotographRow, { envelopes: [envelope] }: Batch): Promise<CallOutcome<{ waiting: number }>> {
  const { db, now_ms, send, heard } = around;
  const [device, blob] = [await deviceOf(db), await db.get("blobs", digest)];
  if (device === null) return { kind: "outage", why: "not-registered" };
  if (blob === undefined || envelope === undefined) return DAMAGED;
  const outcome = await sendBlob(device.token, { envelope, digest, sealed: toBase64url(blob.sealed) }, send);
  if (outcome.kind !== "ok") return outcome;
  if (outcome.reply.digest !== digest) return { kind: "outage", why: "not-our-server" };
  await settle(db, { sent: [digest], refused: [], again: [] }, now_ms());
  await heard(outcome.reply.server_ms, outcome.timing, true);
  return { kind: "ok", waiting: (await countsOf(db)).waiting };
}

async function pushed(around: Surroundings, body: PushBody, digests: string[]): Promise<CallOutcome<{ waiting: number }>> {
  const { db, now_ms, send, heard } = around;
  const device = await deviceOf(db);
  if (device === null) return { kind: "outage", why: "not-registered" };
  const outcome = await callPush(device.token, body, send);
  if (outcome.kind !== "ok") return outcome;
  const { sent, refused } = settled(digests, outcome.reply);
  // A reply that settles nothing of what was sent is not the server's, or not to be believed.
  if (digests.length > 0 && sent.length + refused.length === 0) return { kind: "outage", why: "not-our-server" };
  await settle(db, { sent, refused, again: [] }, now_ms());
  for (const holding of outcome.reply.enrolments) await takeOverHolding(around, holding);
  await heard(outcome.reply.server_ms, outcome.timing, sent.length > 0);
  return { kind: "ok", waiting: (await countsOf(db)).waiting };
}

/** Held against the head as it is now: another tab may have written and sent since this call began. */
async function takeOverHolding({ db, now_ms }: Surroundings, holding: Holding): Promise<void> {
  const { enrolment, upto, blobs } = holding;
  const lost = await sentAmong(db, blobs);
  if (lost.length > 0) await settle(db, { sent: [], refused: [], again: lost }, now_ms());
  const places = await placesFrom(db, enrolment, upto);
  const head = await db.get("heads", enrolment);
  if (head === undefined) return;
  const judgement = judge(holding, { head_seq: head.seq, places });
  if (judgement.kind === "ended") await endEnrolment(db, enrolment);
  else if (judgement.digests.length > 0) await settle(db, { sent: [], refused: [], again: judgement.digests }, now_ms());
}
