// The checklists that new cases may be opened on.

import type { Release } from "../core/release.ts";
import type { Database, ReleaseRow } from "../store/database.ts";
import { parsedOnce, releasesOf } from "../store/releases.ts";

export { releaseOf } from "../store/releases.ts";

/** Whether the server has taken a release back. Cases that began on it go on by it, and say so. */
export async function isRecalled(db: Database, digest: string): Promise<boolean> {
  return (await db.get("releases", digest))?.status === "recalled";
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
