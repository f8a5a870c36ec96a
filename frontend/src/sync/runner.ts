// Carries out the machine's effects: one call at a time, one tab at a time.

import { type Database, type DeviceRow } from "../store/database.ts";
import { contactOf, deviceOf, eraseReadable, learnKeys, noteContact } from "../store/device.ts";
import { countsOf, prune, setAside, tryAgain } from "../store/outbox.ts";
import { keepList, keepRelease } from "../store/releases.ts";
import { clockOffsetMs, type Outcome, type Send, type Timing } from "./api.ts";
import { fetchRelease, listReleases } from "./calls.ts";
import { begin, type CallOutcome, type Effect, restsForMs, step, type SyncEvent, type SyncState, troubleOf } from "./machine.ts";
import { type Access, Puller } from "./pulling.ts";
import { push } from "./pushing.ts";

const PRUNE_EVERY_MS = 3_600_000;
/** A slower reply says too little about the clock. */
const SLOWEST_FOR_CLOCK_MS = 10_000;

export interface Surroundings {
  db: Database;
  now_ms: () => number;
  send?: Send;
  /** Something about the releases, the outbox or the contact has changed. */
  changed: () => void;
  /** Something that others wrote has come in: entries, or the release that they go by. */
  arrived: () => void;
}

export class Runner {
  private state: SyncState;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly puller: Puller;
  private pruned_ms = 0;
  private stopped = false;

  private constructor(
    private readonly around: Surroundings,
    waiting: number,
  ) {
    this.state = begin(waiting, around.now_ms());
    const heard = (server_ms: number, timing: Timing) => this.noteReply(server_ms, timing, false);
    this.puller = new Puller({ db: around.db, send: around.send, heard, arrived: around.arrived });
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
    this.puller.lock();
    clearTimeout(this.timer);
  }

  /** Something may work now: the browser says "online", someone unlocked, someone tapped. */
  nudge(): void {
    this.dispatch({ type: "nudged", now_ms: this.around.now_ms() });
  }

  /** Somebody works here from now on: what others wrote can be read and put away. */
  unlock(access: Access): void {
    this.puller.unlock(access);
    this.dispatch({ type: "unlocked", now_ms: this.around.now_ms() });
  }

  lock(): void {
    this.puller.lock();
    this.dispatch({ type: "locked", now_ms: this.around.now_ms() });
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
    await noteContact(this.around.db, { trouble: troubleOf(this.state), revoked: this.state.revoked });
    this.around.changed();
  }

  /** The tablet's own storage said no: nothing was taken over, and it is tried again like any outage. */
  private storageFailed(effect: Effect): SyncEvent | null {
    const outcome = { kind: "outage", why: "storage" } as const;
    const now_ms = this.around.now_ms();
    if (effect.do === "push") return { type: "pushed", now_ms, batch: [], outcome };
    if (effect.do === "pull") return { type: "pulled", now_ms, outcome };
    if (effect.do === "list") return { type: "listed", now_ms, outcome };
    if (effect.do === "fetch") return { type: "fetched", now_ms, digest: effect.digest, outcome };
    return null;
  }

  private async eventOf(effect: Effect): Promise<SyncEvent | null> {
    switch (effect.do) {
      case "push":
        return this.push(effect.limit, effect.skip);
      case "pull":
        return { type: "pulled", outcome: await this.puller.pull(), now_ms: this.around.now_ms() };
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
    const { db, now_ms, send } = this.around;
    const heard = (server_ms: number, timing: Timing, sent: boolean) => this.noteReply(server_ms, timing, sent);
    const { batch, outcome } = await push({ db, now_ms, send, heard }, limit, skip);
    if (outcome.kind === "ok") await this.pruneNowAndThen();
    return { type: "pushed", now_ms: now_ms(), batch, outcome };
  }

  private async list(): Promise<CallOutcome<{ wanted: string[] }>> {
    const device = await deviceOf(this.around.db);
    if (device === null) return { kind: "outage", why: "not-registered" };
    const outcome = await listReleases(device.token, this.around.send);
    if (outcome.kind !== "ok") return outcome;
    await this.noteReply(outcome.reply.server_ms, outcome.timing, false);
    const learned = await learnKeys(this.around.db, device, outcome.reply.new_keys);
    if (learned === null) return { kind: "problem", status: 0, code: "server-key-forged" };
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
    if (kept) this.around.arrived();
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
