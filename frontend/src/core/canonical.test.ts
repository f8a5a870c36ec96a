// Canonical JSON, the shapes of the entry and of its private part, the outline of a release: the shared vectors
// (tests/vectors/canonical.json, entry.json, private.json, release.json).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digest, release, sha256, vectors } from "../testing/vectors.ts";
import { decode, encode, type Json, type JsonObject, MAX_INTEGER, write } from "./canonical.ts";
import { bodyProblem, parseEntry, parsePrivate } from "./entry.ts";
import { parseRelease } from "./release.ts";

interface CanonicalVector {
  readonly rule: string;
  readonly text?: string;
  readonly hex?: string;
  readonly code?: string;
}

interface EntryVector {
  readonly rule: string;
  readonly set?: Readonly<Record<string, Json>>;
  readonly repeat?: Readonly<Record<string, readonly [string, number]>>;
  readonly drop?: string;
  readonly pad_to?: number;
  readonly whole?: Json;
  readonly text?: string;
  readonly code?: string;
  readonly known?: boolean;
}

interface PrivateVector {
  readonly rule: string;
  readonly text: string | null;
  readonly named: "its" | "another" | null;
  readonly code?: string;
}

interface ReleaseVector {
  readonly rule: string;
  readonly text?: string;
  readonly set?: JsonObject;
  readonly code?: string;
}

type Holder = Record<string, Json>;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const DEEP = JSON.parse(`${"[".repeat(34)}${"]".repeat(34)}`) as Json;

describe("canonical JSON", () => {
  it.each(vectors("canonical") as readonly CanonicalVector[])("$rule", ({ text = "", hex, code }) => {
    const bytes = hex === undefined ? bytesOf(text) : Uint8Array.from(Buffer.from(hex, "hex"));
    const read = decode(bytes);
    expect(read.ok ? write(read.value) : read.code).toBe(code ?? text);
    const again = read.ok ? encode(read.value) : read;
    expect(again.ok ? new TextDecoder().decode(again.value) : again.code).toBe(code ?? text);
  });

  it.each([1.5, NaN, Infinity, -0, MAX_INTEGER + 1, "\ud800", undefined, { "å": 1 }, [() => 1], DEEP])(
    "does not write %s", (value) => {
      expect(encode(value)).toMatchObject({ ok: false, code: "shape-wrong" });
    });
});

describe("an entry", () => {
  it.each(vectors("entry") as readonly EntryVector[])("$rule", (vector) => {
    const read = parseEntry(bytesOf(vector.text ?? write(changed(vector))));
    expect(read.ok ? bodyProblem(read.value) === null : read.code).toBe(vector.code ?? vector.known);
  });
});

describe("a private part", () => {
  it.each(vectors("private") as readonly PrivateVector[])("$rule", ({ text, named, code }) => {
    const bytes = text === null ? null : bytesOf(text);
    const its = sha256(bytes ?? bytesOf(""));
    const read = parsePrivate({ private: named === "another" ? digest("b") : named && its }, bytes, its);
    expect(read.ok ? read.value && write(read.value) : read.code).toBe(code ?? (text === "" ? null : text));
  });
});

describe("a release", () => {
  it.each(vectors("release") as readonly ReleaseVector[])("$rule", ({ text, set, code }) => {
    const changed = write({ ...(release("inr").document as unknown as JsonObject), ...set });
    const read = parseRelease(bytesOf(text ?? changed), digest("b"));
    expect(read.ok ? read.value.document.protocol : read.code).toBe(code ?? "inr");
  });
});

function changed(vector: EntryVector): Json {
  if (vector.whole !== undefined) return vector.whole;
  const entry = sound();
  for (const [path, value] of Object.entries(vector.set ?? {})) put(entry, path, value);
  for (const [path, [text, count]] of Object.entries(vector.repeat ?? {})) put(entry, path, text.repeat(count));
  if (vector.drop !== undefined) put(entry, vector.drop, undefined);
  if (vector.pad_to !== undefined) {
    put(entry, "body.value", "");
    put(entry, "body.value", "x".repeat(vector.pad_to - bytesOf(write(entry)).length));
  }
  return entry;
}

function sound(): Holder {
  const uuid = "00000000-0000-4000-8000-000000000001";
  return {
    v: 1, enrolment: uuid, seq: 1, prev: "0".repeat(64), ward: uuid, case: uuid, type: "answer.given",
    salt: "A".repeat(22), clock: { at_ms: 0, zone_min: 60, offset_ms: 0, boot: uuid, mono_ms: 0 },
    body: { item: "inr", part: "", value: "2.4", replaces: [], occurred_ms: null, late: false }, private: "0".repeat(64),
  };
}

function put(entry: Holder, path: string, value: Json | undefined): void {
  const [outer = "", inner] = path.split(".");
  const holder = inner === undefined ? entry : (entry[outer] as Holder);
  if (value === undefined) Reflect.deleteProperty(holder, inner ?? outer);
  else holder[inner ?? outer] = value;
}

describe("any value", () => {
  it("is read back from what was written", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const bytes = encode(value);
      if (!bytes.ok) return;
      const read = decode(bytes.value);
      expect(read.ok && write(read.value)).toBe(new TextDecoder().decode(bytes.value));
      expect(read.ok && read.value).toEqual(value);
    }));
  });
});
