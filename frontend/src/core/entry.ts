// The entry: one act, written once as canonical bytes and named by their SHA-256. Twin of
// procedures/core/entry.py; shapes, patterns and limits stand in docs/wire-format.md.

import { decode, isObject, type Json, type JsonObject } from "./canonical.ts";
import { accepted, refused, type Result } from "./result.ts";

export const VERSION = 1;
export const MAX_ENTRY_BYTES = 64 * 1024;
export const MAX_BATCH_ENTRIES = 200;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Sealed, in base64url and with its envelope a photograph still fits into one request of MAX_BATCH_BYTES. */
export const MAX_BLOB_BYTES = 700 * 1024;

/** The patterns of docs/wire-format.md, verbatim on both sides; the whole string must match. */
export const PATTERNS = {
  uuid: String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
  digest: String.raw`[0-9a-f]{64}`,
  salt: String.raw`[A-Za-z0-9_-]{22}`,
  key: String.raw`[a-z][a-z0-9_.-]{0,63}`,
  type: String.raw`[a-z]{1,20}\.[a-z]{1,20}`,
  date: String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}`,
  base64url: String.raw`[A-Za-z0-9_-]*`,
} as const;

export type Uuid = string;
export type Digest = string;
export type Salt = string;
export type Key = string;

/** All in ms; `zone_min` is minutes east of UTC, `offset_ms` server − tablet, null if never measured. */
export interface Clock {
  readonly at_ms: number;
  readonly zone_min: number;
  readonly offset_ms: number | null;
  readonly boot: Uuid;
  readonly mono_ms: number;
}

/** The header of an entry and its body, still untyped: `bodyProblem` says whether it can be read. */
export interface Entry {
  readonly v: number;
  readonly enrolment: Uuid;
  readonly seq: number;
  readonly prev: Digest;
  readonly ward: Uuid;
  readonly case: Uuid | null;
  readonly type: string;
  readonly salt: Salt;
  readonly clock: Clock;
  readonly body: JsonObject;
  readonly private: Digest | null;
}

/** The head of a ward log as the writer last pulled it: co-signed with the act. */
export interface Seen {
  readonly ward: Uuid;
  readonly position: number;
  readonly hash: Digest;
}

export interface CaseOpened {
  readonly protocol: Key;
  readonly release: Digest;
  readonly session: Uuid | null;
  readonly previous: Uuid | null;
}

export interface CasePlanned {
  readonly start_ms: number;
  readonly replaces: readonly Digest[];
}

export interface CasePostponed {
  readonly reopens: readonly Digest[];
}

/** The writer answers for the case from now on; `replaces` names who did, `covers` what there was to take over. */
export interface CaseTaken {
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
  readonly replaces: readonly Digest[];
}

export interface CaseClosed {
  readonly outcome: Key;
  readonly release: Digest;
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
  readonly replaces: readonly Digest[];
}

export interface SubjectGiven {
  readonly sex: Key;
  readonly birth_year: number | null;
  readonly replaces: readonly Digest[];
}

export interface AnswerGiven {
  readonly item: Key;
  readonly part: string;
  readonly value: Json;
  readonly replaces: readonly Digest[];
  readonly occurred_ms: number | null;
  readonly late: boolean;
  /** Of a confirmation, what the item shows beside it; absent or null: that is not said. */
  readonly covers?: readonly Digest[] | null;
}

export interface HoldAcknowledged {
  readonly item: Key;
  readonly part: string;
  readonly hold: Key;
  readonly covers: readonly Digest[];
}

export interface HoldOverridden extends HoldAcknowledged {
  /** On which of the hold's legal bases; null where it has none. */
  readonly basis: Key | null;
}

/** Someone without an enrolment on this tablet; the name and the drawn signature are private. */
export interface Guest {
  readonly role: Key;
}

export interface PhaseSigned {
  readonly phase: Key;
  readonly meaning: Key;
  readonly release: Digest;
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
  readonly guest: Guest | null;
}

/** Information given at `given_ms`, which may lie back; `risks`: those talked about; `copy`: taken or declined. */
export interface ConsentInformed {
  readonly consent: Key;
  readonly release: Digest;
  readonly language: Key;
  readonly text: Digest;
  readonly given_ms: number;
  readonly risks: readonly Key[];
  readonly copy: Key;
  readonly interpreter: Key | null;
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
}

/**
 * One person's decision. `decided_ms` where it was made before it was recorded; `blobs`: photographs of the paper;
 * `drawn`, `witnessed`: whether the private part holds a drawing, a witness.
 */
export interface ConsentDecided {
  readonly consent: Key;
  readonly release: Digest;
  readonly language: Key;
  readonly text: Digest;
  readonly decision: Key;
  readonly relation: Key;
  readonly basis: Key;
  readonly method: Key;
  readonly decided_ms: number | null;
  readonly checked: Key;
  readonly interpreter: Key | null;
  readonly drawn: boolean;
  readonly witnessed: boolean;
  readonly blobs: readonly Digest[];
  readonly after: readonly Digest[];
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
}

/** The view of somebody who need not grant; `who` is a hearing of the release. */
export interface ConsentHeard {
  readonly consent: Key;
  readonly release: Digest;
  readonly who: Key;
  readonly view: Key;
  readonly informed: boolean;
  readonly drawn: boolean;
  readonly after: readonly Digest[];
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
}

/** Confirmed on the day by the person in this relation. */
export interface ConsentConfirmed {
  readonly consent: Key;
  readonly release: Digest;
  readonly relation: Key;
  readonly after: readonly Digest[];
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
}

/** Withdrawn by whom, how (spoken counts), and what is to become of what was taken. */
export interface ConsentWithdrawn {
  readonly consent: Key;
  readonly release: Digest;
  readonly relation: Key;
  readonly method: Key;
  readonly tissue: Key | null;
  readonly covers: readonly Digest[];
  readonly seen: Seen | null;
}

export interface EntryVoided {
  readonly target: Digest;
}

export interface NoteAdded {
  readonly item: Key | null;
  readonly part: string;
}

/** Body of case.left (the ward it went to) and case.joined (the ward it came from). */
export interface CaseMoved {
  readonly ward: Uuid;
}

export interface EntryQuarantined {
  readonly target: Digest;
  readonly code: Key;
}

export interface CaseErased {
  readonly basis: Key;
}

export interface LogRestored {
  readonly position: number;
  readonly hash: Digest;
}

export interface Bodies {
  "case.opened": CaseOpened;
  "case.planned": CasePlanned;
  "case.postponed": CasePostponed;
  "case.taken": CaseTaken;
  "case.closed": CaseClosed;
  "subject.given": SubjectGiven;
  "answer.given": AnswerGiven;
  "hold.acknowledged": HoldAcknowledged;
  "hold.overridden": HoldOverridden;
  "phase.signed": PhaseSigned;
  "consent.informed": ConsentInformed;
  "consent.decided": ConsentDecided;
  "consent.heard": ConsentHeard;
  "consent.confirmed": ConsentConfirmed;
  "consent.withdrawn": ConsentWithdrawn;
  "entry.voided": EntryVoided;
  "note.added": NoteAdded;
  // Written by the server's own enrolment only.
  "case.left": CaseMoved;
  "case.joined": CaseMoved;
  "entry.quarantined": EntryQuarantined;
  "entry.released": EntryVoided;
  "case.erased": CaseErased;
  "log.restored": LogRestored;
}

export type EntryType = keyof Bodies;

export const SERVER_TYPES: ReadonlySet<string> = new Set([
  "case.left", "case.joined", "entry.quarantined", "entry.released", "case.erased", "log.restored",
]);

/** The instant by the server's clock, ms since 1970 UTC, as well as the tablet knew it. */
export function correctedMs(clock: Clock): number {
  return clock.at_ms + (clock.offset_ms ?? 0);
}

type Check = (value: Json | undefined) => boolean;
type Shape = Readonly<Record<string, Check>>;
/** A shape that names every field of T and no other. */
type ShapeOf<T> = { readonly [K in keyof T]-?: Check };

const flag: Check = (value) => typeof value === "boolean";
const integer: Check = (value) => typeof value === "number";
const anything: Check = (value) => value !== undefined;
const bodyObject: Check = isObject;

function between(least: number, most = Infinity): Check {
  return (value) => typeof value === "number" && value >= least && value <= most;
}

function matching(name: keyof typeof PATTERNS): Check {
  const pattern = new RegExp(`^(?:${PATTERNS[name]})(?![\\s\\S])`);
  return (value) => typeof value === "string" && pattern.test(value);
}

function nullable(check: Check): Check {
  return (value) => value === null || check(value);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every((inner: Json) => check(inner));
}

function shaped(shape: Shape): Check {
  return (value) => shapeProblem(value, shape) === null;
}

const uuid = matching("uuid");
const digest = matching("digest");
const key = matching("key");
const digests = listOf(digest);
const count = between(0);
// Counted in code points, as the server counts.
const part: Check = (value) => typeof value === "string" && Array.from(value).length <= 130;

const CLOCK: ShapeOf<Clock> = {
  at_ms: count, zone_min: between(-1440, 1440), offset_ms: nullable(integer), boot: uuid, mono_ms: count,
};
const SEEN: ShapeOf<Seen> = { ward: uuid, position: count, hash: digest };
const GUEST: ShapeOf<Guest> = { role: key };
const ENTRY: ShapeOf<Entry> = {
  v: integer, enrolment: uuid, seq: between(1), prev: digest, ward: uuid, case: nullable(uuid), type: matching("type"),
  salt: matching("salt"), clock: shaped(CLOCK), body: bodyObject, private: nullable(digest),
};

const seen = nullable(shaped(SEEN));
const hold: ShapeOf<HoldAcknowledged> = { item: key, part, hold: key, covers: digests };
const read = { consent: key, release: digest, language: key, text: digest };
const consented = { consent: key, release: digest, covers: digests, seen };
const moved: ShapeOf<CaseMoved> = { ward: uuid };
const target: ShapeOf<EntryVoided> = { target: digest };

const BODIES: { readonly [T in EntryType]: ShapeOf<Bodies[T]> } = {
  "case.opened": { protocol: key, release: digest, session: nullable(uuid), previous: nullable(uuid) },
  "case.planned": { start_ms: count, replaces: digests },
  "case.postponed": { reopens: digests },
  "case.taken": { covers: digests, seen, replaces: digests },
  "case.closed": { outcome: key, release: digest, covers: digests, seen, replaces: digests },
  "subject.given": { sex: key, birth_year: nullable(between(1800, 9999)), replaces: digests },
  "answer.given": {
    item: key, part, value: anything, replaces: digests, occurred_ms: nullable(count), late: flag,
    covers: optional(nullable(digests)),
  },
  "hold.acknowledged": hold,
  "hold.overridden": { ...hold, basis: nullable(key) },
  "phase.signed": {
    phase: key, meaning: key, release: digest, covers: digests, seen, guest: nullable(shaped(GUEST)),
  },
  "consent.informed": {
    ...read, given_ms: count, risks: listOf(key), copy: key, interpreter: nullable(key), covers: digests, seen,
  },
  "consent.decided": {
    ...read, decision: key, relation: key, basis: key, method: key, decided_ms: nullable(count), checked: key,
    interpreter: nullable(key), drawn: flag, witnessed: flag, blobs: digests, after: digests, covers: digests, seen,
  },
  "consent.heard": { ...consented, who: key, view: key, informed: flag, drawn: flag, after: digests },
  "consent.confirmed": { ...consented, relation: key, after: digests },
  "consent.withdrawn": { ...consented, relation: key, method: key, tissue: nullable(key) },
  "entry.voided": target,
  "note.added": { item: nullable(key), part },
  "case.left": moved,
  "case.joined": moved,
  "entry.quarantined": { target: digest, code: key },
  "entry.released": target,
  "case.erased": { basis: key },
  "log.restored": { position: count, hash: digest },
};

/**
 * Read an entry's bytes. The body is checked to be canonical JSON but not to be known: an unknown body is stored
 * and quarantined. Refuses "entry-too-large", "json-broken", "json-not-canonical", "version-unknown", "shape-wrong".
 */
export function parseEntry(bytes: Uint8Array): Result<Entry> {
  if (bytes.length > MAX_ENTRY_BYTES) return refused("entry-too-large", `${bytes.length} bytes`);
  const read = decode(bytes);
  if (!read.ok) return read;
  const value = read.value;
  // `true` is let through to the shape, which refuses it: the server's comparison takes it for 1.
  if (isObject(value) && value["v"] !== VERSION && value["v"] !== true) return refused("version-unknown");
  const problem = shapeProblem(value, ENTRY);
  return problem === null ? accepted(value as unknown as Entry) : refused("shape-wrong", problem);
}

/** Why the body cannot be read, or null when it can: an unknown type, or another shape than the type's. */
export function bodyProblem(entry: Pick<Entry, "type" | "body">): string | null {
  const shape = Object.hasOwn(BODIES, entry.type) ? BODIES[entry.type as EntryType] : undefined;
  return shape === undefined ? `unknown type ${entry.type}` : shapeProblem(entry.body, shape);
}

/** The body of an entry of this type, or null when it is of another type or cannot be read. */
export function bodyOf<T extends EntryType>(entry: Pick<Entry, "type" | "body">, type: T): Bodies[T] | null {
  return entry.type === type && bodyProblem(entry) === null ? (entry.body as unknown as Bodies[T]) : null;
}

/**
 * Read the private part that belongs to an entry; `digestOfBytes` is the SHA-256 of `bytes`, by the caller since it
 * is not synchronous here. Null where the entry names none. Refuses "private-missing", "private-wrong", decode's.
 */
export function parsePrivate(
  entry: Pick<Entry, "private">, bytes: Uint8Array | null, digestOfBytes: Digest | null,
): Result<JsonObject | null> {
  const given = bytes !== null && bytes.length > 0 ? bytes : null;
  if (entry.private === null) return given === null ? accepted(null) : refused("private-wrong", "not named");
  if (given === null) return refused("private-missing");
  if (digestOfBytes !== entry.private) return refused("private-wrong");
  const read = decode(given);
  if (!read.ok) return read;
  const salt = isObject(read.value) ? read.value["salt"] : undefined;
  if (!matching("salt")(salt)) return refused("private-wrong", "no salt");
  return accepted(read.value as JsonObject);
}

/** The first field that is missing, unknown or of the wrong kind; null when none is. */
function shapeProblem(value: Json | undefined, shape: Shape): string | null {
  if (!isObject(value)) return "not an object";
  for (const [field, check] of Object.entries(shape)) {
    if (!check(Object.hasOwn(value, field) ? value[field] : undefined)) return field;
  }
  return Object.keys(value).find((field) => !Object.hasOwn(shape, field)) ?? null;
}
