import { beforeEach, describe, expect, it, vi } from "vitest";
import { deviceOf } from "../store/device.ts";
import { endEnrolment } from "../store/people.ts";
import { write } from "../store/journal.ts";
import { countsOf, nextBatch } from "../store/outbox.ts";
import { openPack } from "../store/packs.ts";
import { answer, freshTablet, linesOn, opening, type Tablet, WARD } from "../testing/tablet.ts";
import { count, everythingOn } from "../testing/disk.ts";
import { Server, vouch } from "../testing/server.ts";
import { toBase64url } from "../vault/bytes.ts";
import { newPair, type NewPair } from "../vault/keys.ts";
import { startHash } from "../vault/log.ts";
import { pushBody } from "./batch.ts";
import { push } from "./calls.ts";
import { setAside, settle } from "../store/outbox.ts";
import { Puller } from "./pulling.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const OTHER_CASE = "ca5e0000-0000-4000-8000-000000000003";
const WRITER = "e0000000-0000-4000-8000-000000000001";

let server: Server;
let nora: Tablet;
let noah: Tablet;

function pullerOf({ db, author, desk }: Tablet, arrived: () => void = () => undefined): Puller {
  const puller = new Puller({ db, send: server.send, heard: () => Promise.resolve(), arrived });
  puller.unlock({ ...author, desk });
  return puller;
}

async function give(tablet: Tablet, item: string, caseId = CASE): Promise<void> {
  const { desk, author } = tablet;
  await write(desk, { ward: WARD, case: caseId, author, compose: (held) => (held.length === 0 ? opening() : [answer(item, "yes")]) });
}

async function send({ db }: Tablet): Promise<void> {
  const batch = await nextBatch(db, 200, []);
  const outcome = await push("t", pushBody(batch, []), server.send);
  if (outcome.kind !== "ok") throw new Error(outcome.kind);
  await settle(db, { sent: outcome.reply.receipts.map(({ digest }) => digest), refused: [], again: [] }, 1);
}

/** As long as there is more. */
async function pullAll(puller: Puller): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    const outcome = await puller.pull();
    if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
    if (!outcome.more) return;
  }
  throw new Error("never done");
}

async function held({ db, desk }: Tablet, caseId = CASE): Promise<string[]> {
  return ((await openPack(db, desk.data, caseId))?.content ?? []).map(({ digest }) => digest);
}

const inLog = (caseId = CASE) => server.rows.filter((row) => row.case === caseId).map(({ digest }) => digest);
const sorted = (digests: readonly string[]) => [...digests].sort();

async function expectSameAsLog(tablet: Tablet, caseId = CASE): Promise<void> {
  expect(sorted(await held(tablet, caseId))).toEqual(sorted(inLog(caseId)));
}

beforeEach(async () => {
  server = await Server.start();
  const issuer = { key: server.key, certify: server.certify.bind(server) };
  nora = await freshTablet("nora", issuer);
  noah = await freshTablet("noah", issuer);
});

