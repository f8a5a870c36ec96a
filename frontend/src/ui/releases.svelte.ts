// The checklists that this tablet holds, parsed once each.

import { parseRelease, type Release } from "../core/release.ts";
import type { Database, ReleaseRow } from "../store/database.ts";
import { releasesOf } from "../store/releases.ts";

const parsed = new Map<string, Release>();

function parsedOnce(row: ReleaseRow): Release | null {
  const known = parsed.get(row.digest);
  if (known !== undefined) return known;
  if (row.bytes === null) return null;
  const read = parseRelease(row.bytes, row.digest);
  if (!read.ok) return null;
  parsed.set(row.digest, read.value);
  return read.value;
}

export async function releaseOf(db: Database, digest: string): Promise<Release | null> {
  const row = await db.releases.get(digest);
  return row === undefined ? null : parsedOnce(row);
}

/** Whether the server has taken a release back. Cases that began on it go on by it, and say so. */
export async function isRecalled(db: Database, digest: string): Promise<boolean> {
  return (await db.releases.get(digest))?.status === "recalled";
}

/** For each protocol the newest release that is in force, by which new cases are opened. */
export async function releasesForNewCases(db: Database, now_ms: number): Promise<Release[]> {
  const newest = new Map<string, ReleaseRow>();
  for (const row of await releasesOf(db)) {
    if (row.status !== "active" || row.effective_from_ms > now_ms || row.bytes === null) continue;
    const other = newest.get(row.protocol);
    if (other === undefined || other.number < row.number) newest.set(row.protocol, row);
  }
  return [...newest.values()].map(parsedOnce).filter((release) => release !== null);
}
