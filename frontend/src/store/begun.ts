// What a person has begun in a case and not saved, at rest: one sealed row for each person and case.

import { utf8 } from "../vault/bytes.ts";
import { openAtRest, sealAtRest } from "../vault/rest.ts";
import type { Database } from "./database.ts";

export interface Whose {
  enrolment: string;
  case: string;
}

const placeOf = ({ enrolment, case: caseId }: Whose) => `begun ${enrolment} ${caseId}`;

/** Null where nothing was begun, or it cannot be opened any more. */
export async function begunIn(db: Database, data: CryptoKey, whose: Whose): Promise<string | null> {
  const row = await db.get("begun", [whose.enrolment, whose.case]);
  const plain = row === undefined ? null : await openAtRest(data, placeOf(whose), row.sealed);
  return plain === null ? null : new TextDecoder().decode(plain);
}

/** `text` null: nothing is begun any more. */
export async function keepBegun(db: Database, data: CryptoKey, whose: Whose, text: string | null): Promise<void> {
  if (text === null) return db.write(["begun"], (tx) => tx.objectStore("begun").delete([whose.enrolment, whose.case]));
  const sealed = await sealAtRest(data, placeOf(whose), utf8(text));
  await db.put("begun", { ...whose, sealed });
}
