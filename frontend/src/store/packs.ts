// Cases at rest: one encrypted pack per case with the entries as they were written, and per ward a summary with a line
// of each, so that unlocking opens the summary only. It lies in sixteen encrypted leaves: a tap seals one of them anew
// instead of the whole ward, and unlocking opens sixteen instead of a thousand lines one by one.

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
const leafPlace = (ward: string, leaf: string) => `ward ${ward} ${leaf}`;

/** Which leaf of its ward's summary a case stands in: by the last digit of its id, which is random. */
export function leafOf(caseId: string): string {
  return caseId.slice(-1);
}

/** The keys of all leaves of a ward: a list comes after every text. */
export const leavesOf = (ward: string) => IDBKeyRange.bound([ward], [ward, []]);

async function opened<T>(data: CryptoKey, place: string, row: { version: number; sealed: Bytes } | undefined, none: T): Promise<Opened<T> | null> {
  if (row === undefined) return { version: 0, content: none };
  const plain = await openAtRest(data, place, row.sealed);
  if (plain === null) return null;
  return { version: row.version, content: JSON.parse(new TextDecoder().decode(plain)) as T };
}

/** Null when it lies there but does not open with this key. */
export async function unsealPack(data: CryptoKey, caseId: string, row: PackRow | undefined): Promise<OpenedPack | null> {
  const pack = await opened<HeldEntry[]>(data, packPlace(caseId), row, []);
  return pack === null ? null : { ...pack, whole: row?.whole ?? false, ward: row?.ward ?? null };
}

export async function openPack(db: Database, data: CryptoKey, caseId: string): Promise<OpenedPack | null> {
  return unsealPack(data, caseId, await db.get("packs", caseId));
}

/** Null when it lies there but does not open with this key. */
export function unsealLeaf(data: CryptoKey, ward: string, leaf: string, row: SummaryRow | undefined): Promise<Opened<CaseLine[]> | null> {
  return opened<CaseLine[]>(data, leafPlace(ward, leaf), row, []);
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

export interface LeafToSeal {
  ward: string;
  leaf: string;
  version: number;
  lines: readonly CaseLine[];
}

export async function sealLeaf(data: CryptoKey, { ward, leaf, version, lines }: LeafToSeal): Promise<SummaryRow> {
  return { ward, leaf, version, sealed: await sealAtRest(data, leafPlace(ward, leaf), utf8(JSON.stringify(lines))) };
}

export interface Sealed {
  packs: readonly PackRow[];
  leaves: readonly SummaryRow[];
}

/** Whether nobody has written one of them since it was opened. */
export async function areNext(tx: Writing, { packs, leaves }: Sealed): Promise<boolean> {
  const held = await Promise.all([
    ...packs.map((pack) => tx.objectStore("packs").get(pack.case)),
    ...leaves.map(({ ward, leaf }) => tx.objectStore("summaries").get([ward, leaf])),
  ]);
  return [...packs, ...leaves].every(({ version }, index) => (held[index]?.version ?? 0) === version - 1);
}

export async function putSealed(tx: Writing, { packs, leaves }: Sealed): Promise<void> {
  await Promise.all([putAll(tx, "packs", packs), putAll(tx, "summaries", leaves)]);
}
