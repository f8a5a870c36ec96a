// The only writer of entries on this tablet.
//
// Under a Web Lock: one transaction that reads head, pack and the case's leaf of the summary -> compose, hash, sign, seal
// -> one strict transaction that checks the head again and writes entry, head, outbox, pack and leaf, and the photographs
// that the entry names. Where it can be cut off:
// - before the transaction: nothing was written and nothing was called saved; the next try uses the same seq.
// - inside it: IndexedDB undoes the whole.
// - after it: everything is there, in the outbox too; the screen may not have said so.
// No WebCrypto inside the transaction: IndexedDB commits while one waits for it.

import { bodyProblem, type Clock, type Entry, MAX_ENTRY_BYTES, type Seen } from "../core/entry.ts";
import { encode, type JsonObject } from "../core/canonical.ts";
import { type Bytes, digestOf, newSalt, toBase64url, utf8 } from "../vault/bytes.ts";
import { type OpenEnvelope, sealEntry, type ToSeal } from "../vault/envelope.ts";
import { sign } from "../vault/keys.ts";
import { keepNew, type Photograph, sealPhotograph, type SealedPhotograph } from "./blobs.ts";
import { type Database, type HeadRow, putAll } from "./database.ts";
import { lineFor } from "./lines.ts";
import { exclusively, WRITER } from "./lock.ts";
import { enqueue, type NewRow } from "./outbox.ts";
import { areNext, type HeldEntry, leafOf, type OpenedPack, putSealed, type Sealed, sealLeaf, sealPack, unsealLeaf, unsealPack } from "./packs.ts";

/** What an unlocked tablet writes with. */
export interface Desk {
  db: Database;
  data: CryptoKey;
  envelope: OpenEnvelope;
  clock: () => Clock;
}

export interface Author {
  enrolment: string;
  signing: CryptoKey;
}

/** An act before it becomes an entry; the private part still without its salt. */
export interface Draft {
  type: string;
  body: JsonObject;
  private: JsonObject | null;
  /** Those that the body names in `blobs`: kept and sent with the entry. */
  photographs?: readonly Photograph[];
}

export interface Writing {
  ward: string;
  case: string;
  author: Author;
  /**
   * Sees the case as it is at the moment of writing, and the head of the ward's log as last pulled (null: never), which
   * whoever signs signs too. Null: the case is no longer what the person saw; nothing is written.
   */
  compose: (held: readonly HeldEntry[], seen: Seen | null) => readonly Draft[] | null;
}

export type Written =
  /** `pack`: the case as the disk has it now. */
  | { kind: "saved"; entries: readonly HeldEntry[]; pack: OpenedPack }
  | { kind: "changed" }
  | { kind: "not-saved"; code: "entry-too-large" | "shape-wrong" | "storage-full" | "storage-broken" | "tablet-busy" };

const MOVED_TRIES = 3;

/** Resolves after the disk has it: *saved* may be shown then, and not before. */
export async function write(desk: Desk, writing: Writing): Promise<Written> {
  return exclusively(WRITER, async () => {
    for (let tries = 0; tries < MOVED_TRIES; tries++) {
      const written = await writeOnce(desk, writing);
      if (written !== "moved") return written;
    }
    return { kind: "not-saved", code: "tablet-busy" };
  });
}

async function writeOnce(desk: Desk, writing: Writing): Promise<Written | "moved"> {
  const read = await readFor(desk, writing);
  if (read === null) return { kind: "not-saved", code: "storage-broken" };
  const { head, pack, lines, seen } = read;
  const drafts = writing.compose(pack.content, seen);
  if (drafts === null) return { kind: "changed" };
  const made = await makeAll(desk, writing, head, drafts);
  if ("kind" in made) return made;
  const { ward, case: caseId } = writing;
  const entries = [...pack.content, ...made.map((one) => one.held)];
  const others = lines.content.filter((line) => line.case !== caseId);
  const { whole } = pack;
  const photographs = made.flatMap((one) => one.photographs);
  const [rows, blobs, sealedPack, leaf] = await Promise.all([
    Promise.all(made.map((one) => rowOf(desk, one))),
    Promise.all(photographs.map((one) => sealPhotograph(desk, writing.author.enrolment, one))),
    sealPack(desk.data, { case: caseId, ward, version: pack.version + 1, whole, entries }),
    lineFor(desk.db, caseId, entries).then((line) =>
      sealLeaf(desk.data, { ward, leaf: leafOf(caseId), version: lines.version + 1, lines: [...others, line] }),
    ),
  ]);
  const after = { version: sealedPack.version, whole, ward, content: entries };
  return commit(desk, { before: head, made, rows, blobs, sealed: { packs: [sealedPack], leaves: [leaf] }, pack, after });
}

