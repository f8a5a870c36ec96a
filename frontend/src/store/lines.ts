// The lines of the ward list: made whenever a pack is written, so that the list is drawn from the summary alone.

import { fold, type Written } from "../core/fold.ts";
import type { Certificates } from "../core/readiness.ts";
import type { CertificateRow, Database } from "./database.ts";
import type { Desk } from "./journal.ts";
import { exclusively, WRITER } from "./lock.ts";
import { type HeldEntry, openPack, openSummary, replace, sealSummary } from "./packs.ts";
import { signersIn } from "./people.ts";
import { releaseOf } from "./releases.ts";
import { type CaseLine, LINE_FORM, lineOf, writtenFrom } from "./summary.ts";

type Shelf = Pick<Desk, "db" | "data">;

/** `arriving`: certificates that are stored together with the pack, and not before. */
export async function lineFor(db: Database, caseId: string, held: readonly HeldEntry[], arriving: readonly CertificateRow[] = []): Promise<CaseLine> {
  const written = writtenFrom(held);
  const state = fold(written);
  const release = await releaseOf(db, state.opened[0]?.release ?? "");
  return lineOf(caseId, { written, state, release, certificates: await signersOf(db, written, arriving) });
}

async function signersOf(db: Database, written: readonly Written[], arriving: readonly CertificateRow[]): Promise<Certificates> {
  const kept = await db.getMany("certificates", [...new Set(written.map(({ entry }) => entry.enrolment))]);
  return signersIn([...kept.filter((row) => row !== undefined), ...arriving]);
}

/**
 * All lines of a ward; null where its summary does not open. A case may come before the release that it was opened on,
 * and an earlier build may have written its line: only to make such lines anew a pack is opened.
 */
export async function wardLines(shelf: Shelf, ward: string): Promise<CaseLine[] | null> {
  const summary = await openSummary(shelf.db, shelf.data, ward);
  if (summary === null) return null;
  return (await lackingIn(shelf.db, summary.content)).size === 0 ? summary.content : completed(shelf, ward);
}

/** Cases whose line has another form, or says nothing of their release though it is here. */
async function lackingIn(db: Database, lines: readonly CaseLine[]): Promise<Set<string>> {
  const lacking = await Promise.all(lines.map((line) => isLacking(db, line)));
  return new Set(lines.filter((_, index) => lacking[index]).map((line) => line.case));
}

async function isLacking(db: Database, { form, status, release }: CaseLine): Promise<boolean> {
  if (form !== LINE_FORM) return true;
  return status === null && (await releaseOf(db, release ?? "")) !== null;
}

async function completed({ db, data }: Shelf, ward: string): Promise<CaseLine[] | null> {
  return exclusively(WRITER, async () => {
    const summary = await openSummary(db, data, ward);
    if (summary === null) return null;
    const lacking = await lackingIn(db, summary.content);
    const lines = await Promise.all(summary.content.map(async (line) => (lacking.has(line.case) ? madeAnew({ db, data }, line) : line)));
    const summaries = [await sealSummary(data, ward, summary.version + 1, lines)];
    // Where another tab has written meanwhile, nothing is: the next look makes them again.
    await db.write(["packs", "summaries"], (tx) => replace(tx, { packs: [], summaries }));
    return lines;
  });
}

async function madeAnew({ db, data }: Shelf, line: CaseLine): Promise<CaseLine> {
  const pack = await openPack(db, data, line.case);
  return pack === null ? line : lineFor(db, line.case, pack.content);
}
