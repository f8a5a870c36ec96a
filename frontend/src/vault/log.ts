// The ward log's rolling hash (docs/wire-format.md, "Log hash"): one order of a ward's entries that no one can
// rearrange unseen.

import { digestOf, fromHex, join, u64, utf8, uuidBytes } from "./bytes.ts";

export interface LogRow {
  position: number;
  received_ms: number;
  case: string | null;
  digest: string;
}

/** Where somebody stands in a log. Position 0 is before the first entry; its hash is `startHash`. */
export interface LogPlace {
  position: number;
  hash: string;
}

const NO_CASE = new Uint8Array(16);

/** h0, before the first position. */
export async function startHash(ward: string): Promise<string> {
  return digestOf(join(utf8("bedside log 1"), uuidBytes(ward)));
}

async function nextHash(last: string, row: LogRow): Promise<string> {
  const caseBytes = row.case === null ? NO_CASE : uuidBytes(row.case);
  return digestOf(join(fromHex(last), u64(row.position), u64(row.received_ms), caseBytes, fromHex(row.digest)));
}

/** The hash after each row; null where a position is left out or comes twice. */
export async function follow(from: LogPlace, rows: readonly LogRow[]): Promise<string[] | null> {
  const hashes: string[] = [];
  let { position, hash } = from;
  for (const row of rows) {
    position += 1;
    if (row.position !== position) return null;
    hash = await nextHash(hash, row);
    hashes.push(hash);
  }
  return hashes;
}
