// The release document as it is frozen: every key present, null where there is nothing, conditions as trees.
// Twin of procedures/core/release.py, which also checks what a publisher must not get wrong.

import { decode, isObject, type Json } from "./canonical.ts";
import type { Condition } from "./condition.ts";
import type { Digest, Key } from "./entry.ts";
import { accepted, refused, type Result } from "./result.ts";

/** One text in each of the document's languages. */
export type Words = { readonly [language: string]: string };

export type Level = "stop" | "caution" | "note";

export type ItemType =
  | "confirm" | "yes-no" | "yes-no-unknown" | "choice" | "choices" | "number" | "text" | "datetime" | "scan" | "computed";

export interface Choice {
  readonly key: Key;
  readonly text: Words;
  /** A choice may be shown but not offered, with why; given all the same, it is a value like any other. */
  readonly selectable: boolean;
  readonly why: Words | null;
  /** The sides that this choice stands for; null: itself. */
  readonly parts: readonly Key[] | null;
}

/** A reason for which the item could not be obtained; it is itself a hold, "absent.<key>". */
export interface Absent {
  readonly key: Key;
  readonly text: Words;
  readonly level: Level;
  readonly message: Words;
  readonly override: readonly Key[];
}

/** What "not so" means on a confirm item: the hold "not-so". */
export interface NotSo {
  readonly level: Level;
  readonly message: Words;
  readonly override: readonly Key[];
}

export interface Hold {
  readonly key: Key;
  readonly when: Condition;
  readonly level: Level;
  readonly message: Words;
  readonly override: readonly Key[];
  /** Where there are any, an override says on which of them it rests. */
  readonly bases: readonly Named[];
  readonly source: string;
  readonly unconfirmed: boolean;
}

export type Computed =
  | { readonly condition: Condition; readonly table: null }
  | { readonly condition: null; readonly table: Key };

/** Asked again at set times after a datetime item: one part for each, named by its minutes. */
export interface Repeat {
  readonly from: Key;
  readonly after_min: readonly number[];
}

export interface Suggestion {
  readonly when: Condition | null;
  readonly value: Json;
}

export interface Code {
  readonly system: string;
  readonly code: string;
}

export interface Item {
  readonly key: Key;
  readonly text: Words;
  readonly help: Words | null;
  readonly type: ItemType;
  readonly unit: string | null;
  readonly decimals: number | null;
  readonly min: string | null;
  readonly max: string | null;
  /** Of a text, in UTF-8 bytes. */
  readonly max_bytes: number | null;
  readonly choices: readonly Choice[];
  /** A datetime item that also takes "none". */
  readonly none: boolean;
  readonly required: boolean | Condition;
  readonly show_when: Condition | null;
  readonly private: boolean;
  /** What was answered in a patient's last case is suggested in the next one. */
  readonly stable: boolean;
  readonly absent: readonly Absent[];
  readonly not_so: NotSo | null;
  /** The choice item whose sides this item is asked for, one by one. */
  readonly per_side: Key | null;
  /** The table for whose rows this item is asked, one by one. */
  readonly per_row: Key | null;
  readonly repeat: Repeat | null;
  readonly holds: readonly Hold[];
  readonly computed: Computed | null;
  /** Earlier items whose values are shown beside this one. */
  readonly shows: readonly Key[];
  readonly suggest: readonly Suggestion[];
  readonly source: string;
  readonly unconfirmed: boolean;
  readonly codes: readonly Code[];
}

export interface SignatureSlot {
  readonly meaning: Key;
  readonly roles: readonly Key[];
  /** Not by who signed the earlier slots of the phase. */
  readonly another_person: boolean;
  readonly guest: boolean;
  /** null: always; "held": when a stop or caution of the phase is active, cleared or not. */
  readonly when: null | "held" | Condition;
}

export interface Phase {
  readonly key: Key;
  readonly title: Words;
  /** When it is done, in words. */
  readonly when: Words;
  readonly day_of: boolean;
  /** Once this phase is signed, the case is in progress. */
  readonly begins: boolean;
  /** One question at a time, large, for one to read out and all to hear. */
  readonly aloud: boolean;
  /** The phases that must be signed before this one is. */
  readonly after: readonly Key[];
  readonly filled_by: readonly Key[];
  readonly signatures: readonly SignatureSlot[];
  readonly items: readonly Item[];
}

/** One row of a table, such as a container: there when its condition is true, once or once a side. */
export interface Row {
  readonly key: Key;
  readonly title: Words;
  readonly when: Condition | null;
  readonly per_side: Key | null;
}

export interface ConsentText {
  readonly html: string;
  /** Of all that is read in this language: text, risks and alternatives. */
  readonly digest: Digest;
}

export interface Named {
  readonly key: Key;
  readonly title: Words;
}

/** A risk or an alternative, told by itself. */
export interface Point {
  readonly key: Key;
  readonly text: Words;
}

