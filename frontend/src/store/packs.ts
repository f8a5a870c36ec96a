// Cases at rest: one encrypted pack per case with the entries as they were written, and one encrypted summary per
// ward, so that unlocking opens the summary only.

import { openAtRest, sealAtRest } from "../vault/rest.ts";
import { type Bytes, utf8 } from "../vault/bytes.ts";
import { type Database, type PackRow, putAll, type SummaryRow, type Writing } from "./database.ts";
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
  const row = await db.get("packs", caseId);
  const pack = await opened<HeldEntry[]>(data, packPlace(caseId), row, []);
  return pack === null ? null : { ...pack, whole: row?.whole ?? false, ward: row?.ward ?? null };
}

export async function openSummary(db: Database, data: CryptoKey, ward: string): Promise<Opened<CaseLine[]> | null> {
  return opened<CaseLine[]>(data, summaryPlace(ward), await db.get("summaries", ward), []);
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
 * nothing is written.
 */
export async function replace(tx: Writing, { packs, summaries }: Sealed): Promise<boolean> {
  const heldPacks = await Promise.all(packs.map((pack) => tx.objectStore("packs").get(pack.case)));
  const heldSummaries = await Promise.all(summaries.map((summary) => tx.objectStore("summaries").get(summary.ward)));
  const packsMoved = packs.some((pack, index) => (heldPacks[index]?.version ?? 0) !== pack.version - 1);
  if (packsMoved || summaries.some((summary, index) => (heldSummaries[index]?.version ?? 0) !== summary.version - 1)) return false;
  await putAll(tx, "packs", packs);
  await putAll(tx, "summaries", summaries);
  return true;
}
