// What a pull brought for one ward: proved row by row, then taken in. What is not proved is not taken in, and the
// cursor stays before it.

import { notWhole, takeIn, type ArrivedCase } from "../store/arrivals.ts";
import type { CertificateRow, CursorRow, Database } from "../store/database.ts";
import type { Desk } from "../store/journal.ts";
import { offerAll } from "../store/offers.ts";
import type { HeldEntry } from "../store/packs.ts";
import { type Certificate, readCertificate, type SignedCertificate } from "../vault/certificate.ts";
import type { ServerKey } from "../vault/envelope.ts";
import { follow, startHash } from "../vault/log.ts";
import { type Judged, judge, type Row } from "../vault/proof.ts";
import type { CallOutcome } from "./machine.ts";
import type { CasesReply, FoundCase, Page } from "./replies.ts";

export type PageOutcome = CallOutcome<{ arrived: number; more: boolean }>;

export interface Taking {
  desk: Desk;
  /** The server's public keys. */
  keys: readonly ServerKey[];
  cases: (names: readonly string[]) => Promise<CallOutcome<{ reply: CasesReply }>>;
  /** False once the tablet was locked: nothing more is written then. */
  isOpen: () => boolean;
  arrived: () => void;
}

const MOST_CASES = 1000;

const problem = (code: string): PageOutcome => ({ kind: "problem", status: 0, code });
const outage = (why: string): PageOutcome => ({ kind: "outage", why });

export async function takePage(taking: Taking, page: Page, cursor: CursorRow | null, signed: readonly SignedCertificate[]): Promise<PageOutcome> {
  if (page.state === "start") return takeStart(taking, page, cursor);
  // Rows and "differs" answer a tablet that stands somewhere.
  if (cursor === null) return outage("not-our-server");
  return page.state === "rows" ? takeRows(taking, page, cursor, signed) : differs(taking, cursor);
}

/** The server has another history: it was restored. It is offered all that this tablet holds before it starts again. */
async function differs({ desk, isOpen }: Taking, cursor: CursorRow): Promise<PageOutcome> {
  if (!isOpen()) return outage("locked");
  return (await offerAll(desk, cursor)) ? { kind: "ok", arrived: 0, more: true } : outage("storage");
}

/** A start is the log's head and the open cases. The cursor is put down when all of them are here. */
async function takeStart(taking: Taking, page: Page, cursor: CursorRow | null): Promise<PageOutcome> {
  const { ward, position, hash, cases } = page;
  if (position === 0 && hash !== (await startHash(ward))) return problem("log-broken");
  const fetched = await fetchCases(taking, cases);
  if (fetched.kind !== "ok") return fetched;
  const move = { from: cursor, to: { ward, position, hash }, started: new Set(cases) };
  const taken = await store(taking, { cases: [], certificates: [], move });
  return taken.kind === "ok" ? { ...taken, arrived: fetched.arrived, more: true } : taken;
}

async function takeRows(taking: Taking, page: Page, cursor: CursorRow, signed: readonly SignedCertificate[]): Promise<PageOutcome> {
  const { ward, rows } = page;
  const hashes = rows.every((row) => row.ward === ward) ? await follow(cursor, rows) : null;
  const end = hashes?.at(-1) ?? cursor.hash;
  if (hashes === null || end !== page.hash || page.position !== cursor.position + rows.length) return problem("log-broken");
  if (rows.length === 0) return { kind: "ok", arrived: 0, more: false };
  const { judged, certificates } = await proved(taking, rows, signed);
  const sound = judged.slice(0, soundLength(judged));
  const hash = hashes[sound.length - 1];
  if (hash === undefined) return problem("pull-unproved");
  const cases = byCase(sound);
  const fetched = await fetchCases(taking, await notWhole(taking.desk.db, cases.map((one) => one.case)));
  if (fetched.kind !== "ok") return fetched;
  const move = { from: cursor, to: { ward, position: cursor.position + sound.length, hash }, started: null };
  const taken = await store(taking, { cases, certificates, move });
  if (taken.kind !== "ok") return taken;
  if (sound.length < judged.length) return problem("pull-unproved");
  return { kind: "ok", arrived: fetched.arrived + taken.arrived, more: page.more || taken.more };
}