/** All that a writing stands on, as it was at one moment. Null: what lies there does not open. */
async function readFor({ db, data }: Desk, { ward, case: caseId, author }: Writing) {
  const leaf = leafOf(caseId);
  const [head, packRow, leafRow, cursor] = await db.read(["heads", "packs", "summaries", "cursors"], (tx) =>
    Promise.all([
      tx.objectStore("heads").get(author.enrolment),
      tx.objectStore("packs").get(caseId),
      tx.objectStore("summaries").get([ward, leaf]),
      tx.objectStore("cursors").get(ward),
    ]),
  );
  const [pack, lines] = await Promise.all([unsealPack(data, caseId, packRow), unsealLeaf(data, ward, leaf, leafRow)]);
  if (head === undefined || pack === null || lines === null) return null;
  return { head, pack, lines, seen: cursor === undefined ? null : { ...cursor } };
}

/** An entry that is signed, as the pack keeps it and as it is to be sealed for the server. */
interface Made {
  held: HeldEntry;
  parts: ToSeal;
  photographs: readonly Photograph[];
}

async function makeAll(desk: Desk, writing: Writing, head: HeadRow, drafts: readonly Draft[]): Promise<Made[] | Written> {
  const clock = desk.clock();
  const made: Made[] = [];
  let { seq, digest } = head;
  for (const draft of drafts) {
    seq += 1;
    const one = await make({ writing, draft, clock, seq, prev: digest });
    if (typeof one === "string") return { kind: "not-saved", code: one };
    made.push(one);
    digest = one.held.digest;
  }
  return made;
}

interface ToMake {
  writing: Writing;
  draft: Draft;
  clock: Clock;
  seq: number;
  prev: string;
}

function bytesOf(value: unknown): Bytes | "shape-wrong" | "entry-too-large" {
  const encoded = encode(value);
  if (!encoded.ok) return "shape-wrong";
  return encoded.value.length > MAX_ENTRY_BYTES ? "entry-too-large" : encoded.value;
}

async function make({ writing, draft, clock, seq, prev }: ToMake): Promise<Made | "shape-wrong" | "entry-too-large"> {
  const { photographs = [] } = draft;
  if (bodyProblem(draft) !== null || !photographs.every(({ digest }) => names(draft.body, digest))) return "shape-wrong";
  const private_part = draft.private === null ? utf8("") : bytesOf({ ...draft.private, salt: newSalt() });
  if (typeof private_part === "string") return private_part;
  const { enrolment, signing } = writing.author;
  const entry: Entry = {
    v: 1,
    enrolment,
    seq,
    prev,
    ward: writing.ward,
    case: writing.case,
    type: draft.type,
    salt: newSalt(),
    clock,
    body: draft.body,
    private: draft.private === null ? null : await digestOf(private_part),
  };
  const bytes = bytesOf(entry);
  if (typeof bytes === "string") return bytes;
  const [signature, digest] = await Promise.all([sign(signing, bytes), digestOf(bytes)]);
  return {
    held: heldEntry(digest, bytes, draft.private === null ? null : private_part, signature),
    parts: { enrolment, seq, signature, entry: bytes, private_part },
    photographs,
  };
}

function names({ blobs }: JsonObject, digest: string): boolean {
  return Array.isArray(blobs) && blobs.includes(digest);
}

async function rowOf({ envelope }: Desk, { held: { digest }, parts }: Made): Promise<NewRow> {
  const { enrolment, seq } = parts;
  const sealed = await sealEntry(envelope, parts);
  return { enrolment, seq, digest, envelope: envelope.envelope.id, sealed, state: "waiting", code: null, sent_ms: null };
}

function heldEntry(digest: string, entry: Bytes, private_part: Bytes | null, signature: Bytes): HeldEntry {
  const text = new TextDecoder();
  return {
    digest,
    entry: text.decode(entry),
    private: private_part === null ? null : text.decode(private_part),
    signature: toBase64url(signature),
  };
}

interface ToCommit {
  before: HeadRow;
  made: readonly Made[];
  rows: readonly NewRow[];
  blobs: readonly SealedPhotograph[];
  sealed: Sealed;
  /** The case before and after. */
  pack: OpenedPack;
  after: OpenedPack;
}

async function commit(desk: Desk, { before, made, rows, blobs, sealed, pack, after }: ToCommit): Promise<Written | "moved"> {
  const { db } = desk;
  const last = made.at(-1);
  if (last === undefined) return { kind: "saved", entries: [], pack };
  try {
    const stored = await db.write(["heads", "outbox", "blobs", "envelopes", "packs", "summaries"], async (tx) => {
      const [head, next] = await Promise.all([tx.objectStore("heads").get(before.enrolment), areNext(tx, sealed)]);
      if (head?.seq !== before.seq || head.digest !== before.digest || !next) return false;
      const photographs = await keepNew(tx, blobs);
      await Promise.all([
        putSealed(tx, sealed),
        putAll(tx, "envelopes", [desk.envelope.envelope]),
        enqueue(tx, [...photographs, ...rows]),
        putAll(tx, "heads", [{ enrolment: before.enrolment, seq: last.parts.seq, digest: last.held.digest }]),
      ]);
      return true;
    });
    return stored ? { kind: "saved", entries: made.map((one) => one.held), pack: after } : "moved";
  } catch (failure) {
    return { kind: "not-saved", code: storageCode(failure) };
  }
}

function storageCode(failure: unknown): "storage-full" | "storage-broken" {
  return failure instanceof DOMException && failure.name === "QuotaExceededError" ? "storage-full" : "storage-broken";
}
