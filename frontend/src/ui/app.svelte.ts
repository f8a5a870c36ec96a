// What the screens stand on: the tablet's registration, the people on it, who has unlocked it, and how sending goes.
// One object, made in main.ts and handed down by context.

import { getContext, setContext } from "svelte";
import type { Clock } from "../core/entry.ts";
import { type ContactRow, type Database, type DeviceRow, type PersonRow } from "../store/database.ts";
import { sealingKey } from "../store/device.ts";
import type { Desk } from "../store/journal.ts";
import { type Counts, countsOf } from "../store/outbox.ts";
import { overviewOf } from "../store/overview.ts";
import { unlock, type Unlocking } from "../store/people.ts";
import { newEnvelope, type OpenEnvelope } from "../vault/envelope.ts";
import type { OpenKeys } from "../vault/pin.ts";
import { Begun } from "./begun.ts";
import { language } from "./look/language.svelte.ts";
import { zoneMinAt } from "./look/when.ts";
import { releasesForNewCases } from "./releases.svelte.ts";

/** Idle for so long, the tablet locks itself. */
export const LOCK_AFTER_MS = 5 * 60_000;
/** The same while something is read out: everybody stands around it, and hands are washed. */
export const LOCK_ALOUD_AFTER_MS = 15 * 60_000;

export interface Session {
  person: PersonRow;
  keys: OpenKeys;
  desk: Desk;
}

/** What main.ts lends to the screens: the other side of sending, and the waiting update. */
export interface Outside {
  /** An entry was written: send it when possible, and tell the other tabs. */
  written: (caseId: string) => void;
  nudge: () => void;
  /** Somebody works here from now on, or nobody any more: only in between is anything pulled. */
  unlocked: (session: Session) => void;
  locked: () => void;
  takeOverUpdate: () => void;
}

export class App {
  stage = $state<"opening" | "broken" | "ready">("opening");
  device = $state.raw<DeviceRow | null>(null);
  people = $state.raw<PersonRow[]>([]);
  /** Everybody whose entries are here, by enrolment, as their certificates name them. */
  private names = $state.raw<ReadonlyMap<string, string>>(new Map());
  ended = $state.raw<string[]>([]);
  contact = $state.raw<ContactRow | null>(null);
  counts = $state.raw<Counts>({ waiting: 0, needs_help: 0 });
  session = $state.raw<Session | null>(null);
  persistent = $state(true);
  updateReady = $state(false);
  /** Grows when somebody (this tab, another one, a pull) has written to a case or to the ward. */
  writings = $state(0);
  /** Grows when what the server knows may be different: what waits for it, and which releases are in force. */
  hearings = $state(0);
  /** What was saved since the page was loaded, and why the last try was not; one of them is news. */
  saves = $state(0);
  failed = $state<string | null>(null);
  /** Where the tablet belongs to several wards: the one whose cases are shown. */
  wardChosen = $state<string | null>(null);
  now_ms = $state(Date.now());
  /** Writings that the counts do not hold yet: until then the status line is not the last word. */
  underway = $state(0);

  /** Something is being read out from the screen. */
  aloud = $state(false);

  /** Apart from the rest of the contact, which is new with each word from the server: all times on the screens hang on it. */
  private readonly offset_ms = $derived(this.contact?.offset_ms ?? 0);
  private outdated = false;
  private readonly begun = new Map<string, Begun>();
  private readonly boot = crypto.randomUUID();

  constructor(
    readonly db: Database,
    readonly outside: Outside,
  ) {}

  async refresh(): Promise<void> {
    const { device, people, names, ended, contact, counts } = await overviewOf(this.db);
    this.device = device;
    this.people = people;
    this.names = names;
    this.ended = ended;
    this.contact = contact;
    this.counts = counts;
    this.hearings += 1;
    // Ended or erased meanwhile: whoever is unlocked may not go on.
    if (this.session !== null && !people.some((person) => person.enrolment === this.session?.person.enrolment)) this.lock();
  }

  /** The tablet's time by the server's clock, as often as screens are drawn anew for it. */
  correctedNowMs(): number {
    return this.now_ms + this.offset_ms;
  }

  /** The same at this very moment, for what is written. */
  momentMs(): number {
    return Date.now() + this.offset_ms;
  }

  clock(): Clock {
    const at_ms = Date.now();
    return {
      at_ms,
      zone_min: zoneMinAt(at_ms),
      offset_ms: this.contact?.offset_ms ?? null,
      boot: this.boot,
      mono_ms: Math.round(performance.now()),
    };
  }

  /** Makes what needs no PIN before it is typed: releases are read, and the forms of dates, which take long at first. */
  prepare(): void {
    void releasesForNewCases(this.db, this.momentMs());
    language.prepare();
  }

  async unlockAs(enrolment: string, pin: string): Promise<Unlocking> {
    // At once: the PIN's key takes longer.
    const [unlocking, envelope] = await Promise.all([unlock(this.db, enrolment, pin, Date.now()), this.newEnvelope()]);
    if (unlocking.kind !== "open") return unlocking;
    return this.begin(unlocking, envelope) ? unlocking : { kind: "unknown" };
  }

  /** Somebody has just proved who they are: from now on it is they who work here, without a lock screen in between. */
  async continueAs(proved: Pick<Session, "person" | "keys">): Promise<void> {
    if (proved.person.enrolment === this.session?.person.enrolment) return;
    this.outside.locked();
    if (!this.begin(proved, await this.newEnvelope())) this.lock();
  }

  private async newEnvelope(): Promise<OpenEnvelope | null> {
    const key = this.device === null ? null : sealingKey(this.device);
    return this.device === null || key === null ? null : newEnvelope(this.device.device, key);
  }

  private begin({ person, keys }: Pick<Session, "person" | "keys">, envelope: OpenEnvelope | null): boolean {
    if (envelope === null) return false;
    const desk: Desk = { db: this.db, data: keys.data, envelope, clock: () => this.clock() };
    this.session = { person, keys, desk };
    this.outside.unlocked(this.session);
    return true;
  }

  lock(): void {
    this.session = null;
    this.outside.locked();
    if (this.outdated) location.reload();
  }

  /** Another build has taken over: this page goes at the lock screen, never under somebody's hands. */
  replaced(): void {
    this.outdated = true;
    if (this.session === null) location.reload();
  }

  async whileWriting<T>(write: () => Promise<T>): Promise<T> {
    this.underway += 1;
    try {
      return await write();
    } finally {
      this.underway -= 1;
    }
  }

  /** Resolves when it is counted, too. */
  async saved(caseId: string): Promise<void> {
    this.saves += 1;
    this.failed = null;
    this.writings += 1;
    this.outside.written(caseId);
    this.counts = await countsOf(this.db);
  }

  /** Others' entries have come in: the ward list and an open case show them. What is being typed stays. */
  arrived(): void {
    this.writings += 1;
    void this.refresh();
  }

  /** `code`: why what was just done is not saved. */
  notSaved(code: string): void {
    this.failed = code;
  }

  /** Each person's own. A locked tablet shows nothing of it. */
  begunBy(enrolment: string, caseId: string): Begun {
    const name = `${enrolment} ${caseId}`;
    const known = this.begun.get(name);
    if (known !== undefined) return known;
    const fresh = new Begun();
    this.begun.set(name, fresh);
    return fresh;
  }

  personName(enrolment: string): string {
    return this.names.get(enrolment) ?? "";
  }
}

const KEY = Symbol("app");

export function provideApp(app: App): void {
  setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
