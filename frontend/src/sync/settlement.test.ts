import { describe, expect, it } from "vitest";
import type { Place } from "../store/outbox.ts";
import { judge, type Known, settled } from "./settlement.ts";

const digest = (seq: number) => String(seq).padStart(64, "0");
const places = (states: Record<number, Place["state"]>): Place[] =>
  Object.entries(states).map(([seq, state]) => ({ seq: Number(seq), digest: digest(Number(seq)), state }));
const known = (states: Record<number, Place["state"]>): Known => ({
  head_seq: Math.max(...Object.keys(states).map(Number)),
  places: places(states),
});
const holding = (upto: number, missing: [number, number][] = [], highest = upto) => ({
  enrolment: "e",
  upto,
  digest: upto === 0 ? null : digest(upto),
  highest,
  missing,
  blobs: [],
});

describe("receipts", () => {
  it("count only for what this batch carried, and outweigh a refusal", () => {
    const receipt = (name: string) => ({ digest: name, ward: "w", position: 1, received_ms: 1 });
    const refusal = (name: string) => ({ digest: name, code: "seal-broken", words: "" });
    const reply = { v: 1 as const, server_ms: 1, receipts: [receipt("a"), receipt("x")], refused: [refusal("a"), refusal("b"), refusal("y")], enrolments: [] };
    expect(settled(["a", "b", "c"], reply)).toEqual({ sent: ["a"], refused: [{ digest: "b", code: "seal-broken" }] });
  });
});

describe("what the server holds", () => {
  it("is all: nothing is offered again", () => {
    expect(judge(holding(3), known({ 1: "sent", 2: "sent", 3: "sent" }))).toEqual({ kind: "again", digests: [] });
  });

  it("lacks what came after a restored backup", () => {
    expect(judge(holding(1), known({ 1: "sent", 2: "sent", 3: "sent", 4: "waiting" }))).toEqual({ kind: "again", digests: [digest(2), digest(3)] });
  });

  it("lacks a gap, and what comes after the highest that it holds", () => {
    const states = { 1: "sent", 2: "sent", 3: "sent", 4: "sent" } as const;
    expect(judge(holding(1, [[2, 2]], 4), known(states))).toEqual({ kind: "again", digests: [digest(2)] });
    expect(judge(holding(1, [[2, 2]], 3), known(states))).toEqual({ kind: "again", digests: [digest(2), digest(4)] });
  });

  it("leaves alone what needs help: a gap that stays does not make the tablet send for ever", () => {
    const states = { 1: "sent", 2: "needs-help", 3: "sent" } as const;
    expect(judge(holding(1, [[2, 2]], 3), known(states))).toEqual({ kind: "again", digests: [] });
  });

  it("is another history: the enrolment ends", () => {
    const states = { 1: "sent", 2: "sent" } as const;
    expect(judge({ ...holding(2), digest: "f".repeat(64) }, known(states))).toEqual({ kind: "ended" });
    expect(judge(holding(5), known(states))).toEqual({ kind: "ended" });
    expect(judge(holding(1, [[2, 2]], 3), known(states))).toEqual({ kind: "ended" });
  });
});
