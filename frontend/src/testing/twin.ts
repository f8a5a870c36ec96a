// The TypeScript core as a long-lived process that speaks JSON lines, so that a test can hold it against Python's:
// one request a line on stdin, one answer a line on stdout. Run by tests/procedures/core/twin.py.

import { createInterface } from "node:readline";
import { decode, type Json, write } from "../core/canonical.ts";
import { bodyProblem, parseEntry } from "../core/entry.ts";
import { fold, type Written } from "../core/fold.ts";
import { type Certificates, readiness } from "../core/readiness.ts";
import { parseRelease, type Release } from "../core/release.ts";

type Request =
  | { readonly op: "release"; readonly digest: string; readonly text: string }
  | { readonly op: "decode" | "entry"; readonly base64: string }
  | {
    readonly op: "case";
    readonly release: string;
    readonly entries: readonly Written[];
    readonly certificates: Certificates;
    readonly moments: readonly (readonly [now_ms: number, zone_min: number])[];
  };

const releases = new Map<string, Release>();

function answer(request: Request): Json {
  switch (request.op) {
    case "release":
      return keep(request.digest, request.text);
    case "decode": {
      const read = decode(bytesOf(request.base64));
      return read.ok ? ["ok", write(read.value)] : ["refused", read.code];
    }
    case "entry": {
      const read = parseEntry(bytesOf(request.base64));
      return read.ok ? ["ok", bodyProblem(read.value) === null] : ["refused", read.code];
    }
    case "case":
      return judge(request);
  }
}

function keep(digest: string, text: string): Json {
  const read = parseRelease(new TextEncoder().encode(text), digest);
  if (!read.ok) return ["refused", read.code];
  releases.set(digest, read.value);
  return ["ok", digest];
}

function judge({ release: digest, entries, certificates, moments }: Extract<Request, { op: "case" }>): Json {
  const release = releases.get(digest);
  if (release === undefined) return ["refused", "release-unknown"];
  const state = fold(entries);
  const views = moments.map(([now_ms, zone_min]) => readiness(release, certificates, state, now_ms, zone_min));
  return [state, views] as unknown as Json;
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${write(answer(JSON.parse(line) as Request))}\n`);
});