describe("a pull", () => {
  it("starts with the open cases, then follows the log row by row", async () => {
    await give(nora, "");
    await send(nora);
    const puller = pullerOf(noah);
    await pullAll(puller);
    await expectSameAsLog(noah);
    await give(nora, "a");
    await send(nora);
    await pullAll(puller);
    await expectSameAsLog(noah);
    expect((await linesOn(noah)).map((line) => line.patient?.name)).toEqual(["Emma Solberg"]);
    expect(await noah.db.get("cursors", WARD)).toEqual({ ward: WARD, position: 4, hash: (await server.hashes())[4] });
  });

  it("gives its own back too, once, and sends nothing of it again", async () => {
    await give(nora, "");
    await send(nora);
    await pullAll(pullerOf(nora));
    await expectSameAsLog(nora);
    expect(await countsOf(nora.db)).toEqual({ waiting: 0, needs_help: 0 });
  });

  it("keeps the certificates of all writers, and says what came", async () => {
    await give(nora, "");
    await send(nora);
    const arrived = vi.fn();
    await pullAll(pullerOf(noah, arrived));
    expect((await noah.db.getAll("certificates")).map((row) => row.enrolment).sort()).toEqual([nora, noah].map((one) => one.author.enrolment).sort());
    expect(arrived).toHaveBeenCalledTimes(1);
  });

  it("leaves what is not sent yet where it is, and merges it", async () => {
    await give(nora, "");
    await send(nora);
    await pullAll(pullerOf(noah));
    await give(noah, "a");
    await give(nora, "b");
    await send(nora);
    await pullAll(pullerOf(noah));
    expect(await held(noah)).toHaveLength(5);
    expect((await countsOf(noah.db)).waiting).toBe(1);
  });

  it("fetches a case by name when rows of it come that it does not hold whole", async () => {
    await give(nora, "");
    await send(nora);
    server.closed.add(CASE);
    await pullAll(pullerOf(noah));
    expect(await held(noah)).toEqual([]);
    await give(nora, "late");
    await send(nora);
    await pullAll(pullerOf(noah));
    await expectSameAsLog(noah);
  });

  it("does not take a case for whole that a later start has not named", async () => {
    await give(nora, "");
    await send(nora);
    await pullAll(pullerOf(noah));
    // Meanwhile something was written, the case was closed, and the tablet has to start again.
    await give(nora, "a");
    await send(nora);
    server.closed.add(CASE);
    await noah.db.put("cursors", { ward: WARD, position: 3, hash: "f".repeat(64) });
    await pullAll(pullerOf(noah));
    expect(await held(noah)).toHaveLength(3);
    await give(nora, "late");
    await send(nora);
    await pullAll(pullerOf(noah));
    await expectSameAsLog(noah);
  });

  it("fetches as often as cases are left", async () => {
    server.maxCases = 1;
    for (const caseId of [CASE, OTHER_CASE]) await give(nora, "", caseId);
    await send(nora);
    await pullAll(pullerOf(noah));
    for (const caseId of [CASE, OTHER_CASE]) await expectSameAsLog(noah, caseId);
    expect(server.calls.filter((path) => path === "pull/cases")).toHaveLength(2);
  });

  it("keeps nothing of a case that is in none of its wards, and goes on", async () => {
    await give(nora, "");
    await send(nora);
    server.elsewhere.add(CASE);
    await pullAll(pullerOf(noah));
    await give(nora, "a");
    await send(nora);
    await pullAll(pullerOf(noah));
    expect(await held(noah)).toEqual([]);
    expect((await noah.db.get("cursors", WARD))?.position).toBe(4);
  });
});

describe("the token", () => {
  it("is asked for once, kept in memory only, and asked for anew when it has ended", async () => {
    const puller = pullerOf(noah);
    await pullAll(puller);
    await pullAll(puller);
    expect(server.calls.filter((path) => path === "pull-tokens")).toHaveLength(1);
    server.expireToken();
    await pullAll(puller);
    expect(server.calls.filter((path) => path === "pull-tokens")).toHaveLength(2);
    expect(JSON.stringify(await everythingOn(noah.db))).not.toContain("bd1.pull");
  });

  it("is not asked for without end", async () => {
    server.bend = (path) => {
      if (path === "pull") server.expireToken();
      return null;
    };
    expect(await pullerOf(noah).pull()).toEqual({ kind: "problem", status: 401, code: "token-expired" });
  });

  it("says why it was refused", async () => {
    server.certificates.clear();
    expect(await pullerOf(noah).pull()).toEqual({ kind: "problem", status: 403, code: "challenge-wrong" });
  });

  it("goes with the lock: what arrives after it is not put away", async () => {
    await give(nora, "");
    await send(nora);
    const puller = pullerOf(noah);
    server.bend = (path) => {
      if (path === "pull/cases") puller.lock();
      return null;
    };
    expect(await puller.pull()).toEqual({ kind: "outage", why: "locked" });
    expect(await held(noah)).toEqual([]);
    expect(await puller.pull()).toEqual({ kind: "outage", why: "locked" });
  });
});

