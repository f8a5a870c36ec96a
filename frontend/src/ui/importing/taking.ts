// Writes the chosen rows of a list, one case after the other. Each is written whole or not at all; cut off in between,
// the rest is taken when the list is read again, since what was written is on the ward then.

import type { Release } from "../../core/release.ts";
import { type Author, type Desk, write } from "../../store/journal.ts";
import { wardLines } from "../../store/lines.ts";
import { exclusively } from "../../store/lock.ts";
import { openingDrafts } from "../ward/opening.ts";
import type { Row } from "./list.ts";
import { isTaken } from "./standing.ts";

const IMPORTING = "bedside importing";

export interface Taking {
  desk: Desk;
  author: Author;
  ward: string;
  release: Release;
  rows: readonly Row[];
  /** A case was written. */
  taken: (caseId: string) => Promise<void>;
  /** False: whoever does this may not go on, having locked the tablet. */
  mayGoOn: () => boolean;
}

/** How many cases were written, and why no more were. */
export interface Outcome {
  count: number;
  code: string | null;
}

/** One list at a time across all tabs: what one has taken, the other must see. */
export function take(taking: Taking): Promise<Outcome> {
  return exclusively(IMPORTING, async () => {
    let count = 0;
    for (const row of taking.rows) {
      if (!taking.mayGoOn()) return { count, code: "locked" };
      const written = await takeOne(taking, row);
      if (typeof written === "string") return { count, code: written };
      if (written) count += 1;
    }
    return { count, code: null };
  });
}

/** False: it is there already. Else true, or why it was not written. */
async function takeOne({ desk, author, ward, release, taken }: Taking, { form }: Row): Promise<boolean | string> {
  const lines = await wardLines(desk, ward);
  if (lines === null) return "storage-broken";
  if (isTaken(form, lines, release.document.protocol)) return false;
  const caseId = crypto.randomUUID();
  const written = await write(desk, { ward, case: caseId, author, compose: () => openingDrafts(release, form) });
  if (written.kind !== "saved") return written.kind === "changed" ? "case-changed" : written.code;
  await taken(caseId);
  return true;
}
