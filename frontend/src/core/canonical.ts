// Canonical JSON: the one way in which a value is written as bytes. Twin of procedures/core/canonical.py.
//
// UTF-8 without BOM or spaces, ASCII keys sorted, escapes as in RFC 8785 section 3.2.2.2, integers only, with
// |n| < 2^53. The reader is our own because JSON.parse tells neither 1.0 from 1 nor refuses lone surrogates.

import { accepted, refused, type Result } from "./result.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const MAX_INTEGER = 2 ** 53 - 1;
export const MAX_DEPTH = 32;

/** Write a value canonically. Refuses ("shape-wrong") what canonical JSON cannot hold. */
export function encode(value: unknown): Result<Uint8Array<ArrayBuffer>> {
  const problem = problemOf(value, 0);
  return problem === null ? accepted(new TextEncoder().encode(write(value as Json))) : refused("shape-wrong", problem);
}

/** Read bytes that must be canonical. Refuses "json-broken", "shape-wrong" or "json-not-canonical". */
export function decode(bytes: Uint8Array): Result<Json> {
  const text = utf8(bytes);
  if (text === null) return refused("json-broken", "not UTF-8");
  const read = new Reader(text).document();
  if (read === BROKEN) return refused("json-broken");
  const problem = problemOf(read, 0);
  if (problem !== null) return refused("shape-wrong", problem);
  return write(read as Json) === text ? accepted(read as Json) : refused("json-not-canonical");
}

/** The canonical text of a value that is known to be fit for it (it was decoded, or built from such). */
export function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${write(value[key] as Json)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Whether two values are the same: equal canonical text. */
export function equal(left: Json, right: Json): boolean {
  return left === right || write(left) === write(right);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The order of ASCII strings by their bytes: digests, keys, registers. */
export function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function problemOf(value: unknown, depth: number): string | null {
  if (depth > MAX_DEPTH) return "nested too deeply";
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string") return hasLoneSurrogate(value) ? "a lone surrogate" : null;
  if (typeof value === "number") return integerProblem(value);
  if (Array.isArray(value)) return firstProblem(value, depth);
  if (!isObject(value)) return "a value that is not JSON";
  for (const key of Object.keys(value)) {
    if (!isAscii(key)) return "a key that is not ASCII";
  }
  return firstProblem(Object.values(value), depth);
}

function firstProblem(values: readonly unknown[], depth: number): string | null {
  for (const inner of values) {
    const problem = problemOf(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

function integerProblem(value: number): string | null {
  if (!Number.isInteger(value) || Object.is(value, -0)) return "a number that is not an integer";
  return Math.abs(value) > MAX_INTEGER ? "an integer beyond 2^53" : null;
}

export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const BROKEN = Symbol("broken");
const READER_DEPTH = 1024; // deeper than this counts as broken, as it does for the server's reader
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
};

/** What is read before it is known to be canonical: numbers that are no integers are kept as NaN. */
type Loose = null | boolean | number | string | Loose[] | { [key: string]: Loose } | typeof BROKEN;

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): Loose {
    const value = this.value();
    this.spaces();
    return this.at === this.text.length ? value : BROKEN;
  }

  private value(): Loose {
    this.spaces();
    const first = this.text[this.at];
    if (first === "{") return this.nested(() => this.members());
    if (first === "[") return this.nested(() => this.elements());
    if (first === '"') return this.string();
    if (this.skip("null")) return null;
    if (this.skip("true")) return true;
    if (this.skip("false")) return false;
    return this.number();
  }

  private nested(inner: () => Loose): Loose {
    this.at += 1;
    this.depth += 1;
    const value = this.depth > READER_DEPTH ? BROKEN : inner();
    this.depth -= 1;
    return value;
  }

  private members(): Loose {
    const found: { [key: string]: Loose } = {};
    this.spaces();
    if (this.skip("}")) return found;
    for (;;) {
      this.spaces();
      const key = this.text[this.at] === '"' ? this.string() : BROKEN;
      this.spaces();
      const value = typeof key === "string" && this.skip(":") ? this.value() : BROKEN;
      if (value === BROKEN) return BROKEN;
      // A plain assignment to "__proto__" would set the prototype.
      Object.defineProperty(found, key, { value, enumerable: true, writable: true, configurable: true });
      this.spaces();
      if (this.skip("}")) return found;
      if (!this.skip(",")) return BROKEN;
    }
  }

  private elements(): Loose {
    const found: Loose[] = [];
    this.spaces();
    if (this.skip("]")) return found;
    for (;;) {
      const value = this.value();
      if (value === BROKEN) return BROKEN;
      found.push(value);
      this.spaces();
      if (this.skip("]")) return found;
      if (!this.skip(",")) return BROKEN;
    }
  }

  private string(): string | typeof BROKEN {
    this.at += 1;
    let found = "";
    for (;;) {
      found += this.plain();
      if (this.skip('"')) return hasLoneSurrogate(found) ? BROKEN : found;
      const escaped = this.skip("\\") ? this.escape() : BROKEN;
      if (escaped === BROKEN) return BROKEN;
      found += escaped;
    }
  }

  /** Everything up to the next quote, backslash or control character. */
  private plain(): string {
    const start = this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at); // NaN at the end
      if (!(code >= 0x20) || code === 0x22 || code === 0x5c) return this.text.slice(start, this.at);
      this.at += 1;
    }
  }

  private escape(): string | typeof BROKEN {
    const letter = this.text[this.at] ?? "";
    this.at += 1;
    if (letter !== "u") return ESCAPES[letter] ?? BROKEN;
    const code = this.text.slice(this.at, this.at + 4);
    this.at += 4;
    return /^[0-9a-fA-F]{4}$/.test(code) ? String.fromCharCode(parseInt(code, 16)) : BROKEN;
  }

  private number(): Loose {
    const token = this.match(NUMBER);
    if (token === null || token === "") return BROKEN;
    const value = Number(token);
    if (!Number.isFinite(value)) return BROKEN;
    if (/[.eE]/.test(token)) return NaN;
    return value === 0 ? 0 : value; // "-0" reads as 0 and is then found not to be canonical
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  private skip(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  private spaces(): void {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }
}