describe("what does not verify", () => {
  let pair: NewPair;

  beforeEach(async () => {
    pair = await newPair();
    await server.certify({ enrolment: WRITER, device: crypto.randomUUID(), name: "Mallory", public_key: toBase64url(pair.publicKey) });
    await give(nora, "");
    await send(nora);
    await pullAll(pullerOf(noah));
  });

  const bad = (bent: object) => server.write(pair, WRITER, CASE, "answer.given", answer("x", "yes").body, bent);

  async function expectStuckAt(position: number, code: string): Promise<void> {
    const before = await held(noah);
    expect(await pullerOf(noah).pull()).toEqual({ kind: "problem", status: 0, code });
    expect((await noah.db.get("cursors", WARD))?.position).toBe(position);
    expect(await held(noah)).toEqual(before);
  }

  it.each([
    ["a signature", { signature: "A".repeat(86) }],
    ["a private part", { private: '{"salt":"AAAAAAAAAAAAAAAAAAAAAA"}' }],
    ["a writer", { enrolment: crypto.randomUUID() }],
  ])("for %s is not taken in, and the cursor stays", async (_, bent) => {
    await bad(bent);
    await expectStuckAt(3, "pull-unproved");
  });

  it("does not keep back what came before it, and goes on when its proof comes", async () => {
    server.maxRows = 2;
    await give(nora, "a");
    await send(nora);
    await bad({ signature: "A".repeat(86) });
    expect(await pullerOf(noah).pull()).toMatchObject({ code: "pull-unproved" });
    expect((await noah.db.get("cursors", WARD))?.position).toBe(4);
    expect(await held(noah)).toHaveLength(4);
    // The writer's next entry links to it: that proves it.
    await bad({});
    await pullAll(pullerOf(noah));
    await expectSameAsLog(noah);
  });

  it("in a case that is fetched by name leaves the case and the cursor", async () => {
    await server.write(pair, WRITER, OTHER_CASE, "answer.given", answer("x", "yes").body, { signature: "A".repeat(86) });
    await expectStuckAt(3, "pull-unproved");
    expect(await held(noah, OTHER_CASE)).toEqual([]);
  });

  it.each<[string, (page: { rows: object[]; hash: string; position: number }) => void]>([
    ["left out", (page) => page.rows.pop()],
    ["turned round", (page) => page.rows.reverse()],
    ["twice", (page) => page.rows.push(page.rows.at(-1) as object)],
    ["under another hash", (page) => (page.hash = "f".repeat(64))],
    ["up to another position", (page) => (page.position += 1)],
    ["all gone", (page) => (page.rows = [])],
  ])("is a log with rows %s", async (_, bend) => {
    await give(nora, "a");
    await give(nora, "b");
    await send(nora);
    server.bendReply = (path, reply) => {
      if (path === "pull") for (const page of reply["wards"] as { rows: object[]; hash: string; position: number }[]) bend(page);
    };
    await expectStuckAt(3, "log-broken");
  });

  it("is an empty log with another beginning", async () => {
    const fresh = await freshTablet("new", { key: server.key, certify: server.certify.bind(server) });
    server.bendReply = (path, reply) => {
      if (path === "pull") Object.assign((reply["wards"] as object[])[0] ?? {}, { position: 0, hash: "f".repeat(64), cases: [] });
    };
    expect(await pullerOf(fresh).pull()).toMatchObject({ code: "log-broken" });
    expect(await startHash(WARD)).not.toBe("f".repeat(64));
    expect(await count(fresh.db, "cursors")).toBe(0);
  });

  it("counts what a person forged of the server's in the hash, and never folds it", async () => {
    await server.write(pair, WRITER, CASE, "entry.quarantined", { target: inLog()[0] ?? "", code: "fork" });
    await pullAll(pullerOf(noah));
    expect(await held(noah)).toHaveLength(3);
    expect((await noah.db.get("cursors", WARD))?.position).toBe(4);
  });
});

