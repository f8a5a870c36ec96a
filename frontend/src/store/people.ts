// The people enrolled on this tablet: kept, listed, unlocked.

import type { Certificates, Signer } from "../core/readiness.ts";
import { type OpenKeys, unwrap } from "../vault/pin.ts";
import { afterWrong, NO_TRIES, remainingWaitMs } from "../vault/waits.ts";
import type { CertificateRow, Database, PendingRow, PersonRow } from "./database.ts";

export type Unlocking =
  | { kind: "open"; person: PersonRow; keys: OpenKeys }
  | { kind: "wrong"; wait_ms: number }
  | { kind: "wait"; wait_ms: number }
  | { kind: "unknown" };

export interface NewPerson {
  row: Omit<PersonRow, "tries" | "ended">;
  certificate: CertificateRow;
  /** The digest of the certificate's bytes: what the first entry names as its predecessor. */
  certificate_digest: string;
}

/** Everything that makes an enrolment usable, or none of it. */
export async function keepPerson(db: Database, { row, certificate, certificate_digest }: NewPerson): Promise<void> {
  await db.write(["people", "certificates", "heads", "pending"], async (tx) => {
    await tx.objectStore("people").add({ ...row, tries: NO_TRIES, ended: false });
    await tx.objectStore("pending").delete(row.username);
    await tx.objectStore("certificates").put(certificate);
    await tx.objectStore("heads").add({ enrolment: row.enrolment, seq: 0, digest: certificate_digest });
  });
}

/** Overwrites an earlier one of the same name: it was under another PIN. */
export async function keepPending(db: Database, pending: PendingRow): Promise<void> {
  await db.put("pending", pending);
}

export async function pendingOf(db: Database, username: string): Promise<PendingRow | null> {
  return (await db.get("pending", username)) ?? null;
}

export async function dropPending(db: Database, username: string): Promise<void> {
  await db.write(["pending"], (tx) => tx.objectStore("pending").delete(username));
}

/** Those who can write, newest enrolment of each person only, by name. */
export function peopleIn(rows: readonly PersonRow[]): PersonRow[] {
  const newest = new Map<string, PersonRow>();
  for (const row of rows.filter((person) => !person.ended)) {
    const other = newest.get(row.person);
    if (other === undefined || other.enrolled_ms < row.enrolled_ms) newest.set(row.person, row);
  }
  return [...newest.values()].sort((one, other) => one.name.localeCompare(other.name));
}

/** The names of those whose enrolments here have all ended: they must be added again. */
export function endedIn(rows: readonly PersonRow[]): string[] {
  const live = new Set(rows.filter((row) => !row.ended).map((row) => row.person));
  return [...new Set(rows.filter((row) => !live.has(row.person)).map((row) => row.name))].sort();
}

/** Counts a try before it is judged: closing the page in the middle of one gains nothing. */
async function countTry(db: Database, enrolment: string, now_ms: number): Promise<PersonRow | null | { wait_ms: number }> {
  return db.write(["people"], async (tx) => {
    const people = tx.objectStore("people");
    const person = await people.get(enrolment);
    if (person === undefined || person.ended) return null;
    const wait_ms = remainingWaitMs(person.tries, now_ms);
    if (wait_ms > 0) return { wait_ms };
    await people.put({ ...person, tries: afterWrong(person.tries, now_ms) });
    return person;
  });
}

export async function unlock(db: Database, enrolment: string, pin: string, now_ms: number): Promise<Unlocking> {
  const person = await countTry(db, enrolment, now_ms);
  if (person === null) return { kind: "unknown" };
  if ("wait_ms" in person) return { kind: "wait", wait_ms: person.wait_ms };
  const keys = await unwrap(enrolment, pin, person.wrapped);
  if (keys === null) return { kind: "wrong", wait_ms: remainingWaitMs(afterWrong(person.tries, now_ms), now_ms) };
  // Nobody waits for the disk: a tablet that is cut off before it counts one wrong try too many.
  void changePerson(db, enrolment, { tries: NO_TRIES }).catch(() => undefined);
  return { kind: "open", person, keys };
}

export async function endEnrolment(db: Database, enrolment: string): Promise<void> {
  await changePerson(db, enrolment, { ended: true });
  // What they had begun and not saved, nobody can save any more.
  await db.write(["begun"], (tx) => tx.objectStore("begun").delete(IDBKeyRange.bound([enrolment], [enrolment, []])));
}

async function changePerson(db: Database, enrolment: string, change: Partial<PersonRow>): Promise<void> {
  await db.write(["people"], async (tx) => {
    const people = tx.objectStore("people");
    const person = await people.get(enrolment);
    if (person !== undefined) await people.put({ ...person, ...change });
  });
}

/** Read once each: a certificate never changes. */
const read = new Map<string, Signer>();

function signerIn({ enrolment, certificate }: CertificateRow): Signer {
  const known = read.get(enrolment);
  if (known !== undefined) return known;
  const { person, name, roles } = JSON.parse(certificate) as Signer;
  const signer = { person, name, roles };
  read.set(enrolment, signer);
  return signer;
}

/** Printed names by enrolment. */
export function namesIn(rows: readonly CertificateRow[]): Map<string, string> {
  return new Map(rows.map((row) => [row.enrolment, signerIn(row).name]));
}

export async function certificatesOf(db: Database): Promise<CertificateRow[]> {
  return db.getAll("certificates");
}

/** What readiness needs of certificates, by enrolment. */
export function signersIn(rows: readonly CertificateRow[]): Certificates {
  return Object.fromEntries(rows.map((row) => [row.enrolment, signerIn(row)]));
}

/** The same of these enrolments, as far as their certificates are here. */
export async function signersOf(db: Database, enrolments: readonly string[]): Promise<Certificates> {
  const unread = enrolments.filter((enrolment) => !read.has(enrolment));
  const rows = unread.length === 0 ? [] : await db.getMany("certificates", unread);
  const fresh = signersIn(rows.filter((row) => row !== undefined));
  return Object.fromEntries(enrolments.flatMap((enrolment) => {
    const signer = read.get(enrolment) ?? fresh[enrolment];
    return signer === undefined ? [] : [[enrolment, signer]];
  }));
}
