// Photographs on their way: first they, then the entries that name them; and what becomes of both when that fails.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_BATCH_BYTES, MAX_BLOB_BYTES } from "../core/entry.ts";
import type { Photograph } from "../store/blobs.ts";
import { contactOf } from "../store/device.ts";
import { write } from "../store/journal.ts";
import { countsOf, needingHelp } from "../store/outbox.ts";
import { portal, PORTALS } from "../testing/portal.ts";
import { problem, Server } from "../testing/server.ts";
import { answer, freshTablet, onPaper, opening, photograph, type Tablet, WARD } from "../testing/tablet.ts";
import type { Send } from "./api.ts";
import { push } from "./pushing.ts";
import { Runner } from "./runner.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";

let server: Server;
let tablet: Tablet;
let paper: Photograph;

beforeEach(async () => {
  server = await Server.start();
  tablet = await freshTablet("nora", { key: server.key, certify: server.certify.bind(server) });
  paper = await photograph();
  const { desk, author } = tablet;
  await write(desk, { ward: WARD, case: CASE, author, compose: () => opening() });
  await write(desk, { ward: WARD, case: CASE, author, compose: () => [onPaper(paper), answer("a", "yes")] });
});

/** Nobody is unlocked: what is sent cannot be read here. */
async function running(until: () => Promise<void>, send: Send = server.send): Promise<void> {
  const runner = await Runner.start({ db: tablet.db, now_ms: () => Date.now(), send, changed: () => undefined, arrived: () => undefined });
  try {
    await vi.waitFor(until, { timeout: 4_000, interval: 20 });
  } finally {
    runner.stop();
  }
}

const allSent = async () => expect((await countsOf(tablet.db)).waiting).toBe(0);

/** One call, whatever comes of it. */
const once = () => push({ db: tablet.db, now_ms: () => 1, send: server.send, heard: () => Promise.resolve() }, 200, []);

describe("a photograph", () => {
  it("is there before the entry that names it is sent, byte for byte", async () => {
    const heldBefore: boolean[] = [];
    server.bend = (path) => {
      if (path === "push" && JSON.stringify(server.bodies.at(-1)).includes('"seq":4')) heldBefore.push(server.blobs.has(paper.digest));
      return null;
    };
    await running(allSent);
    expect(heldBefore).toEqual([true]);
    expect(server.blobs.get(paper.digest)).toEqual(paper.bytes);
    expect(server.rows).toHaveLength(5);
    expect((await contactOf(tablet.db)).last_sent_ms).not.toBeNull();
  });

  it("as large as one may be fits into a request", async () => {
    const large = await photograph(MAX_BLOB_BYTES);
    expect(large.bytes.length).toBe(MAX_BLOB_BYTES);
    await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => [onPaper(large)] });
    await running(allSent);
    const sizes = server.bodies.map((body) => JSON.stringify(body).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
    expect(server.blobs.get(large.digest)?.length).toBe(MAX_BLOB_BYTES);
  });

  it("that was lost on its way is sent again, and its entry waits for it", async () => {
    let cuts = 2;
    server.bend = (path) => {
      if (path !== "blobs" || cuts-- <= 0) return null;
      throw new TypeError("the network broke");
    };
    await once();
    for (let turn = 0; turn < 2; turn++) {
      expect((await once()).outcome).toEqual({ kind: "outage", why: "unreachable" });
      expect(server.rows).toHaveLength(3);
    }
    for (let turn = 0; turn < 2; turn++) await once();
    expect([server.blobs.size, server.rows.length]).toEqual([1, 5]);
    await allSent();
  });

  it("that is refused is set aside, and holds nothing up", async () => {
    server.bend = (path) => (path === "blobs" ? problem(400, "blob-not-jpeg") : null);
    await running(async () => expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 1 }));
    expect((await needingHelp(tablet.db)).map(({ digest, code }) => [digest, code])).toEqual([[paper.digest, "blob-not-jpeg"]]);
    expect(server.rows).toHaveLength(5);
  });

  it("that lies damaged on the tablet is said, and holds nothing up", async () => {
    await tablet.db.write(["blobs"], (tx) => tx.objectStore("blobs").clear());
    await running(async () => expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 1 }));
    expect(server.rows).toHaveLength(5);
  });

  it("is not taken as sent by a reply that names another", async () => {
    server.bend = (path) => (path === "blobs" ? Response.json({ v: 1, server_ms: 1, digest: "0".repeat(64), received_ms: 1 }) : null);
    await once();
    expect((await once()).outcome).toEqual({ kind: "outage", why: "not-our-server" });
    expect((await countsOf(tablet.db)).waiting).toBe(3);
  });

  it.each(Object.keys(PORTALS) as (keyof typeof PORTALS)[])("is not taken as sent where a captive portal answers: %s", async (kind) => {
    await once();
    const network = await portal(kind);
    try {
      const { outcome } = await push({ db: tablet.db, now_ms: () => 1, send: network.send, heard: () => Promise.resolve() }, 200, []);
      expect(outcome.kind).toBe("outage");
    } finally {
      await network.close();
    }
    expect(network.asked).toEqual(["/api/v1/blobs"]);
    expect(await countsOf(tablet.db)).toEqual({ waiting: 3, needs_help: 0 });
  });
});

describe("a server that was restored from a backup", () => {
  it("gets a photograph again that it has lost with its entry", async () => {
    await running(allSent);
    server.restore(2);
    server.blobs.clear();
    await running(async () => {
      await Promise.resolve();
      expect([server.rows.length, server.blobs.get(paper.digest)]).toEqual([5, paper.bytes]);
    });
  });

  it("gets it also where another tablet has brought the entry back", async () => {
    await running(allSent);
    server.blobs.clear();
    await running(async () => {
      await Promise.resolve();
      expect(server.blobs.get(paper.digest)).toEqual(paper.bytes);
    });
    await allSent();
  });

  it("is not offered one that needs help, before somebody asks for that", async () => {
    server.bend = (path) => (path === "blobs" ? problem(400, "blob-not-jpeg") : null);
    await running(async () => expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 1 }));
    await once();
    expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 1 });
  });
});
