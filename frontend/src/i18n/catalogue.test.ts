import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUES } from "./catalogue.ts";

const errors = readFileSync(resolve(import.meta.dirname, "../../../procedures/core/errors.py"), "utf8");
const listed = errors.slice(errors.indexOf("TABLET_PROBLEMS"), errors.indexOf("\n}\n"));
const codes = [...listed.matchAll(/^ {4}"([a-z-]+)":/gm)].map((match) => match[1] ?? "");

/** What can fail on the tablet itself; "unknown" is for what has no words. */
const OWN = ["storage-full", "storage-broken", "storage-damaged", "tablet-busy", "case-changed", "unreachable", "timeout", "not-our-server", "not-registered", "storage", "locked", "log-broken", "pull-unproved", "unknown"];

describe.each(Object.entries(CATALOGUES))("the catalogue in %s", (_, words) => {
  it("has words for every refusal that the server can answer a tablet with, and for no other", () => {
    expect(codes.length).toBeGreaterThan(30);
    const known: Record<string, string> = words.problems;
    expect(codes.filter((code) => (known[code] ?? "") === "")).toEqual([]);
    expect(Object.keys(known).filter((code) => !codes.includes(code) && !OWN.includes(code))).toEqual([]);
  });

  it("has words for every way in which a call or a writing can fail on the tablet", () => {
    const known: Record<string, string> = words.problems;
    expect(OWN.filter((code) => (known[code] ?? "") === "")).toEqual([]);
  });
});
