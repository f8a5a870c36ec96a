import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Database } from "../store/database.ts";
import { deviceOf, keepDevice } from "../store/device.ts";
import { peopleIn, unlock } from "../store/people.ts";
import { count } from "../testing/disk.ts";
import { Server, vouch } from "../testing/server.ts";
import { DEVICE, PIN, TOKEN, WARD } from "../testing/tablet.ts";
import { type Bytes, randomBytes, toBase64url } from "../vault/bytes.ts";
import { newPair } from "../vault/keys.ts";
import type { Send } from "./api.ts";
import { enrol } from "./enrolment.ts";

interface Asked {
  enrolment: string;
  username: string;
  public_key: string;
}

const WISH = { username: "nora", password: "secret", pin: PIN };

let db: Database;
let server: Server;
let asked: Asked[];
let answer: (asked: Asked) => Promise<Response>;

const send: Send = (_, init) => {
  const wanted = JSON.parse(init.body as string) as Asked;
  asked.push(wanted);
  return answer(wanted);
};

const problem = (status: number, code: string) =>
  Response.json({ type: "about:blank", title: code, status, code, where: "" }, { status, headers: { "Content-Type": "application/problem+json" } });

const certified = async ({ enrolment, public_key }: Asked): Promise<Response> => {
  const certificate = await server.certify({ enrolment, public_key, device: DEVICE, name: "Nora" });
  return Response.json({ v: 1, server_ms: 1, certificate, data_key: toBase64url(randomBytes(32)), new_keys: server.newKeys }, { status: 201 });
};

beforeEach(async () => {
  server = await Server.start();
  db = new Database(`test-${crypto.randomUUID()}`);
  await keepDevice(db, { device: DEVICE, name: "Tablet 1", wards: [{ ward: WARD, name: "Ward" }], token: TOKEN, keys: [server.key] });
  asked = [];
  answer = certified;
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function retriedAfter(first: () => Promise<Response>, pin = PIN): Promise<boolean> {
  answer = first;
  expect((await enrol(db, WISH, send)).kind).not.toBe("ok");
  answer = certified;
  expect((await enrol(db, { ...WISH, pin }, send)).kind).toBe("ok");
  const [one, other] = asked;
  return one?.enrolment === other?.enrolment && one?.public_key === other?.public_key;
}

async function isSigningKey(bytes: Bytes): Promise<boolean> {
  const imported = crypto.subtle.importKey("pkcs8", bytes, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  return imported.then(() => true, () => false);
}

describe("an enrolment", () => {
  it("opens with the PIN, and nothing of the asking is left", async () => {
    expect(await enrol(db, WISH, send)).toEqual({ kind: "ok", enrolment: asked[0]?.enrolment });
    const [person] = peopleIn(await db.getAll("people"));
    expect((await unlock(db, person?.enrolment ?? "", PIN, 1)).kind).toBe("open");
    expect(await count(db, "pending")).toBe(0);
  });

  it.each([
    ["a reply that was lost", () => Promise.reject(new TypeError("the network broke"))],
    ["somebody else's reply", () => Promise.resolve(new Response("<html>"))],
    ["the server's own failure", () => Promise.resolve(problem(500, "server-error"))],
    ["a mistyped password", () => Promise.resolve(problem(403, "login-wrong"))],
    ["too many tries", () => Promise.resolve(problem(429, "too-many-tries"))],
  ])("is asked for again as the same one after %s", async (_, first) => {
    expect(await retriedAfter(first)).toBe(true);
    const [person] = peopleIn(await db.getAll("people"));
    expect((await unlock(db, person?.enrolment ?? "", PIN, 1)).kind).toBe("open");
  });

  it("is the same one also after the page was closed meanwhile", async () => {
    answer = () => Promise.reject(new TypeError("the network broke"));
    await enrol(db, WISH, send);
    await db.close();
    db = new Database(db.name);
    answer = certified;
    await enrol(db, WISH, send);
    expect(new Set(asked.map(({ enrolment, public_key }) => enrolment + public_key)).size).toBe(1);
  });

  it("is the same one after a lost reply and then a mistyped password: the first may live on the server", async () => {
    answer = () => Promise.reject(new TypeError("the network broke"));
    await enrol(db, WISH, send);
    expect(await retriedAfter(() => Promise.resolve(problem(403, "login-wrong")))).toBe(true);
    expect(new Set(asked.map(({ enrolment, public_key }) => enrolment + public_key)).size).toBe(1);
  });

  it("is a new one after it was itself refused, with another PIN, or for somebody else", async () => {
    expect(await retriedAfter(() => Promise.resolve(problem(400, "possession-unproved")))).toBe(false);
    await db.write(["people"], (tx) => tx.objectStore("people").clear());
    asked = [];
    expect(await retriedAfter(() => Promise.reject(new TypeError("")), "975318")).toBe(false);
    asked = [];
    answer = () => Promise.reject(new TypeError(""));
    await enrol(db, { ...WISH, username: "noah" }, send);
    await enrol(db, { ...WISH, username: "clara" }, send);
    expect(new Set(asked.map(({ enrolment }) => enrolment)).size).toBe(2);
  });

  it("waits under its PIN: the key is not readable on the disk", async () => {
    const wrapped = vi.spyOn(crypto.subtle, "wrapKey");
    answer = () => Promise.reject(new TypeError(""));
    await enrol(db, WISH, send);
    const [pending] = await db.getAll("pending");
    expect(Object.keys(pending ?? {}).sort()).toEqual(["enrolment", "public_key", "username", "wrapped"]);
    const [, key] = wrapped.mock.calls[0] ?? [];
    const inTheClear = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key as CryptoKey));
    expect(await isSigningKey(inTheClear)).toBe(true);
    expect(await isSigningKey(pending?.wrapped.signing.sealed ?? inTheClear)).toBe(false);
  });
});

it("takes no certificate that it did not ask for, nor the server's own", async () => {
  for (const bent of [{ enrolment: crypto.randomUUID() }, { public_key: "AAAA" }]) {
    answer = (wanted) => certified({ ...wanted, ...bent });
    expect(await enrol(db, WISH, send)).toEqual({ kind: "problem", status: 0, code: "certificate-forged" });
  }
  answer = async ({ enrolment, public_key }) => {
    const certificate = await server.certify({ enrolment, public_key, device: DEVICE, name: "Bedside" }, "server");
    return Response.json({ v: 1, server_ms: 1, certificate, data_key: toBase64url(randomBytes(32)), new_keys: server.newKeys }, { status: 201 });
  };
  expect(await enrol(db, WISH, send)).toMatchObject({ code: "certificate-forged" });
  expect(await count(db, "people")).toBe(0);
});

it("takes a certificate of a newer server key that comes with it, and none of a forged one", async () => {
  const { key } = server;
  await server.addRootKey();
  const good = server.newKeys;
  server.newKeys = [await vouch((await newPair()).privateKey, { ...server.key, by: 1 })];
  expect(await enrol(db, WISH, send)).toEqual({ kind: "problem", status: 0, code: "server-key-forged" });
  expect((await deviceOf(db))?.keys).toEqual([key]);
  server.newKeys = good;
  expect((await enrol(db, WISH, send)).kind).toBe("ok");
  expect((await deviceOf(db))?.keys).toEqual([key, server.key]);
});
