import { describe, expect, it } from "vitest";
import { callForJson, clockOffsetMs, type Outcome, type Send } from "./api.ts";
import { pushReply, registrationReply, releasesReply } from "./replies.ts";

const EMPTY = { v: 1, server_ms: 1_790_000_000_000, receipts: [], refused: [], enrolments: [] };
const DIGEST = "a".repeat(64);
const UUID = "5b3b3d52-6a0c-4b9f-8f0a-0d6c1e9a7b11";

async function pushed(body: string, type = "application/json", status = 200): Promise<Outcome<unknown>> {
  const send: Send = () => Promise.resolve(new Response(body, { status, headers: { "Content-Type": type } }));
  return callForJson({ method: "POST", path: "push", token: "t", body: {} }, pushReply, send);
}

describe("a reply counts", () => {
  it("when it is JSON of the expected shape", async () => {
    const holding = { enrolment: UUID, upto: 2, digest: DIGEST, highest: 6, missing: [[4, 5]], blobs: [DIGEST] };
    const receipt = { digest: DIGEST, ward: UUID, position: 1, received_ms: 5 };
    const reply = { ...EMPTY, receipts: [receipt], refused: [{ digest: DIGEST, code: "seal-broken", words: "…" }], enrolments: [holding] };
    expect(await pushed(JSON.stringify(reply))).toMatchObject({ kind: "ok", reply });
    expect(await pushed(JSON.stringify({ ...EMPTY, later: true }), "application/json; charset=utf-8")).toMatchObject({ kind: "ok" });
  });

  it.each([
    ["a login page with 200", "<html>Log in</html>", "text/html"],
    ["JSON under another type", JSON.stringify(EMPTY), "text/html"],
    ["something that is no JSON", "{", "application/json"],
    ["no object", "[]", "application/json"],
    ["null", "null", "application/json"],
    ["another version", JSON.stringify({ ...EMPTY, v: 2 }), "application/json"],
    ["no time", JSON.stringify({ ...EMPTY, server_ms: "now" }), "application/json"],
    ["no receipts", JSON.stringify({ ...EMPTY, receipts: undefined }), "application/json"],
    ["a receipt without a digest", JSON.stringify({ ...EMPTY, receipts: [{ ward: UUID, position: 1, received_ms: 1 }] }), "application/json"],
    ["a range the wrong way round", JSON.stringify({ ...EMPTY, enrolments: [{ enrolment: UUID, upto: 0, digest: null, highest: 6, missing: [[5, 4]], blobs: [] }] }), "application/json"],
    ["holdings without the highest", JSON.stringify({ ...EMPTY, enrolments: [{ enrolment: UUID, upto: 0, digest: null, missing: [], blobs: [] }] }), "application/json"],
    ["holdings without the photographs", JSON.stringify({ ...EMPTY, enrolments: [{ enrolment: UUID, upto: 0, digest: null, highest: 0, missing: [] }] }), "application/json"],
    ["bytes that are no UTF-8", "\ud800", "application/json"],
  ])("not when it is %s", async (_, body, type) => {
    expect(await pushed(body, type)).toEqual({ kind: "outage", why: "not-our-server" });
  });

  it("as the server's own refusal when it names a code; a proxy's bare error may be the batch's fault", async () => {
    const problem = JSON.stringify({ type: "about:blank", title: "…", status: 403, code: "token-wrong", where: "" });
    expect(await pushed(problem, "application/problem+json", 403)).toEqual({ kind: "problem", status: 403, code: "token-wrong" });
    expect(await pushed("<html>", "text/html", 413)).toEqual({ kind: "problem", status: 413, code: "too-large" });
    expect(await pushed("<html>", "text/html", 502)).toEqual({ kind: "problem", status: 502, code: "server-error" });
    expect(await pushed("<html>", "text/html", 404)).toEqual({ kind: "outage", why: "not-our-server" });
  });
});

it("names an unreachable server and one that is too slow", async () => {
  const call = { method: "GET", path: "releases", token: null } as const;
  const failing = (failure: Error): Send => () => Promise.reject(failure);
  expect(await callForJson(call, releasesReply, failing(new TypeError("fetch failed")))).toEqual({ kind: "outage", why: "unreachable" });
  expect(await callForJson(call, releasesReply, failing(new DOMException("", "TimeoutError")))).toEqual({ kind: "outage", why: "timeout" });
});

it("takes a registration only with its token and keys", async () => {
  const reply = { v: 1, server_ms: 1, device: UUID, name: "T", wards: [{ ward: UUID, name: "W" }], token: `bd1.device.1.${UUID}.AAAA`, keys: [{ key: 1, hpke: "BBBB", signing: "CCCC" }] };
  const registered = async (body: object) => {
    const send: Send = () => Promise.resolve(Response.json(body, { status: 201 }));
    return (await callForJson({ method: "POST", path: "registrations", token: null }, registrationReply, send)).kind;
  };
  expect(await registered(reply)).toBe("ok");
  expect(await registered({ ...reply, token: "x" })).toBe("outage");
  expect(await registered({ ...reply, keys: [{ key: 1, hpke: "BBBB" }] })).toBe("outage");
});

describe("the clock's offset", () => {
  it("takes the reply to be written half-way", () => {
    expect(clockOffsetMs(10_000, { sent_ms: 4_000, round_trip_ms: 2_000 })).toBe(5_000);
    expect(clockOffsetMs(10_000, { sent_ms: 12_000, round_trip_ms: 0 })).toBe(-2_000);
  });

  it("is never -0, which canonical JSON does not have", () => {
    expect(Object.is(clockOffsetMs(10_000, { sent_ms: 10_000, round_trip_ms: 0.6 }), 0)).toBe(true);
  });
});
