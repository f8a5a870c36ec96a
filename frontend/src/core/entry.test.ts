// The entry of the shared vector, which the server's tests read too (tests/vectors/seal.json).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode, encode } from "./canonical.ts";
import { bodyProblem, parseEntry } from "./entry.ts";

const vector = JSON.parse(readFileSync(new URL("../../../tests/vectors/seal.json", import.meta.url), "utf8")) as {
  entry: { data: string };
};
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the vector's entry", () => {
  it("is read, and its body known", () => {
    const parsed = parseEntry(bytes(vector.entry.data));
    expect(parsed.ok && [parsed.value.seq, parsed.value.type, bodyProblem(parsed.value)]).toEqual([1, "answer.given", null]);
  });

  it("is written again to the same bytes", () => {
    const value = decode(bytes(vector.entry.data));
    const again = value.ok ? encode(value.value) : value;
    expect(again.ok && new TextDecoder().decode(again.value)).toBe(vector.entry.data);
  });

  it.each([
    ["a space", vector.entry.data.replace('{"body"', '{ "body"')],
    ["a key twice", vector.entry.data.replace('"v":1', '"v":1,"v":1')],
    ["an unknown key", vector.entry.data.replace('"v":1', '"v":1,"w":1')],
    ["another version", vector.entry.data.replace('"v":1', '"v":2')],
    ["no JSON", "<html>"],
  ])("is refused with %s", (_what, text) => {
    expect(parseEntry(bytes(text)).ok).toBe(false);
  });
});
