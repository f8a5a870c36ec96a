import { describe, expect, it, vi } from "vitest";
import type { DeviceRow } from "../store/database.ts";
import { contactOf, deviceOf, sealingKey } from "../store/device.ts";
import { write } from "../store/journal.ts";
import { countsOf } from "../store/outbox.ts";
import { peopleIn } from "../store/people.ts";
import { openPack } from "../store/packs.ts";
import { releasesOf } from "../store/releases.ts";
import { count } from "../testing/disk.ts";
import { Server as LogServer } from "../testing/server.ts";
import { answer, freshTablet, opening, type Tablet, WARD } from "../testing/tablet.ts";
import { digestOf, utf8 } from "../vault/bytes.ts";
import type { Send } from "./api.ts";
import type { PushBody } from "./batch.ts";
import { Runner } from "./runner.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";

/** A server that keeps what it gets, and can be bent. */
class Server {
  readonly held = new Map<string, { enrolment: string; seq: number }>();
  releases: string[] = [];
  pushes: PushBody[] = [];
  refuse = new Set<string>();
  answer: ((path: string) => Response | null) | null = null;

  readonly send: Send = async (url, init) => {
    const path = url.replace("/api/v1/", "");
    const bent = this.answer?.(path) ?? null;
    if (bent !== null) return bent;
    if (path === "releases") return Response.json(await this.list());
    if (path.startsWith("releases/")) return new Response(await this.release(path.slice(9)));
    return Response.json(this.push(JSON.parse(init.body as string) as PushBody));
  };

  private async list() {
    const releases = this.releases.map(async (text, index) => ({ digest: await digestOf(utf8(text)), protocol: "p", number: index, status: "active", effective_from_ms: 0 }));
    return { v: 1, server_ms: Date.now(), releases: await Promise.all(releases), new_keys: [] };
  }

  private async release(digest: string): Promise<string> {
    for (const text of this.releases) if ((await digestOf(utf8(text))) === digest) return text;
    return "something else";
  }

  private push(body: PushBody) {
    this.pushes.push(body);
    for (const { digest, enrolment, seq } of body.entries) if (!this.refuse.has(digest)) this.held.set(digest, { enrolment, seq });
    const receipts = body.entries.filter(({ digest }) => this.held.has(digest)).map(({ digest }) => ({ digest, ward: WARD, position: 1, received_ms: 1 }));
    const refused = body.entries.filter(({ digest }) => !this.held.has(digest)).map(({ digest }) => ({ digest, code: "seal-broken", words: "" }));
    return { v: 1, server_ms: Date.now() + 60_000, receipts, refused, enrolments: body.enrolments.map((enrolment) => this.holding(enrolment)) };
  }

  private holding(enrolment: string) {
    const held = new Map([...this.held].filter(([, place]) => place.enrolment === enrolment).map(([digest, { seq }]) => [seq, digest]));
    let upto = 0;
    while (held.has(upto + 1)) upto += 1;
    return { enrolment, upto, digest: held.get(upto) ?? null, highest: Math.max(0, ...held.keys()), missing: [], blobs: [] };
  }
}

async function tabletWith(entries: number): Promise<Tablet> {
  const tablet = await freshTablet();
  const drafts = [...opening(), ...Array.from({ length: entries - 3 }, (_, index) => answer(`item-${index}`, "yes"))];
  await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => drafts });
  return tablet;
}

async function running(tablet: Tablet, server: { send: Send }, until: () => Promise<void>, arrived = () => {}): Promise<void> {
  const runner = await Runner.start({ db: tablet.db, now_ms: () => Date.now(), send: server.send, changed: () => undefined, arrived });
  try {
    await vi.waitFor(until, { timeout: 4_000, interval: 20 });
  } finally {
    runner.stop();
  }
}

