// Carries out the machine's effects: one call at a time, one tab at a time.

import { type Database, type DeviceRow, type HeadRow } from "../store/database.ts";
import { contactOf, deviceOf, eraseReadable, noteContact } from "../store/device.ts";
import { countsOf, nextBatch, placesFrom, prune, setAside, settle, tryAgain } from "../store/outbox.ts";
import { endEnrolment } from "../store/people.ts";
import { keepList, keepRelease } from "../store/releases.ts";
import { clockOffsetMs, type Outcome, type Send, type Timing } from "./api.ts";
import { pushBody, type PushBody } from "./batch.ts";
import { fetchRelease, listReleases, push } from "./calls.ts";
import { begin, type CallOutcome, type Effect, restsForMs, step, type SyncEvent, type SyncState } from "./machine.ts";
import type { Holding, PushReply } from "./replies.ts";
import { judge, settled } from "./settlement.ts";

const PRUNE_EVERY_MS = 3_600_000;
/** A slower reply says too little about the clock. */
const SLOWEST_FOR_CLOCK_MS = 10_000;

export interface Surroundings {
  db: Database;
  now_ms: () => number;
  send?: Send;
  /** Something about the releases, the outbox or the contact has changed. */
  changed: () => void;
}

export class Runner {
  private state: SyncState;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly upto = new Map<string, number>();
  private readonly tailOffered = new Set<string>();
  private pruned_ms = 0;
  private stopped = false;

  private constructor(
    private readonly around: Surroundings,
    waiting: number,
  ) {
    this.state = begin(waiting, around.now_ms());
  }

  static async start(around: Surroundings): Promise<Runner> {
    // What a server error set aside may go through by now.
    await tryAgain(around.db, "server-error");
    const runner = new Runner(around, (await countsOf(around.db)).waiting);
    runner.dispatch({ type: "tick", now_ms: around.now_ms() });
    return runner;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Something may work now: the browser says "online", someone unlocked, someone tapped. */
  nudge(): void {
    this.dispatch({ type: "nudged", now_ms: this.around.now_ms() });
  }

  /** The outbox has grown, here or in another tab. */
  async written(): Promise<void> {
    const { waiting } = await countsOf(this.around.db);
    this.dispatch({ type: "written", now_ms: this.around.now_ms(), waiting });
  }

  private dispatch(event: SyncEvent): void {
    if (this.stopped) return;
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) void this.carryOut(effect);
    clearTimeout(this.timer);
    const wait_ms = restsForMs(state, this.around.now_ms());
    this.timer = setTimeout(() => {
      this.dispatch({ type: "tick", now_ms: this.around.now_ms() });
    }, wait_ms);
  }

  private async carryOut(effect: Effect): Promise<void> {
    const event = await this.eventOf(effect).catch(() => this.storageFailed(effect));
    if (event !== null) this.dispatch(event);
    await noteContact(this.around.db, { trouble: this.state.trouble, revoked: this.state.revoked });
    this.around.changed();
  }

  /** The tablet's own storage said no: nothing was taken over, and it is tried again like any outage. */
  private storageFailed(effect: Effect): SyncEvent | null {
    const outcome = { kind: "outage", why: "storage" } as const;
    const now_ms = this.around.now_ms();
    if (effect.do === "push") return { type: "pushed", now_ms, batch: [], outcome };
    if (effect.do === "list") return { type: "listed", now_ms, outcome };
    if (effect.do === "fetch") return { type: "fetched", now_ms, digest: effect.digest, outcome };
    return null;
  }

  private async eventOf(effect: Effect): Promise<SyncEvent | null> {
    switch (effect.do) {
      case "push":
        return this.push(effect.limit, effect.skip);
      case "list":
        return { type: "listed", outcome: await this.list(), now_ms: this.around.now_ms() };
      case "fetch":
        return this.fetch(effect.digest);
      case "set-aside":
        await setAside(this.around.db, effect.digest, effect.code);
        return null;
      case "erase":
        await eraseReadable(this.around.db);
        return null;
    }
  }

  private async push(limit: number, skip: readonly string[]): Promise<SyncEvent> {
    const { db } = this.around;
    const batch = await nextBatch(db, limit, skip);
    const heads = await db.heads.toArray();
    const body = pushBody(batch, heads.map((head) => head.enrolment));
    const digests = body.entries.map((entry) => entry.digest);
    const outcome = await this.pushed(body, digests, heads);
    return { type: "pushed", now_ms: this.around.now_ms(), batch: digests, outcome };
  }

