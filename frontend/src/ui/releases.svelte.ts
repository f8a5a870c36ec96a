// The checklists that new cases may be opened on.

import type { Release } from "../core/release.ts";
import type { Database, ReleaseRow } from "../store/database.ts";
import { parsedOnce, releasesOf } from "../store/releases.ts";

export { releaseOf } from "../store/releases.ts";

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
