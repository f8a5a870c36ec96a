import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RETRY_MS, Turns } from "./turns.ts";

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (failure: unknown) => void;
  work: () => Promise<unknown>;
}

/** One lock as the browser's manager has it: a line, asking with a signal, and stealing. */
class Locks {
  private holder: Waiting | null = null;
  private line: Waiting[] = [];

  request(_: string, { steal = false, signal }: LockOptions, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = { resolve, reject, work };
      signal?.addEventListener("abort", () => {
        if (!this.line.includes(asked)) return;
        this.line = this.line.filter((other) => other !== asked);
        reject(new DOMException("aborted", "AbortError"));
      });
      if (steal) {
        this.holder?.reject(new DOMException("stolen", "AbortError"));
        this.hold(asked);
      } else {
        this.line.push(asked);
        this.next();
      }
    });
  }

  private next(): void {
    const first = this.holder === null ? this.line.shift() : undefined;
    if (first !== undefined) this.hold(first);
  }

  private hold(asked: Waiting): void {
    this.holder = asked;
    const over = (end: () => void) => {
      if (this.holder === asked) this.holder = null;
      end();
      this.next();
    };
    asked.work().then((value) => { over(() => { asked.resolve(value); }); }, (failure: unknown) => { over(() => { asked.reject(failure); }); });
  }
}

class Tab {
  begun = 0;
  stopped = 0;
  failures: Error[] = [];
  unlocked = false;
  readonly turns: Turns<{ stop: () => void }>;

  constructor(private readonly others: Tab[]) {
    this.turns = new Turns({
      begin: () => this.begin(),
      isUnlocked: () => this.unlocked,
      offer: () => { for (const other of this.others) if (other !== this) other.turns.offered(); },
    });
    others.push(this);
  }

  get isFront(): boolean {
    return this.turns.current !== null;
  }

  unlock(): void {
    this.unlocked = true;
    if (!this.isFront) this.turns.goToTheFront();
  }

  lock(): void {
    this.unlocked = false;
    this.turns.locked();
  }

  private begin(): Promise<{ stop: () => void }> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    this.begun += 1;
    return Promise.resolve({ stop: () => { this.stopped += 1; } });
  }
}

const settled = () => vi.advanceTimersByTimeAsync(1);
let tabs: Tab[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { locks: new Locks() });
  tabs = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function standing(count: number): Promise<Tab[]> {
  for (let made = 0; made < count; made++) {
    new Tab(tabs).turns.standInLine();
    await settled();
  }
  return tabs;
}

describe("turns", () => {
  it("are one tab's at a time, and go to where somebody unlocks", async () => {
    const [first, second] = (await standing(2)) as [Tab, Tab];
    expect([first.isFront, second.isFront]).toEqual([true, false]);
    second.unlock();
    await settled();
    expect([first.isFront, first.stopped, second.isFront]).toEqual([false, 1, true]);
    first.unlock();
    await settled();
    expect([first.isFront, second.isFront, second.stopped]).toEqual([true, false, 1]);
  });

  it.each([
    ["the storage", new Error("DatabaseClosedError")],
    ["the browser", new DOMException("no room", "QuotaExceededError")],
    ["a transaction", new DOMException("cut off", "AbortError")],
  ])("that cannot begin for %s begin after a wait, not at once and not never", async (_, failure) => {
    const tab = new Tab(tabs);
    tab.failures = [failure, failure];
    tab.turns.standInLine();
    await settled();
    expect(tab.failures).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(RETRY_MS - 10);
    expect(tab.failures).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * RETRY_MS);
    expect([tab.isFront, tab.begun]).toEqual([true, 1]);
  });

  it("let another tab begin meanwhile, and one that unlocks does not wait", async () => {
    const broken = new Tab(tabs);
    broken.failures = [new Error("storage")];
    broken.turns.standInLine();
    const sound = new Tab(tabs);
    sound.turns.standInLine();
    await settled();
    expect(sound.isFront).toBe(true);
    broken.unlock();
    await settled();
    expect([broken.isFront, sound.isFront]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(2 * RETRY_MS);
    expect([broken.isFront, broken.begun]).toEqual([true, 1]);
  });

  it("go to a tab that is still unlocked when the one in front locks", async () => {
    const [locked, early, late] = (await standing(3)) as [Tab, Tab, Tab];
    early.unlock();
    await settled();
    late.unlock();
    await settled();
    late.lock();
    await settled();
    expect([locked.isFront, early.isFront, late.isFront]).toEqual([false, true, false]);
    early.lock();
    await settled();
    expect(early.isFront).toBe(true);
  });

  it("are offered on by a locked tab that got one: its page was first in the line", async () => {
    const [, unlocked, third] = (await standing(3)) as [Tab, Tab, Tab];
    unlocked.unlocked = true;
    third.turns.goToTheFront();
    await settled();
    expect([unlocked.isFront, third.isFront]).toEqual([true, false]);
  });
});
