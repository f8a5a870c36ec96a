import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUES } from "./catalogue.ts";

const errors = readFileSync(resolve(import.meta.dirname, "../../../procedures/core/errors.py"), "utf8");
const start = errors.indexOf("\nPROBLEMS");
const listed = errors.slice(start, errors.indexOf("\n}\n", start));
const codes = [...listed.matchAll(/^ {4}"([a-z-]+)":/gm)].map((match) => match[1] ?? "");

describe.each(Object.entries(CATALOGUES))("the catalogue in %s", (_, words) => {
  it("has words for every refusal of the server", () => {
    expect(codes.length).toBeGreaterThan(30);
    const known: Record<string, string> = words.problems;
    expect(codes.filter((code) => (known[code] ?? "") === "")).toEqual([]);
  });

  it("has words for every way in which a call or a writing can fail on the tablet", () => {
    const own = ["storage-full", "storage-broken", "tablet-busy", "case-changed", "unreachable", "timeout", "not-our-server", "not-registered", "storage", "locked", "log-broken", "pull-unproved"];
    const known: Record<string, string> = words.problems;
    expect(own.filter((code) => (known[code] ?? "") === "")).toEqual([]);
  });
});