describe("a new root key of the server", () => {
  beforeEach(async () => {
    await give(nora, "");
    await send(nora);
    await pullAll(pullerOf(noah));
    // Clara enrols elsewhere after it, and writes.
    await server.addRootKey();
    const clara = await freshTablet("clara", { key: server.key, certify: server.certify.bind(server) });
    await give(clara, "", OTHER_CASE);
    await send(clara);
  });

  it("is learned with the pull that brings what was certified under it", async () => {
    await pullAll(pullerOf(noah));
    await expectSameAsLog(noah, OTHER_CASE);
    expect((await deviceOf(noah.db))?.keys.map(({ key }) => key)).toEqual([1, 2]);
  });

  it("that is forged is refused with all that came with it, and said; the good one heals it", async () => {
    const good = server.newKeys;
    const forger = await newPair();
    server.newKeys = [await vouch(forger.privateKey, { ...server.key, signing: toBase64url(forger.publicKey), by: 1 })];
    expect(await pullerOf(noah).pull()).toEqual({ kind: "problem", status: 0, code: "server-key-forged" });
    expect((await deviceOf(noah.db))?.keys.map(({ key }) => key)).toEqual([1]);
    expect([await held(noah, OTHER_CASE), (await noah.db.get("cursors", WARD))?.position]).toEqual([[], 3]);
    server.newKeys = good;
    await pullAll(pullerOf(noah));
    await expectSameAsLog(noah, OTHER_CASE);
  });
});

describe("a server that was restored", () => {
  beforeEach(async () => {
    await give(nora, "");
    await give(nora, "a");
    await send(nora);
    await pullAll(pullerOf(noah));
    await give(noah, "b");
    await send(noah);
    await pullAll(pullerOf(noah));
  });

  it("is offered all that the tablet holds, whoever wrote it; then the tablet starts again", async () => {
    const before = sorted(inLog());
    server.restore(3);
    server.certificates.delete(nora.author.enrolment);
    const puller = pullerOf(noah);

    expect(await puller.pull()).toMatchObject({ kind: "ok", more: true, waiting: 5 });
    expect(await count(noah.db, "cursors")).toBe(0);
    expect(sorted(await held(noah))).toEqual(before);
    await send(noah);
    expect(sorted(inLog())).toEqual(before);

    await pullAll(puller);
    expect((await noah.db.get("cursors", WARD))?.hash).toBe((await server.hashes())[5]);
    await expectSameAsLog(noah);
  });

  it("gets them in the tablet's own envelope, each writer's run along its chain", async () => {
    server.restore(3);
    await pullerOf(noah).pull();
    const batch = await nextBatch(noah.db, 200, []);
    expect(batch.envelopes.map((one) => one.id)).toEqual([noah.desk.envelope.envelope.id]);
    expect(batch.certificates).toHaveLength(2);
    const noras = batch.rows.filter((row) => row.enrolment === nora.author.enrolment).map((row) => row.seq);
    expect(noras).toEqual([1, 2, 3, 4]);
  });

  it("is offered nothing twice, and what needs help is left as it is", async () => {
    const [first] = await held(noah);
    server.restore(3);
    await pullerOf(noah).pull();
    await setAside(noah.db, first ?? "", "seal-broken");
    await noah.db.put("cursors", { ward: WARD, position: 5, hash: "f".repeat(64) });
    await pullerOf(noah).pull();
    expect(await count(noah.db, "outbox")).toBe(5);
    expect(await countsOf(noah.db)).toEqual({ waiting: 4, needs_help: 1 });
  });

  it("hears from a person whose own enrolment has ended meanwhile", async () => {
    server.restore(0);
    await endEnrolment(noah.db, noah.author.enrolment);
    await pullerOf(noah).pull();
    await send(noah);
    expect(server.rows).toHaveLength(5);
  });
});
