// One pull: a token for whoever works here, then what each ward's log has for this tablet.

import type { Database, DeviceRow } from "../store/database.ts";
import { deviceOf, learnKeys } from "../store/device.ts";
import { cursorsOf } from "../store/arrivals.ts";
import type { Desk } from "../store/journal.ts";
import { countsOf } from "../store/outbox.ts";
import { fromBase64url } from "../vault/bytes.ts";
import { signFor } from "../vault/keys.ts";
import type { Outcome, Send, Timing } from "./api.ts";
import { askChallenge, askPullToken, pull as callPull, pullCases } from "./calls.ts";
import type { CallOutcome } from "./machine.ts";
import { type PageOutcome, takePage, type Taking } from "./pages.ts";

/** What an unlocked tablet pulls with: a person's key proves who reads, the desk opens and seals the packs. */
export interface Access {
  enrolment: string;
  signing: CryptoKey;
  desk: Desk;
}

export interface Surroundings {
  db: Database;
  send?: Send | undefined;
  heard: (server_ms: number, timing: Timing) => Promise<void>;
  /** Entries that were not here before have been stored. */
  arrived: () => void;
}

export interface Pulled {
  arrived: number;
  more: boolean;
  waiting: number;
}

const LOCKED = { kind: "outage", why: "locked" } as const;

export class Puller {
  private access: Access | null = null;
  /** In memory only, and gone with the lock. */
  private token: string | null = null;

  constructor(private readonly around: Surroundings) {}

  unlock(access: Access): void {
    this.access = access;
    this.token = null;
  }

  lock(): void {
    this.access = null;
    this.token = null;
  }

  async pull(): Promise<CallOutcome<Pulled>> {
    const { access } = this;
    const device = await deviceOf(this.around.db);
    if (device === null) return { kind: "outage", why: "not-registered" };
    if (access === null) return LOCKED;
    const wards = device.wards.map(({ ward }) => ward);
    const cursors = await cursorsOf(this.around.db, wards);
    const asked = wards.map((ward, index) => ({ ward, position: cursors[index]?.position ?? 0, hash: cursors[index]?.hash ?? null }));
    const outcome = await this.called(access, device, (token) => callPull(token, asked, this.around.send));
    if (outcome.kind !== "ok") return outcome;
    const learned = await learnKeys(this.around.db, device, outcome.reply.new_keys);
    if (learned === null) return { kind: "problem", status: 0, code: "server-key-forged" };
    const taking = this.taking(access, learned);
    const pages = outcome.reply.wards.filter(({ ward }) => wards.includes(ward));
    const taken: PageOutcome[] = [];
    for (const page of pages) {
      const cursor = cursors[wards.indexOf(page.ward)] ?? null;
      taken.push(await takePage(taking, page, cursor, outcome.reply.certificates));
    }
    return this.summed(taken);
  }

  /** Each ward stands by itself: what is wrong with one does not keep the others back, but is said. */
  private async summed(taken: readonly PageOutcome[]): Promise<CallOutcome<Pulled>> {
    const failed = taken.find((page) => page.kind !== "ok");
    if (failed !== undefined) return failed;
    const pages = taken.filter((page) => page.kind === "ok");
    const { waiting } = await countsOf(this.around.db);
    return { kind: "ok", arrived: pages.reduce((sum, page) => sum + page.arrived, 0), more: pages.some((page) => page.more), waiting };
  }

  private taking(access: Access, device: DeviceRow): Taking {
    return {
      desk: access.desk,
      keys: device.keys,
      cases: (names) => this.called(access, device, (token) => pullCases(token, names, this.around.send)),
      isOpen: () => this.access === access,
      arrived: this.around.arrived,
    };
  }

  /** A call with the pull token. One that is no longer good is asked for anew, once. */
  private async called<T extends { server_ms: number }>(
    access: Access,
    device: DeviceRow,
    call: (token: string) => Promise<Outcome<T>>,
  ): Promise<CallOutcome<{ reply: T }>> {
    for (let last = false; ; last = true) {
      const token = await this.tokenFor(access, device);
      if (token.kind !== "ok") return token;
      const outcome = await call(token.token);
      if (this.access !== access) return LOCKED;
      if (outcome.kind === "ok") await this.around.heard(outcome.reply.server_ms, outcome.timing);
      const refused = outcome.kind === "problem" && outcome.status === 401;
      if (!refused) return outcome;
      this.token = null;
      if (last) return outcome;
    }
  }

  private async tokenFor({ enrolment, signing }: Access, device: DeviceRow): Promise<CallOutcome<{ token: string }>> {
    if (this.token !== null) return { kind: "ok", token: this.token };
    const asked = await askChallenge(device.token, this.around.send);
    if (asked.kind !== "ok") return asked;
    const { challenge } = asked.reply;
    const signature = await signFor("challenge", signing, fromBase64url(challenge));
    const given = await askPullToken(device.token, { enrolment, challenge, signature }, this.around.send);
    if (given.kind !== "ok") return given;
    // Somebody else works here by now: this token is not for them.
    if (this.access?.enrolment !== enrolment) return LOCKED;
    this.token = given.reply.token;
    return { kind: "ok", token: this.token };
  }
}
