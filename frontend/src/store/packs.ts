// Cases at rest: one encrypted pack per case with the entries as they were written, and one encrypted summary per
// ward, so that unlocking opens the summary only.

import { openAtRest, sealAtRest } from "../vault/rest.ts";
import { type Bytes, utf8 } from "../vault/bytes.ts";
import type { Database, PackRow, SummaryRow } from "./database.ts";
import type { CaseLine } from "./summary.ts";

/** An entry as the tablet keeps it: the bytes that were signed, never re-serialised. */
export interface HeldEntry {
  digest: string;
  entry: string;
  private: string | null;
  signature: string;
}

export interface Opened<T> {
  /** 0 when there is nothing yet. */
  version: number;
  content: T;
}

export interface OpenedPack extends Opened<HeldEntry[]> {
  /** See PackRow. */
  whole: boolean;
  /** Null when there is nothing yet. */
  ward: string | null;
}

const packPlace = (caseId: string) => `case ${caseId}`;
const summaryPlace = (ward: string) => `ward ${ward}`;

async function opened<T>(data: CryptoKey, place: string, row: { version: number; sealed: Bytes } | undefined, none: T): Promise<Opened<T> | null> {
  if (row === undefined) return { version: 0, content: none };
  const plain = await openAtRest(data, place, row.sealed);
  if (plain === null) return null;
  return { version: row.version, content: JSON.parse(new TextDecoder().decode(plain)) as T };
}

/** Null when it lies there but does not open with this key. */
export async function openPack(db: Database, data: CryptoKey, caseId: string): Promise<OpenedPack | null> {
  const row = await db.packs.get(caseId);
  const pack = await opened<HeldEntry[]>(data, packPlace(caseId), row, []);
  return pack === null ? null : { ...pack, whole: row?.whole ?? false, ward: row?.ward ?? null };
}

export async function openSummary(db: Database, data: CryptoKey, ward: string): Promise<Opened<CaseLine[]> | null> {
  return opened<CaseLine[]>(data, summaryPlace(ward), await db.summaries.get(ward), []);
}

export interface PackToSeal {
  case: string;
  ward: string;
  version: number;
  whole: boolean;
  entries: readonly HeldEntry[];
}

export async function sealPack(data: CryptoKey, pack: PackToSeal): Promise<PackRow> {
  const sealed = await sealAtRest(data, packPlace(pack.case), utf8(JSON.stringify(pack.entries)));
  return { case: pack.case, ward: pack.ward, version: pack.version, whole: pack.whole, sealed };
}

export async function sealSummary(data: CryptoKey, ward: string, version: number, lines: readonly CaseLine[]): Promise<SummaryRow> {
  return { ward, version, sealed: await sealAtRest(data, summaryPlace(ward), utf8(JSON.stringify(lines))) };
}

export interface Sealed {
  packs: readonly PackRow[];
  summaries: readonly SummaryRow[];
}

/**
 * Writes packs and summaries, unless somebody else has written one of them since they were opened: then false, and
 * nothing is written. For use inside a transaction.
 */
export async function replace(db: Database, { packs, summaries }: Sealed): Promise<boolean> {
  const heldPacks = await db.packs.bulkGet(packs.map((pack) => pack.case));
  const heldSummaries = await db.summaries.bulkGet(summaries.map((summary) => summary.ward));
  const packsMoved = packs.some((pack, index) => (heldPacks[index]?.version ?? 0) !== pack.version - 1);
  if (packsMoved || summaries.some((summary, index) => (heldSummaries[index]?.version ?? 0) !== summary.version - 1)) return false;
  await db.packs.bulkPut([...packs]);
  await db.summaries.bulkPut([...summaries]);
  return true;
}