/** A legal basis: always recorded, never inferred. Whose it may be (nobody named: anybody's), and when. */
export interface Basis extends Named {
  readonly source: string;
  readonly relations: readonly Key[];
  readonly when: Condition | null;
}

/** A way to decide, and what it takes to count: a drawing or else a witness, a witness, a photograph. */
export interface Method extends Named {
  /** Else it is recorded only. */
  readonly suffices: boolean;
  readonly drawn: boolean;
  readonly witness: boolean;
  readonly photograph: boolean;
  /** It was done before: where, when and who saw it is asked for. */
  readonly elsewhere: boolean;
}

/** Somebody to be heard who need not grant; `when` null: always. */
export interface Hearing extends Named {
  readonly source: string;
  readonly when: Condition | null;
  /** If they disagree, the consent is refused. */
  readonly refuses: boolean;
}

/** `count` different relations out of these must have granted. */
export interface Signers {
  readonly relations: readonly Key[];
  readonly count: number;
}

/** The first rule whose condition is true says who must grant. */
export interface SignerRule {
  readonly when: Condition | null;
  readonly signers: readonly Signers[];
}

export interface ConsentKind {
  readonly key: Key;
  readonly title: Words;
  readonly text: { readonly [language: string]: ConsentText };
  readonly risks: readonly Point[];
  readonly alternatives: readonly Point[];
  readonly needed: boolean | Condition;
  readonly rules: readonly SignerRule[];
  readonly relations: readonly Named[];
  readonly bases: readonly Basis[];
  readonly methods: readonly Method[];
  readonly hears: readonly Hearing[];
  /** What may become of what was taken, once it is withdrawn. */
  readonly tissue: readonly Named[];
  /** It is confirmed on the day itself. */
  readonly confirm: boolean;
  /** The phase in which it is asked for. */
  readonly asked_in: Key | null;
  readonly valid_days: number | null;
  /** The items on which a decision rests; when they change it must be confirmed anew. */
  readonly depends_on: readonly Key[];
  /** A datetime item: what is granted after it is marked and does not count. */
  readonly before: Key | null;
  readonly source: string;
}

export interface About {
  readonly heading: Words;
  readonly html: Words;
  readonly source: string;
}

export interface ExampleAnswer {
  readonly item: Key;
  readonly part: string;
  readonly value: Json;
}

/** A worked case that publishing runs through fold and readiness. */
export interface Example {
  readonly name: string;
  readonly sex: Key;
  readonly birth_date: string | null;
  readonly start_ms: number | null;
  readonly now_ms: number;
  readonly zone_min: number;
  readonly answers: readonly ExampleAnswer[];
  /** "<consent>" -> the relations that have consented; all of it is confirmed at `now_ms`. */
  readonly granted: { readonly [consent: string]: readonly Key[] };
  /** "<consent>" -> who was heard -> their view. */
  readonly heard: { readonly [consent: string]: { readonly [who: string]: Key } };
  /** "<item>:<hold>" -> active. */
  readonly holds: { readonly [hold: string]: boolean | null };
  /** "<item>" -> shown. */
  readonly shown: { readonly [item: string]: boolean | null };
  /** "<phase>" -> its status. */
  readonly phases: { readonly [phase: string]: string };
}

export interface ReleaseDocument {
  readonly v: number;
  readonly protocol: Key;
  readonly number: number;
  readonly languages: readonly Key[];
  readonly title: Words;
  readonly effective_from_ms: number;
  readonly review_by: string;
  readonly about: readonly About[];
  readonly phases: readonly Phase[];
  readonly tables: { readonly [table: string]: readonly Row[] };
  readonly consents: readonly ConsentKind[];
  readonly examples: readonly Example[];
}

/** A release: the document and the SHA-256 of the bytes that it was read from. */
export interface Release {
  readonly digest: Digest;
  readonly document: ReleaseDocument;
}

export const RELEASE_VERSION = 1;

/**
 * Read a release whose bytes are known to have this digest (the caller compared them). What a release must hold
 * beyond its outline is checked where it is published. Refuses decode's codes, "version-unknown", "shape-wrong".
 */
export function parseRelease(bytes: Uint8Array, digest: Digest): Result<Release> {
  const read = decode(bytes);
  if (!read.ok) return read;
  const value = read.value;
  if (!isObject(value)) return refused("shape-wrong", "release");
  if (value["v"] !== RELEASE_VERSION) return refused("version-unknown", "release");
  const outline = ["languages", "about", "phases", "consents", "examples"].find((key) => !Array.isArray(value[key]));
  if (outline !== undefined || !isObject(value["tables"])) return refused("shape-wrong", outline ?? "tables");
  return accepted({ digest, document: value as unknown as ReleaseDocument });
}

/** Every item of the document, in order. */
export function itemsOf(document: ReleaseDocument): readonly Item[] {
  return document.phases.flatMap((phase) => phase.items);
}
