import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { follow, type LogRow, startHash } from "./log.ts";

interface Vector {
  ward: string;
  start: string;
  rows: (LogRow & { hash: string })[];
}

const file = resolve(import.meta.dirname, "../../../tests/vectors/seal.json");
const { log } = JSON.parse(readFileSync(file, "utf8")) as { log: Vector };
const origin = { position: 0, hash: log.start };

it("begins and rolls as the server's does", async () => {
  expect(await startHash(log.ward)).toBe(log.start);
  expect(await follow(origin, log.rows)).toEqual(log.rows.map((row) => row.hash));
});

it("goes on from anywhere, in any cut", async () => {
  const [first, ...others] = log.rows;
  if (first === undefined) throw new Error("no rows");
  expect(await follow({ position: first.position, hash: first.hash }, others)).toEqual(others.map((row) => row.hash));
  expect(await follow(origin, [])).toEqual([]);
});

it("has no gaps, and no row out of its place", async () => {
  const [first, second] = log.rows;
  if (first === undefined || second === undefined) throw new Error("no rows");
  expect(await follow(origin, [second])).toBeNull();
  expect(await follow(origin, [second, first])).toBeNull();
  expect(await follow(origin, [first, first])).toBeNull();
});

it.each([
  ["when it came", { received_ms: 1 }],
  ["of which case", { case: null }],
  ["which entry", { digest: "0".repeat(64) }],
])("says %s", async (_, bent) => {
  const rows = log.rows.map((row, index) => (index === 0 ? { ...row, ...bent } : row));
  expect((await follow(origin, rows))?.at(-1)).not.toBe(log.rows.at(-1)?.hash);
});