describe("the runner", () => {
  it("sends what waits, notes when, and measures the clock", async () => {
    const [tablet, server] = [await tabletWith(5), new Server()];
    await running(tablet, server, async () => {
      expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 0 });
      const contact = await contactOf(tablet.db);
      expect(contact.last_sent_ms).not.toBeNull();
      expect(contact.offset_ms).toBeGreaterThan(59_000);
    });
    expect(server.held.size).toBe(5);
  });

  it("keeps everything when a login page answers, and says so", async () => {
    const [tablet, server] = [await tabletWith(3), new Server()];
    server.answer = () => new Response("<html>", { headers: { "Content-Type": "text/html" } });
    await running(tablet, server, async () => expect((await contactOf(tablet.db)).trouble).toEqual({ kind: "outage", why: "not-our-server" }));
    expect(await countsOf(tablet.db)).toEqual({ waiting: 3, needs_help: 0 });
  });

  it("believes no reply that settles nothing of what was sent", async () => {
    const [tablet, server] = [await tabletWith(3), new Server()];
    const empty = { v: 1, server_ms: 1, receipts: [], refused: [], enrolments: [] };
    server.answer = (path) => (path === "push" ? Response.json(empty) : null);
    await running(tablet, server, async () => expect((await contactOf(tablet.db)).trouble).toEqual({ kind: "outage", why: "not-our-server" }));
    expect(await countsOf(tablet.db)).toEqual({ waiting: 3, needs_help: 0 });
  });

  it("sets aside what is refused, and sends the rest", async () => {
    const [tablet, server] = [await tabletWith(4), new Server()];
    const rows = await tablet.db.getAll("outbox");
    server.refuse.add(rows[1]?.digest ?? "");
    await running(tablet, server, async () => expect(await countsOf(tablet.db)).toEqual({ waiting: 0, needs_help: 1 }));
    expect(await count(tablet.db, "outbox")).toBe(4);
  });

  it("offers again what a restored server has lost", async () => {
    const [tablet, server] = [await tabletWith(6), new Server()];
    await running(tablet, server, async () => expect((await countsOf(tablet.db)).waiting).toBe(0));
    for (const [digest, { seq }] of server.held) if (seq > 2) server.held.delete(digest);
    await running(tablet, server, async () => {
      await Promise.resolve();
      expect(server.held.size).toBe(6);
    });
  });

  it("ends an enrolment of which the server knows another history, and still sends its outbox", async () => {
    const [tablet, server] = [await tabletWith(3), new Server()];
    server.held.set("f".repeat(64), { enrolment: tablet.author.enrolment, seq: 4 });
    await running(tablet, server, async () => expect(peopleIn(await tablet.db.getAll("people"))).toHaveLength(0));
    expect((await countsOf(tablet.db)).waiting).toBe(0);
  });

  it("pulls while somebody works here, and tells that something came", async () => {
    const server = await LogServer.start();
    const issuer = { key: server.key, certify: server.certify.bind(server) };
    const [nora, noah] = [await freshTablet("nora", issuer), await freshTablet("noah", issuer)];
    await write(nora.desk, { ward: WARD, case: CASE, author: nora.author, compose: () => opening() });
    const arrived = vi.fn();
    const runners = await Promise.all([nora, noah].map(({ db }) => Runner.start({ db, now_ms: () => Date.now(), send: server.send, changed: () => undefined, arrived })));
    try {
      await vi.waitFor(() => expect(server.rows).toHaveLength(3), { timeout: 4_000 });
      expect(server.calls).not.toContain("pull");
      runners[1]?.unlock({ ...noah.author, desk: noah.desk });
      await vi.waitFor(() => expect(arrived).toHaveBeenCalled(), { timeout: 4_000 });
      expect((await openPack(noah.db, noah.desk.data, CASE))?.content).toHaveLength(3);
      expect((await contactOf(noah.db)).offset_ms).not.toBeNull();
    } finally {
      for (const runner of runners) runner.stop();
    }
  });

  it("fetches releases, and keeps only bytes that are what their digest names", async () => {
    const [tablet, server] = [await freshTablet(), new Server()];
    server.releases = ["one release", "another"];
    const arrived = vi.fn();
    await running(tablet, server, async () => expect((await releasesOf(tablet.db)).filter((row) => row.bytes !== null)).toHaveLength(2), arrived);
    expect(arrived).toHaveBeenCalledTimes(2);
    server.releases.push("a third");
    server.answer = (path) => (path.startsWith("releases/") ? new Response("forged") : null);
    await running(tablet, server, async () => expect((await contactOf(tablet.db)).trouble).not.toBeNull());
    expect((await releasesOf(tablet.db)).filter((row) => row.bytes !== null)).toHaveLength(2);
  });

  it("learns the server's new key with the list of releases, locked too, and says so when it is forged", async () => {
    const server = await LogServer.start();
    const tablet = await freshTablet("nora", { key: server.key, certify: server.certify.bind(server) });
    await server.addRootKey();
    const good = server.newKeys;
    server.newKeys = good.map((one) => ({ ...one, signature: "A".repeat(86) }));
    const sealing = async () => sealingKey((await deviceOf(tablet.db)) as DeviceRow)?.key;
    const code = "server-key-forged";
    const trouble = async () => (await contactOf(tablet.db)).trouble;
    await running(tablet, server, async () => expect(await trouble()).toEqual({ kind: "problem", code }));
    expect(await sealing()).toBe(1);
    server.newKeys = good;
    await running(tablet, server, async () => expect(await sealing()).toBe(2));
  });
});