  private async pushed(body: PushBody, digests: string[], heads: HeadRow[]): Promise<CallOutcome<{ waiting: number }>> {
    const device = await deviceOf(this.around.db);
    if (device === null) return { kind: "outage", why: "not-registered" };
    const outcome = await push(device.token, body, this.around.send);
    if (outcome.kind !== "ok") return outcome;
    const { sent, refused } = settled(digests, outcome.reply);
    // A reply that settles nothing of what was sent is not the server's, or not to be believed.
    if (digests.length > 0 && sent.length + refused.length === 0) return { kind: "outage", why: "not-our-server" };
    await settle(this.around.db, { sent, refused, again: [] }, this.around.now_ms());
    await this.takeOverHoldings(outcome.reply, heads);
    await this.noteReply(outcome.reply.server_ms, outcome.timing, sent.length > 0);
    await this.pruneNowAndThen();
    return { kind: "ok", waiting: (await countsOf(this.around.db)).waiting };
  }

  private async takeOverHoldings(reply: PushReply, heads: HeadRow[]): Promise<void> {
    const headOf = new Map(heads.map((head) => [head.enrolment, head]));
    for (const holding of reply.enrolments) {
      const head = headOf.get(holding.enrolment);
      if (head !== undefined) await this.takeOverHolding(holding, head);
    }
  }

  private async takeOverHolding(holding: Holding, head: HeadRow): Promise<void> {
    const { db, now_ms } = this.around;
    const { enrolment, upto } = holding;
    const places = await placesFrom(db, enrolment, upto);
    const judgement = judge(holding, {
      head_seq: head.seq,
      places,
      upto_before: this.upto.get(enrolment) ?? 0,
      tail_offered: this.tailOffered.has(enrolment),
    });
    this.upto.set(enrolment, upto);
    this.tailOffered.add(enrolment);
    if (judgement.kind === "ended") await endEnrolment(db, enrolment);
    else if (judgement.digests.length > 0) await settle(db, { sent: [], refused: [], again: judgement.digests }, now_ms());
  }

  private async list(): Promise<CallOutcome<{ wanted: string[] }>> {
    const device = await deviceOf(this.around.db);
    if (device === null) return { kind: "outage", why: "not-registered" };
    const outcome = await listReleases(device.token, this.around.send);
    if (outcome.kind !== "ok") return outcome;
    await this.noteReply(outcome.reply.server_ms, outcome.timing, false);
    return { kind: "ok", wanted: await keepList(this.around.db, outcome.reply.releases) };
  }

  private async fetch(digest: string): Promise<SyncEvent> {
    const device = await deviceOf(this.around.db);
    const outcome = await this.fetched(device, digest);
    return { type: "fetched", now_ms: this.around.now_ms(), digest, outcome };
  }

  private async fetched(device: DeviceRow | null, digest: string): Promise<CallOutcome<object>> {
    if (device === null) return { kind: "outage", why: "not-registered" };
    const outcome: Outcome<Uint8Array<ArrayBuffer>> = await fetchRelease(device.token, digest, this.around.send);
    if (outcome.kind !== "ok") return outcome;
    const kept = await keepRelease(this.around.db, digest, outcome.reply);
    return kept ? { kind: "ok" } : { kind: "outage", why: "not-our-server" };
  }

  private async noteReply(server_ms: number, timing: Timing, sent: boolean): Promise<void> {
    const { db, now_ms } = this.around;
    const before = await contactOf(db);
    const trusted = timing.round_trip_ms <= SLOWEST_FOR_CLOCK_MS;
    await noteContact(db, {
      last_reply_ms: now_ms(),
      last_sent_ms: sent ? now_ms() : before.last_sent_ms,
      offset_ms: trusted ? clockOffsetMs(server_ms, timing) : before.offset_ms,
    });
  }

  private async pruneNowAndThen(): Promise<void> {
    const now_ms = this.around.now_ms();
    if (now_ms - this.pruned_ms < PRUNE_EVERY_MS) return;
    this.pruned_ms = now_ms;
    await prune(this.around.db, now_ms);
  }
}
