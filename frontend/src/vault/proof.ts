// What a pull brings, checked before anything of it is believed: bytes against digest, private part against its
// digest, header against place, signature against the writer's certificate.

import { type Entry, parseEntry, parsePrivate, SERVER_TYPES } from "../core/entry.ts";
import { digestOf, utf8 } from "./bytes.ts";
import type { Certificate } from "./certificate.ts";
import type { LogRow } from "./log.ts";
import { verifies } from "./keys.ts";

/** An entry with its place in a ward's log, as a tablet gets it. */
export interface Row extends LogRow {
  ward: string;
  enrolment: string;
  entry: string;
  private: string | null;
  signature: string;
}

/** Certificates that verified, by enrolment. */
export type Signers = ReadonlyMap<string, Certificate>;

export interface Judged {
  row: Row;
  /** Why it is not to be believed; null: it is proved. */
  doubt: string | null;
  /**
   * False for a proved entry of a kind that only the server may write, written by somebody else. The log has it, the
   * server names it there; the fold, which takes such kinds at their word, never sees it.
   */
  counts: boolean;
}

interface Read {
  row: Row;
  entry: Entry;
  certificate: Certificate;
}

export async function judge(rows: readonly Row[], signers: Signers): Promise<Judged[]> {
  const doubts = new Map<string, string>();
  const reads = new Map<string, Read>();
  for (const row of rows) {
    const read = await readRow(row, signers);
    if (typeof read === "string") doubts.set(row.digest, read);
    else reads.set(row.digest, read);
  }
  for (const run of runsOf([...reads.values()])) {
    for (const { row } of run.slice(await provedIn(run))) doubts.set(row.digest, "entry-signature-wrong");
  }
  return rows.map((row) => ({ row, doubt: doubts.get(row.digest) ?? null, counts: mayCount(reads.get(row.digest)) }));
}

async function readRow(row: Row, signers: Signers): Promise<Read | string> {
  const bytes = utf8(row.entry);
  if ((await digestOf(bytes)) !== row.digest) return "entry-digest-wrong";
  const parsed = parseEntry(bytes);
  if (!parsed.ok) return parsed.code;
  const entry = parsed.value;
  if (entry.ward !== row.ward || entry.case !== row.case || entry.enrolment !== row.enrolment) return "entry-place-wrong";
  const doubt = await privateDoubt(row, entry);
  if (doubt !== null) return doubt;
  const certificate = signers.get(row.enrolment);
  return certificate === undefined ? "certificate-missing" : { row, entry, certificate };
}

/** A private part may have been erased: that breaks no digest and no signature. One that is there must be the entry's. */
async function privateDoubt(row: Row, entry: Entry): Promise<string | null> {
  if (row.private === null) return null;
  const part = utf8(row.private);
  const opened = parsePrivate(entry, part, await digestOf(part));
  return opened.ok ? null : opened.code;
}

function mayCount(read: Read | undefined): boolean {
  if (read === undefined) return false;
  const { entry, certificate } = read;
  if (certificate.type === "person") return !SERVER_TYPES.has(entry.type);
  // The server has an enrolment for each ward, whose id stands in the place of the device.
  return SERVER_TYPES.has(entry.type) && certificate.device === entry.ward;
}

/**
 * Each writer's entries, cut where one does not follow from the one before. Never across writers: somebody who names
 * another's entry as their predecessor has not signed it for them.
 */
function runsOf(reads: readonly Read[]): Read[][] {
  const byWriter = new Map<string, Read[]>();
  for (const read of reads) byWriter.set(read.entry.enrolment, [...(byWriter.get(read.entry.enrolment) ?? []), read]);
  const runs: Read[][] = [];
  for (const written of byWriter.values()) {
    let run: Read[] = [];
    for (const read of written.sort((one, other) => one.entry.seq - other.entry.seq)) {
      if (read.entry.prev !== run.at(-1)?.row.digest) runs.push((run = []));
      run.push(read);
    }
  }
  return runs;
}

/**
 * How many of a run's entries are proved. A good signature proves all that it links back to: usually the last one's,
 * and then no other is looked at.
 */
async function provedIn(run: readonly Read[]): Promise<number> {
  for (let count = run.length; count > 0; count--) {
    const last = run[count - 1];
    if (last !== undefined && (await verifies(last.certificate.public_key, last.row.signature, utf8(last.row.entry)))) return count;
  }
  return 0;
}
