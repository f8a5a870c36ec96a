// What the rows of a list are to a ward: which can be taken, which are there already, which are in doubt.

import type { CaseLine } from "../../store/summary.ts";
import { bare, casesOf, othersOf } from "../ward/days.ts";
import type { NewCaseForm } from "../ward/opening.ts";
import type { Row } from "./list.ts";

/** In the order in which they are shown. */
export const STANDINGS = ["mistake", "twice", "here", "new", "repeated", "taken"] as const;
export type Standing = (typeof STANDINGS)[number];

export interface StandingRow extends Row {
  standing: Standing;
  /** Open cases of the same patient. */
  others: readonly CaseLine[];
}

/** Of these a person may decide; the rest of the rows never become cases. */
export function mayBeTaken({ standing }: StandingRow): boolean {
  return standing === "new" || standing === "here" || standing === "twice";
}

/**
 * This very case is on the ward: same patient, time and procedure. So whatever cut a list short, it is taken in again
 * without doubles. (A case's id could be made from these too, but from an id that everybody may see the few
 * identifiers that there are could be tried out.)
 */
export function isTaken(form: NewCaseForm, lines: readonly CaseLine[], protocol: string): boolean {
  return casesOf(lines, form.identifier).some(
    (line) => line.start_ms === form.start_ms && line.protocol === protocol && line.outcome !== "entered-in-error",
  );
}

export function standingRows(rows: readonly Row[], lines: readonly CaseLine[], protocol: string): StandingRow[] {
  const patients = rows.map(({ form }) => bare(form.identifier));
  return rows.map((row, index) => {
    const same = rows.filter((_, other) => patients[other] === patients[index]);
    const others = othersOf(lines, row.form.identifier);
    return { ...row, others, standing: standingOf(row, same, others, isTaken(row.form, lines, protocol)) };
  });
}

function standingOf(row: Row, same: readonly Row[], others: readonly CaseLine[], taken: boolean): Standing {
  if (Object.keys(row.problems).length > 0) return "mistake";
  if (taken) return "taken";
  const equal = (other: Row) => JSON.stringify(other.form) === JSON.stringify(row.form);
  if (same.find(equal) !== row) return "repeated";
  // Who is right is for a person to say: the other row may be another child under a mistyped identifier.
  if (!same.every(equal)) return "twice";
  return others.length > 0 ? "here" : "new";
}