/** Up to the first row that is not proved. Its proof may come with the next page: a later entry that links to it. */
function soundLength(judged: readonly Judged[]): number {
  const bad = judged.findIndex(({ doubt }) => doubt !== null);
  return bad < 0 ? judged.length : bad;
}

/** Rows of the log, by case. Entries without a case are about the log itself: they count in its hash only. */
function byCase(judged: readonly Judged[]): ArrivedCase[] {
  const found = new Map<string, HeldEntry[]>();
  for (const { row, counts } of judged) {
    if (row.case === null) continue;
    const entries = found.get(row.case) ?? [];
    found.set(row.case, counts ? [...entries, heldFrom(row)] : entries);
  }
  return [...found].map(([caseId, entries]) => ({ case: caseId, ward: null, entries, whole: false }));
}

function heldFrom({ digest, entry, private: part, signature }: Row): HeldEntry {
  return { digest, entry, private: part, signature };
}

/** Fetches these cases by name, as often as it takes. Each reply is stored at once; the cursor stays. */
async function fetchCases(taking: Taking, names: readonly string[]): Promise<PageOutcome> {
  let left = [...names];
  let arrived = 0;
  while (left.length > 0) {
    const asked = left.slice(0, MOST_CASES);
    const outcome = await taking.cases(asked);
    if (outcome.kind !== "ok") return outcome;
    const { cases, left: later, certificates } = outcome.reply;
    if (cases.length === 0 && later.length > 0) return outage("not-our-server");
    const taken = await takeCases(taking, cases.filter((found) => asked.includes(found.case)), certificates);
    if (taken.kind !== "ok") return taken;
    arrived += taken.arrived;
    // A case that is in neither list is not one of this tablet's wards any more.
    left = [...later.filter((name) => asked.includes(name)), ...left.slice(MOST_CASES)];
  }
  return { kind: "ok", arrived, more: false };
}

async function takeCases(taking: Taking, found: readonly FoundCase[], signed: readonly SignedCertificate[]): Promise<PageOutcome> {
  const { judged, certificates } = await proved(taking, found.flatMap((one) => one.rows), signed);
  const good = new Map(judged.filter(({ doubt }) => doubt === null).map((one) => [one.row.digest, one]));
  const isSound = (one: FoundCase) => one.rows.every((row) => row.case === one.case && good.has(row.digest));
  const sound = found.filter(isSound);
  const taken = await store(taking, {
    cases: sound.map(({ case: caseId, ward, rows }) => ({
      case: caseId,
      ward,
      entries: rows.filter((row) => good.get(row.digest)?.counts === true).map(heldFrom),
      whole: true,
    })),
    certificates,
    move: null,
  });
  return taken.kind === "ok" && sound.length < found.length ? problem("pull-unproved") : taken;
}

async function store({ desk, isOpen, arrived }: Taking, arrival: Parameters<typeof takeIn>[1]): Promise<PageOutcome> {
  if (!isOpen()) return outage("locked");
  const taken = await takeIn(desk, arrival);
  if (taken.kind === "unreadable") return outage("storage");
  if (taken.kind === "moved") return { kind: "ok", arrived: 0, more: true };
  if (taken.fresh > 0) arrived();
  return { kind: "ok", arrived: taken.fresh, more: false };
}

interface Proved {
  judged: Judged[];
  /** Of those writers whose certificates verify; to be kept with the entries. */
  certificates: CertificateRow[];
}

async function proved({ desk, keys }: Taking, rows: readonly Row[], signed: readonly SignedCertificate[]): Promise<Proved> {
  const signers = new Map<string, Certificate>();
  const certificates: CertificateRow[] = [];
  const writers = new Set(rows.map((row) => row.enrolment));
  for (const one of [...(await kept(desk.db, writers)), ...signed]) {
    const certificate = await readCertificate(one, keys);
    if (certificate === null || !writers.has(certificate.enrolment)) continue;
    signers.set(certificate.enrolment, certificate);
    certificates.push({ enrolment: certificate.enrolment, certificate: one.certificate, signature: one.signature });
  }
  return { judged: await judge(rows, signers), certificates };
}

/** A restored server may have forgotten writers whom this tablet knows. */
async function kept(db: Database, writers: ReadonlySet<string>): Promise<CertificateRow[]> {
  return (await db.getMany("certificates", [...writers])).filter((row) => row !== undefined);
}
