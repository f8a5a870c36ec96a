// Registers: what the entries of one place say that nothing standing replaces. Twin of procedures/core/registers.py.

import { byBytes, type Json, type JsonObject, write } from "./canonical.ts";
import { type Book, sorted, type Written } from "./book.ts";
import type { Digest, Key } from "./entry.ts";

/** The digest of a private part, and the part without its salt where it is known here. */
export interface PrivatePart {
  readonly digest: Digest;
  readonly part: JsonObject | null;
}

/** `value` is the settled value, null when not settled (and for a text, whose value is private). */
export interface Register {
  readonly heads: readonly Digest[];
  readonly settled: boolean;
  readonly value: Json;
  readonly private: PrivatePart | null;
  /** Answers that a postponement asks for again: readable, no longer heads. */
  readonly reopened: readonly Digest[];
}

/** What an entry says, and where. Two entries in one place agree when their contents are equal. */
export interface Claim {
  readonly place: string;
  readonly content: string;
}

/** These do not belong to what an entry says: how it came about, and what its writer had before them. */
const APART = new Set(["replaces", "occurred_ms", "late", "covers", "seen"]);

/** The name of an answer's register. */
export function answerRegister(item: Key, part: string): string {
  return `answer/${item}/${part}`;
}

/** The claim of an entry that belongs to a register; null for any other. */
export function registerClaim(written: Written): Claim | null {
  const place = registerOf(written);
  return place === null ? null : { place, content: contentOf(written) };
}

function registerOf({ entry }: Written): string | null {
  switch (entry.type) {
    case "answer.given":
      return answerRegister(entry.body["item"] as Key, entry.body["part"] as string);
    case "subject.given":
      return "subject";
    case "case.planned":
      return "planned";
    case "case.closed":
      return "closing";
    default:
      return null;
  }
}

/** The body without what stands apart, and the private digest where the value is private or the subject's. */
function contentOf({ entry }: Written): string {
  const says = Object.fromEntries(Object.entries(entry.body).filter(([field]) => !APART.has(field)));
  const isPrivate = entry.type === "subject.given" || (entry.type === "answer.given" && says["value"] === null);
  return write([says, isPrivate ? entry.private : null]);
}

/** What the register holds when it is settled. */
function valueOf({ entry: { type, body } }: Written): Json {
  if (type === "answer.given") return body["value"] ?? null;
  if (type === "case.planned") return body["start_ms"] ?? null;
  if (type === "case.closed") return body["outcome"] ?? null;
  return { sex: body["sex"] ?? null, birth_year: body["birth_year"] ?? null };
}

/** All registers of a case by name. `reopened` are the digests that postponements ask for again. */
export function foldRegisters(book: Book, reopened: ReadonlySet<Digest>): { readonly [register: string]: Register } {
  const places = new Map<string, Written[]>();
  for (const written of book.readable) {
    const place = registerOf(written);
    if (place !== null) places.set(place, [...(places.get(place) ?? []), written]);
  }
  const names = [...places.keys()].sort(byBytes);
  return Object.fromEntries(names.map((name) => [name, foldRegister(places.get(name) ?? [], book, reopened)]));
}

/** Of entries that may replace each other those that stand and that nothing standing replaces. */
export function unreplaced<T extends Written>(entries: readonly T[], book: Book): readonly T[] {
  const replaced = replacedIn(entries, book);
  return entries.filter(({ digest }) => book.stands(digest) && !replaced.has(digest));
}

function foldRegister(entries: readonly Written[], book: Book, reopened: ReadonlySet<Digest>): Register {
  const open = unreplaced(entries, book);
  const heads = open.filter(({ digest }) => !reopened.has(digest));
  const [first] = heads;
  const settled = first !== undefined && new Set(heads.map(contentOf)).size === 1;
  return {
    heads: heads.map(({ digest }) => digest),
    settled,
    value: settled ? valueOf(first) : null,
    private: settled ? privateOf(heads) : null,
    reopened: sorted(open.filter(({ digest }) => reopened.has(digest)).map(({ digest }) => digest)),
  };
}

/** Reachable over `replaces` from a standing entry, within the register, through entries that stand or do not. */
function replacedIn(entries: readonly Written[], book: Book): ReadonlySet<Digest> {
  const here = new Map(entries.map((written) => [written.digest, written]));
  const reached = new Set<Digest>();
  const next = entries.filter(({ digest }) => book.stands(digest));
  for (let from = next.pop(); from !== undefined; from = next.pop()) {
    for (const name of from.entry.body["replaces"] as readonly Digest[]) {
      const target = here.get(name);
      if (target === undefined || reached.has(name)) continue;
      reached.add(name);
      next.push(target);
    }
  }
  return reached;
}

/** Of equal heads that may differ in their reasons: the first whose private part is known here, else named. */
function privateOf(heads: readonly Written[]): PrivatePart | null {
  const named = heads.filter(({ entry }) => entry.private !== null);
  const chosen = named.find((written) => written.private !== null) ?? named[0];
  const digest = chosen?.entry.private ?? null;
  if (chosen === undefined || digest === null) return null;
  return { digest, part: chosen.private === null ? null : withoutSalt(chosen.private) };
}

function withoutSalt(part: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(part).filter(([field]) => field !== "salt"));
}
