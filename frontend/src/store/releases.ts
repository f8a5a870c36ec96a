// Releases of protocols, as bytes whose digest is their name. Stored ones are never removed: a case ends on the
// release it began with.

import { parseRelease, type Release } from "../core/release.ts";
import { type Bytes, digestOf } from "../vault/bytes.ts";
import { type Database, putAll, type ReleaseRow } from "./database.ts";

export type Listed = Omit<ReleaseRow, "bytes">;

/** Takes over the server's list and says which of its releases this tablet still lacks. */
export async function keepList(db: Database, listed: readonly Listed[]): Promise<string[]> {
  return db.write(["releases"], async (tx) => {
    const held = await Promise.all(listed.map((release) => tx.objectStore("releases").get(release.digest)));
    await putAll(tx, "releases", listed.map((release, index) => ({ ...release, bytes: held[index]?.bytes ?? null })));
    return listed.filter((_, index) => (held[index]?.bytes ?? null) === null).map((release) => release.digest);
  });
}

/** False when the bytes are not what the digest names; nothing is stored then. */
export async function keepRelease(db: Database, digest: string, bytes: Bytes): Promise<boolean> {
  if ((await digestOf(bytes)) !== digest) return false;
  await db.write(["releases"], async (tx) => {
    const listed = await tx.objectStore("releases").get(digest);
    if (listed !== undefined) await tx.objectStore("releases").put({ ...listed, bytes });
  });
  return true;
}

export async function releasesOf(db: Database): Promise<ReleaseRow[]> {
  return db.getAll("releases");
}

/** Parsed once each: a release never changes. */
const parsed = new Map<string, Release>();

/** Null while only listed, or where the bytes cannot be read as a release. */
export function parsedOnce(row: ReleaseRow): Release | null {
  const known = parsed.get(row.digest);
  if (known !== undefined) return known;
  const read = row.bytes === null ? null : parseRelease(row.bytes, row.digest);
  if (read?.ok !== true) return null;
  parsed.set(row.digest, read.value);
  return read.value;
}

/** Null where this tablet does not hold it. */
export async function releaseOf(db: Database, digest: string): Promise<Release | null> {
  const known = parsed.get(digest);
  if (known !== undefined) return known;
  const row = await db.get("releases", digest);
  return row === undefined ? null : parsedOnce(row);
}
