// The shorthand of tests/vectors, expanded as tests/procedures/core/shorthand.py does (README.md there).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isObject, type Json, type JsonObject, write } from "../core/canonical.ts";
import type { Entry } from "../core/entry.ts";
import type { Written } from "../core/fold.ts";
import type { Certificates } from "../core/readiness.ts";
import { parseRelease, type Release } from "../core/release.ts";

const FOLDER = resolve(import.meta.dirname, "../../../tests/vectors");
export const NOON_MS = 1_795_608_000_000; // 2026-11-25 12:00 UTC
const CASE = "00000000-0000-4000-8000-0000000000c0";
const WARD = "00000000-0000-4000-8000-0000000000f0";
const SALT = "A".repeat(22);
const DIGESTS = new Set(["replaces", "covers", "reopens", "after", "blobs", "target", "hash"]);

export interface Options {
  readonly by?: string;
  readonly at_min?: number;
  readonly offset_ms?: number | null;
  readonly zone_min?: number;
  readonly case?: string | null;
  readonly private?: readonly [string, JsonObject | null];
}

export type Shorthand = readonly [digest: string, type: string, body: JsonObject, options?: Options];

function read(name: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), "utf8"));
}

/** The cases of one file; their shape is for the test to say. */
export function vectors(name: string): unknown {
  return read(name);
}

export function release(name: string): Release {
  const bytes = readFileSync(resolve(FOLDER, "frozen", `${name}.json`));
  const parsed = parseRelease(new Uint8Array(bytes), sha256(bytes));
  if (!parsed.ok) throw new Error(`${name}: ${parsed.code}`);
  return parsed.value;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const DEFAULTS = read("defaults") as Readonly<Record<string, JsonObject>>;
export const CERTIFICATES = read("cast") as Certificates;

export function expand(entries: readonly Shorthand[], of: Release | null): readonly Written[] {
  return entries.map(([name, type, body, options = {}]) => expandOne(name, type, body, options, of));
}

function expandOne(name: string, type: string, body: JsonObject, options: Options, of: Release | null): Written {
  const full: JsonObject = { ...DEFAULTS[type], ...body };
  const [named, part] = options.private ?? [null, null];
  const entry: Entry = {
    v: 1,
    enrolment: options.by ?? "nurse",
    seq: 1,
    prev: "0".repeat(64),
    ward: WARD,
    case: options.case === undefined ? CASE : options.case,
    type,
    salt: SALT,
    clock: {
      at_ms: NOON_MS + (options.at_min ?? 0) * 60_000,
      zone_min: options.zone_min ?? 60,
      offset_ms: options.offset_ms === undefined ? 0 : options.offset_ms,
      boot: CASE,
      mono_ms: 0,
    },
    body: Object.fromEntries(Object.entries(full).map(([field, value]) => [field, long(field, value, full, of)])),
    private: named === null ? null : digest(named),
  };
  return { digest: digest(name), entry, private: part === null ? null : { salt: SALT, ...part } };
}

export function digest(name: string): string {
  return name.padEnd(64, "0");
}

function long(field: string, value: Json, body: JsonObject, of: Release | null): Json {
  if (Array.isArray(value)) return DIGESTS.has(field) ? (value as readonly string[]).map(digest) : (value as readonly Json[]);
  if (typeof value !== "string") return value;
  if (field === "release" && value === "R") return of?.digest ?? digest("dd");
  if (field === "text" && value === "T") return textDigest(body["consent"], of);
  return DIGESTS.has(field) || field === "release" || field === "text" ? digest(value) : value;
}

function textDigest(consent: Json | undefined, of: Release | null): string {
  return of?.document.consents.find(({ key }) => key === consent)?.text["en"]?.digest ?? digest("ee");
}

/** Digests by their beginning, and lists of keyed views as objects by key. */
export function shorten(value: Json, of: Release | null): Json {
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [shortened(name, of), shorten(inner, of)]));
  }
  if (typeof value === "string") return shortened(value, of);
  if (!Array.isArray(value)) return value;
  const list = value as readonly Json[];
  if (list.length > 0 && list.every(isKeyed)) {
    return Object.fromEntries(list.map((each) => [nameOf(each as JsonObject), shorten(each, of)]));
  }
  return list.map((inner) => shorten(inner, of));
}

function isKeyed(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, "key");
}

function shortened(text: string, of: Release | null): string {
  if (text.length !== 64) return text;
  return text === of?.digest ? "R" : text.replace(/0+$/, "");
}

function nameOf(view: JsonObject): string {
  const key = view["key"] as string;
  const part = (view["part"] ?? "") as string;
  return part === "" ? key : `${key}/${part}`;
}

/** Where an expected part is not what came out; null when all of it is. */
export function difference(actual: Json, expected: Json, path = ""): string | null {
  if (isObject(expected) && isObject(actual)) return differentMember(actual, expected, path);
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    const list = expected as readonly Json[];
    const found = (actual as readonly Json[]).map((each, index) => difference(each, list[index] ?? null, `${path}[${index}]`));
    return found.find((each) => each !== null) ?? null;
  }
  return write(actual) === write(expected) ? null : `${path} is ${write(actual)}, not ${write(expected)}`;
}

function differentMember(actual: JsonObject, expected: JsonObject, path: string): string | null {
  const named = Object.keys(expected).filter((name) => name !== "!");
  const isWhole = named.length === 0 || Object.hasOwn(expected, "!");
  const given = Object.keys(actual).sort().join(", ");
  if (isWhole && given !== [...named].sort().join(", ")) return `${path} has ${given}`;
  const found = named.map((name) =>
    difference(memberOf(actual, name), expected[name] ?? null, `${path}.${name}`));
  return found.find((each) => each !== null) ?? null;
}

/** A key that is not there differs from one that is null. */
function memberOf(actual: JsonObject, name: string): Json {
  const value = Object.hasOwn(actual, name) ? actual[name] : undefined;
  return value === undefined ? "nothing" : value;
}
