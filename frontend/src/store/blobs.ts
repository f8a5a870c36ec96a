// Photographs of papers on this tablet: each encrypted under the data key, for its people to look at, and sealed to the
// server, to be sent also while the tablet is locked. Both go when the server has had it for as long as entries are kept.

import type { Bytes } from "../vault/bytes.ts";
import { sealBlob } from "../vault/envelope.ts";
import { openAtRest, sealAtRest } from "../vault/rest.ts";
import { type BlobRow, putAll, type Writing } from "./database.ts";
import type { Desk } from "./journal.ts";
import type { NewRow } from "./outbox.ts";

/** A JPEG, and the SHA-256 of its bytes, by which an entry names it. */
export interface Photograph {
  digest: string;
  bytes: Bytes;
}

/** Ready to go down with the entry that names it. */
export interface SealedPhotograph {
  row: BlobRow;
  queued: NewRow;
}

const blobPlace = (digest: string) => `blob ${digest}`;

/** `enrolment`: of whoever writes the entry that names it. */
export async function sealPhotograph({ data, envelope }: Desk, enrolment: string, { digest, bytes }: Photograph): Promise<SealedPhotograph> {
  const [kept, sealed] = await Promise.all([sealAtRest(data, blobPlace(digest), bytes), sealBlob(envelope, digest, bytes)]);
  const queued = { enrolment, seq: null, digest, envelope: envelope.envelope.id, state: "waiting", code: null, sent_ms: null } as const;
  return { row: { digest, kept, sealed }, queued };
}

/** Those that are not here yet, each once: two decisions may stand on one paper. Gives what is to be sent of them. */
export async function keepNew(tx: Writing, photographs: readonly SealedPhotograph[]): Promise<NewRow[]> {
  const byDigest = new Map(photographs.map((one) => [one.row.digest, one]));
  const here = new Set(await Promise.all([...byDigest.keys()].map((digest) => tx.objectStore("blobs").getKey(digest))));
  const fresh = [...byDigest.values()].filter(({ row }) => !here.has(row.digest));
  await putAll(tx, "blobs", fresh.map(({ row }) => row));
  return fresh.map(({ queued }) => queued);
}

/** The JPEG; null when it is not on this tablet (any more), or does not open. */
export async function photographOf({ db, data }: Pick<Desk, "db" | "data">, digest: string): Promise<Bytes | null> {
  const row = await db.get("blobs", digest);
  return row === undefined ? null : openAtRest(data, blobPlace(digest), row.kept);
}
