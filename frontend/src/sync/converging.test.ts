// Two tablets and a server, whatever the cut of pages, whatever breaks between any two steps: when faults stop, both
// hold the same entries, and every one that was written is there. So is, on the server, every photograph.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { write } from "../store/journal.ts";
import { openPack } from "../store/packs.ts";
import { forget, watchDisk } from "../testing/disk.ts";
import { Server } from "../testing/server.ts";
import { answer, freshTablet, onPaper, opening, photograph, type Tablet, WARD } from "../testing/tablet.ts";
import { Puller } from "./pulling.ts";
import { push } from "./pushing.ts";

const CASES = ["ca5e0000-0000-4000-8000-00000000000a", "ca5e0000-0000-4000-8000-00000000000b"] as const;

type Step =
  | { do: "write"; by: number; in: number; onPaper: boolean }
  | { do: "push"; by: number; limit: number }
  /** `calls`: so many calls go through, then the network breaks. `stores`: so many transactions, then the disk. */
  | { do: "pull"; by: number; calls: number; stores: number }
  /** Two windows of one tablet ask at once. */
  | { do: "pull twice"; by: number }
  /** The page is loaded anew: what was in memory is gone. */
  | { do: "reload"; by: number }
  | { do: "restore"; forget: number }
  | { do: "cut"; rows: number; cases: number };

const by = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("write" as const), by, in: fc.nat(1), onPaper: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("push" as const), by, limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("pull" as const), by, calls: fc.nat(6), stores: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pull twice" as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const), forget: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), rows: fc.integer({ min: 1, max: 4 }), cases: fc.integer({ min: 1, max: 2 }) }) },
);

class World {
  readonly written = new Set<string>();
  readonly photographs = new Set<string>();
  private calls = Infinity;
  private stores = Infinity;
  private readonly pullers: Puller[];
  private readonly seqs = [0, 0];
  private readonly mendDisk: () => void;

  private constructor(
    readonly server: Server,
    readonly tablets: readonly Tablet[],
  ) {
    this.pullers = tablets.map((tablet) => this.puller(tablet));
    server.bend = () => {
      if (this.calls-- > 0) return null;
      throw new TypeError("the network broke");
    };
    this.mendDisk = watchDisk((table) => {
      // One per transaction of a pull: the cursor, or the first of the packs.
      const counts = table === "packs" || table === "cursors";
      if (counts && this.stores-- <= 0) throw new DOMException("the disk broke", "UnknownError");
    });
  }

  static async begin(): Promise<World> {
    const server = await Server.start();
    const issuer = { key: server.key, certify: server.certify.bind(server) };
    return new World(server, [await freshTablet("nora", issuer), await freshTablet("noah", issuer)]);
  }

  private puller({ db, author, desk }: Tablet): Puller {
    const puller = new Puller({ db, send: this.server.send, heard: () => Promise.resolve(), arrived: () => undefined });
    puller.unlock({ ...author, desk });
    return puller;
  }

  async run(one: Step): Promise<void> {
    if (one.do === "cut") [this.server.maxRows, this.server.maxCases] = [one.rows, one.cases];
    if (one.do === "restore") this.restore(one.forget);
    if (one.do === "write") await this.write(one.by, CASES[one.in] ?? CASES[0], one.onPaper);
    if (one.do === "push") await this.push(one.by, one.limit);
    if (one.do === "reload") this.pullers[one.by] = this.puller(this.tablets[one.by] as Tablet);
    if (one.do === "pull") await this.brokenPull(one.by, one.calls, one.stores);
    if (one.do === "pull twice") {
      const other = this.puller(this.tablets[one.by] as Tablet);
      await Promise.all([this.pull(one.by), other.pull()]);
    }
  }

  private restore(forget: number): void {
    this.server.restore(Math.max(0, this.server.rows.length - forget));
    this.server.blobs.clear();
  }

  private async write(who: number, caseId: string, isOnPaper: boolean): Promise<void> {
    const { desk, author } = this.tablets[who] as Tablet;
    const item = `item-${who}-${(this.seqs[who] ?? 0) + 1}`;
    this.seqs[who] = (this.seqs[who] ?? 0) + 1;
    const paper = await photograph();
    const act = isOnPaper ? onPaper(paper) : answer(item, "yes");
    const saved = await write(desk, { ward: WARD, case: caseId, author, compose: (held) => (held.length === 0 ? opening() : [act]) });
    if (saved.kind !== "saved") throw new Error(saved.kind);
    for (const { digest } of saved.entries) this.written.add(digest);
    if (saved.entries.some(({ entry }) => entry.includes(paper.digest))) this.photographs.add(paper.digest);
  }

  private async push(who: number, limit: number): Promise<boolean> {
    const { db } = this.tablets[who] as Tablet;
    const { batch, outcome } = await push({ db, now_ms: () => 1, send: this.server.send, heard: () => Promise.resolve() }, limit, []);
    return batch.length > 0 || (outcome.kind === "ok" && outcome.waiting > 0);
  }

  private pull(who: number) {
    return (this.pullers[who] as Puller).pull();
  }

  private async brokenPull(who: number, calls: number, stores: number): Promise<void> {
    [this.calls, this.stores] = [calls, stores];
    // A disk that breaks throws; the runner takes that for an outage.
    await this.pull(who).catch(() => undefined);
    [this.calls, this.stores] = [Infinity, Infinity];
  }

  /** Until nobody has anything to send or to get. */
  async rest(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      let moved = false;
      for (const who of [0, 1]) {
        while (await this.push(who, 50)) moved = true;
        const outcome = await this.pull(who);
        if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
        moved ||= outcome.more || outcome.arrived > 0 || outcome.waiting > 0;
      }
      if (!moved && round > 1) return;
    }
    throw new Error("never at rest");
  }

  async heldBy(who: number): Promise<string[]> {
    const { db, desk } = this.tablets[who] as Tablet;
    const packs = await Promise.all(CASES.map((caseId) => openPack(db, desk.data, caseId)));
    const digests = packs.flatMap((pack) => pack?.content ?? []).map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
    return digests.sort();
  }

  async close(): Promise<void> {
    this.mendDisk();
    for (const { db } of this.tablets) await forget(db);
  }
}

describe("two tablets, whatever happens", () => {
  it("end with the same packs, and with all that was written", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = await World.begin();
        for (const one of steps) await world.run(one);
        await world.rest();
        const all = [...world.written].sort();
        expect(await world.heldBy(0)).toEqual(all);
        expect(await world.heldBy(1)).toEqual(all);
        expect(world.server.rows.map(({ digest }) => digest).sort()).toEqual(all);
        expect([...world.server.blobs.keys()].sort()).toEqual([...world.photographs].sort());
        const head = { ward: WARD, position: all.length, hash: (await world.server.hashes()).at(-1) };
        for (const { db } of world.tablets) expect(await db.get("cursors", WARD)).toEqual(head);
        await world.close();
      }),
      { numRuns: 60 },
    );
  });
});
