// The lines of the ward list: made whenever a pack is written, so that the list is drawn from the summary alone.

import { fold } from "../core/fold.ts";
import type { CertificateRow, Database } from "./database.ts";
import type { Desk } from "./journal.ts";
import { exclusively, WRITER } from "./lock.ts";
import { areNext, type HeldEntry, leafOf, leavesOf, type Opened, openPack, putSealed, sealLeaf, unsealLeaf } from "./packs.ts";
import { signersIn, signersOf } from "./people.ts";
import { releaseOf } from "./releases.ts";
import { type CaseLine, LINE_FORM, lineOf, writtenFrom } from "./summary.ts";

type Shelf = Pick<Desk, "db" | "data">;

/** `arriving`: certificates that are stored together with the pack, and not before. */
export async function lineFor(db: Database, caseId: string, held: readonly HeldEntry[], arriving: readonly CertificateRow[] = []): Promise<CaseLine> {
  const written = writtenFrom(held);
  const state = fold(written);
  const release = await releaseOf(db, state.opened[0]?.release ?? "");
  const kept = await signersOf(db, [...new Set(written.map(({ entry }) => entry.enrolment))]);
  return lineOf(caseId, { written, state, release, certificates: { ...kept, ...signersIn(arriving) } });
}

/** Of a ward's summary, by leaf. */
type Leaves = ReadonlyMap<string, Opened<CaseLine[]>>;

interface Summary {
  leaves: Leaves;
  /** All cases of the ward of which there is a pack. */
  cases: readonly string[];
}

/** Null where one of its leaves does not open. */
async function openSummary({ db, data }: Shelf, ward: string): Promise<Summary | null> {
  const [rows, cases] = await db.read(["summaries", "packs"], (tx) =>
    Promise.all([tx.objectStore("summaries").getAll(leavesOf(ward)), tx.objectStore("packs").index("ward").getAllKeys(ward)]),
  );
  const opened = await Promise.all(rows.map(async (row) => [row.leaf, await unsealLeaf(data, ward, row.leaf, row)] as const));
  const leaves = new Map(opened.flatMap(([leaf, lines]) => (lines === null ? [] : [[leaf, lines]])));
  return leaves.size < rows.length ? null : { leaves, cases };
}

function linesIn(leaves: Leaves): CaseLine[] {
  return [...leaves.values()].flatMap(({ content }) => content);
}

/**
 * All lines of a ward; null where its summary does not open. A case may come before the release that it was opened on,
 * and an earlier build may have written its line, or none: only to make such lines anew a pack is opened.
 */
export async function wardLines(shelf: Shelf, ward: string): Promise<CaseLine[] | null> {
  const summary = await openSummary(shelf, ward);
  if (summary === null) return null;
  return (await lackingIn(shelf.db, summary)).length === 0 ? linesIn(summary.leaves) : completed(shelf, ward);
}

/** Cases without a line, or whose line has another form or says nothing of their release though it is here. */
async function lackingIn(db: Database, { leaves, cases }: Summary): Promise<string[]> {
  const lines = linesIn(leaves);
  const told = new Set(lines.map((line) => line.case));
  const lacking = await Promise.all(lines.map((line) => isLacking(db, line)));
  return [...cases.filter((caseId) => !told.has(caseId)), ...lines.filter((_, index) => lacking[index]).map((line) => line.case)];
}

async function isLacking(db: Database, { form, status, release }: CaseLine): Promise<boolean> {
  if (form !== LINE_FORM) return true;
  return status === null && (await releaseOf(db, release ?? "")) !== null;
}

async function completed({ db, data }: Shelf, ward: string): Promise<CaseLine[] | null> {
  return exclusively(WRITER, async () => {
    const summary = await openSummary({ db, data }, ward);
    if (summary === null) return null;
    const lacking = await lackingIn(db, summary);
    const made = await Promise.all(lacking.map((caseId) => madeAnew({ db, data }, caseId)));
    const changed = changedBy(summary.leaves, made.filter((line) => line !== null));
    const seals = [...changed].map(([leaf, { version, content }]) => sealLeaf(data, { ward, leaf, version, lines: content }));
    const sealed = { packs: [], leaves: await Promise.all(seals) };
    // Where another tab has written meanwhile, nothing is: the next look makes them again.
    await db.write(["packs", "summaries"], async (tx) => {
      if (await areNext(tx, sealed)) await putSealed(tx, sealed);
    });
    return linesIn(new Map([...summary.leaves, ...changed]));
  });
}

/** Null where the pack does not open: what stood of it stays. */
async function madeAnew({ db, data }: Shelf, caseId: string): Promise<CaseLine | null> {
  const pack = await openPack(db, data, caseId);
  return pack === null ? null : lineFor(db, caseId, pack.content);
}

/** The leaves that these lines stand in, as they are with them. */
function changedBy(leaves: Leaves, made: readonly CaseLine[]): Leaves {
  const anew = new Set(made.map((line) => line.case));
  const touched = [...new Set(made.map((line) => leafOf(line.case)))];
  return new Map(touched.map((leaf) => {
    const { version, content } = leaves.get(leaf) ?? { version: 0, content: [] };
    const lines = [...content.filter((line) => !anew.has(line.case)), ...made.filter((line) => leafOf(line.case) === leaf)];
    return [leaf, { version: version + 1, content: lines }];
  }));
}
