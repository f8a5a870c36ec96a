// Entries that a pull has brought and that are proved: taken into the packs, merged by digest.
//
// Entries, certificates and cursor go down in one transaction, under the writer's lock. Cut off before it, the tablet
// stands where it stood and asks again; after it, everything is there. What comes twice is there once.

import { type CertificateRow, type CursorRow, type Database, putAll, type Writing } from "./database.ts";
import type { Desk } from "./journal.ts";
import { lineFor } from "./lines.ts";
import { exclusively, WRITER } from "./lock.ts";
import { areNext, type HeldEntry, leafOf, openPack, type PackToSeal, putSealed, sealLeaf, sealPack, unsealLeaf } from "./packs.ts";

export interface ArrivedCase {
  case: string;
  /** Where the case stands now; null: where its pack says, and without a pack it is not kept. */
  ward: string | null;
  entries: readonly HeldEntry[];
  /** These are all entries that the server holds of it. */
  whole: boolean;
}

export interface Move {
  /** Where the tablet stood when it asked; null: nowhere. */
  from: CursorRow | null;
  to: CursorRow;
  /** After a start: the cases that were fetched for it. All others of the ward are no longer known to be whole. */
  started: ReadonlySet<string> | null;
}

export interface Arrival {
  cases: readonly ArrivedCase[];
  certificates: readonly CertificateRow[];
  /** Null: the cursor stays. */
  move: Move | null;
}

export type Taken =
  | { kind: "taken"; fresh: number }
  /** The tablet stands elsewhere by now; nothing was stored. */
  | { kind: "moved" }
  /** A pack or summary does not open; nothing was stored. */
  | { kind: "unreadable" };

const TRIES = 3;

export async function takeIn(desk: Pick<Desk, "db" | "data">, arrival: Arrival): Promise<Taken> {
  return exclusively(WRITER, async () => {
    for (let tries = 0; tries < TRIES; tries++) {
      const taken = await takeInOnce(desk, arrival);
      if (taken !== "raced") return taken;
    }
    return { kind: "moved" };
  });
}

/** "raced": without Web Locks, another tab wrote one of the packs meanwhile. */
async function takeInOnce({ db, data }: Pick<Desk, "db" | "data">, arrival: Arrival): Promise<Taken | "raced"> {
  const merged = await Promise.all(arrival.cases.map((one) => merge(db, data, one)));
  if (merged.includes(null)) return { kind: "unreadable" };
  const changed = merged.filter((one) => one !== null && one.pack !== null) as { pack: PackToSeal; before: string | null; fresh: number }[];
  const packs = changed.map(({ pack }) => pack);
  const leaves = await Promise.all(touchedBy(changed).map((place) => leafWith({ db, data }, place, packs, arrival.certificates)));
  if (leaves.includes(null)) return { kind: "unreadable" };
  const sealed = {
    packs: await Promise.all(packs.map((pack) => sealPack(data, pack))),
    leaves: leaves.filter((leaf) => leaf !== null),
  };
  const stored = await db.write(["packs", "summaries", "cursors", "certificates"], async (tx) => {
    if (!(await standsAt(tx, arrival.move))) return "moved";
    if (!(await areNext(tx, sealed))) return "raced";
    await putSealed(tx, sealed);
    await putAll(tx, "certificates", arrival.certificates);
    await moveCursor(tx, arrival.move);
    return "taken";
  });
  if (stored !== "taken") return stored === "moved" ? { kind: "moved" } : "raced";
  return { kind: "taken", fresh: changed.reduce((sum, { fresh }) => sum + fresh, 0) };
}

interface Merged {
  /** Null when nothing is new. */
  pack: PackToSeal | null;
  /** The ward in which it stood until now. */
  before: string | null;
  fresh: number;
}

async function merge(db: Database, data: CryptoKey, arrived: ArrivedCase): Promise<Merged | null> {
  const held = await openPack(db, data, arrived.case);
  if (held === null) return null;
  const known = new Set(held.content.map((entry) => entry.digest));
  const fresh = arrived.entries.filter(({ digest }) => !known.has(digest) && known.add(digest));
  const ward = arrived.ward ?? held.ward;
  const whole = held.whole || arrived.whole;
  const same = fresh.length === 0 && whole === held.whole && ward === held.ward;
  const before = held.ward;
  if (ward === null || same) return { pack: null, before, fresh: 0 };
  const entries = [...held.content, ...fresh];
  return { pack: { case: arrived.case, ward, version: held.version + 1, whole, entries }, before, fresh: fresh.length };
}

type LeafPlace = [ward: string, leaf: string];

/** The leaves, of the wards where the cases are and were, that must be written anew. */
function touchedBy(changed: readonly { pack: PackToSeal; before: string | null }[]): LeafPlace[] {
  const places = changed.flatMap(({ pack, before }) => [pack.ward, before ?? pack.ward].map((ward): LeafPlace => [ward, leafOf(pack.case)]));
  return [...new Map(places.map((place) => [place.join(" "), place])).values()];
}

async function leafWith({ db, data }: Pick<Desk, "db" | "data">, [ward, leaf]: LeafPlace, packs: readonly PackToSeal[], arriving: readonly CertificateRow[]) {
  const held = await unsealLeaf(data, ward, leaf, await db.get("summaries", [ward, leaf]));
  if (held === null) return null;
  const touched = new Set(packs.map((pack) => pack.case));
  const here = packs.filter((pack) => pack.ward === ward && leafOf(pack.case) === leaf);
  const lines = await Promise.all(here.map((pack) => lineFor(db, pack.case, pack.entries, arriving)));
  return sealLeaf(data, { ward, leaf, version: held.version + 1, lines: [...held.content.filter((line) => !touched.has(line.case)), ...lines] });
}

async function standsAt(tx: Writing, move: Move | null): Promise<boolean> {
  if (move === null) return true;
  const cursor = await tx.objectStore("cursors").get(move.to.ward);
  return cursor?.position === move.from?.position && cursor?.hash === move.from?.hash;
}

async function moveCursor(tx: Writing, move: Move | null): Promise<void> {
  if (move === null) return;
  const { to, started } = move;
  await tx.objectStore("cursors").put(to);
  if (started === null) return;
  const packs = await tx.objectStore("packs").index("ward").getAll(to.ward);
  await putAll(tx, "packs", packs.map((pack) => ({ ...pack, whole: started.has(pack.case) })));
}

/** Which of these cases must be fetched by name before rows of them can be taken in. */
export async function notWhole(db: Database, cases: readonly string[]): Promise<string[]> {
  const rows = await db.getMany("packs", cases);
  return cases.filter((_, index) => rows[index]?.whole !== true);
}

export async function cursorsOf(db: Database, wards: readonly string[]): Promise<(CursorRow | null)[]> {
  return (await db.getMany("cursors", wards)).map((row) => row ?? null);
}
