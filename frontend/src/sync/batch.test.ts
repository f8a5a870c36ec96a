import { describe, expect, it } from "vitest";
import type { Batch } from "../store/outbox.ts";
import { MAX_BATCH_BYTES, pushBody } from "./batch.ts";

function batch(sizes: readonly number[]): Batch {
  const rows = sizes.map((size, index) => ({
    n: index + 1,
    enrolment: `e${index % 2}`,
    seq: index + 1,
    digest: String(index).padStart(64, "0"),
    envelope: `v${index % 3}`,
    sealed: new Uint8Array(size).fill(index),
    state: "waiting" as const,
    code: null,
    sent_ms: null,
  }));
  const certificates = ["e0", "e1"].map((enrolment) => ({ enrolment, certificate: `{"name":"Åsa ${enrolment}"}`, signature: "c2ln" }));
  const envelopes = ["v0", "v1", "v2"].map((id) => ({ id, key: 1, sealed: "AAAA" }));
  return { photograph: null, rows, certificates, envelopes };
}

describe("a batch", () => {
  it("carries each certificate and envelope once, and only those that its entries need", () => {
    const body = pushBody(batch([10, 10, 10, 10]), ["e0", "e1"]);
    expect(body.entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4]);
    expect(body.certificates).toHaveLength(2);
    expect(body.envelopes.map((envelope) => envelope.id)).toEqual(["v0", "v1", "v2"]);
    expect(pushBody(batch([10]), []).certificates).toHaveLength(1);
  });

  it("stays within the megabyte, in order, and takes at least one", () => {
    const body = pushBody(batch(Array.from({ length: 60 }, () => 30_000)), Array.from({ length: 300 }, () => crypto.randomUUID()));
    expect(new TextEncoder().encode(JSON.stringify(body)).length).toBeLessThanOrEqual(MAX_BATCH_BYTES);
    expect(body.entries.length).toBeGreaterThan(20);
    expect(body.enrolments).toHaveLength(200);
    expect(pushBody(batch([2_000_000]), []).entries).toHaveLength(1);
  });
});
