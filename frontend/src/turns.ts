// Only one tab of this tablet talks to the server; the others wait in line and take over when it is closed. A tab in
// which somebody unlocks goes to the front: only there are the keys without which nothing that others wrote can be
// read or put away. A tab that has the turn and is locked offers it to those that are not.

const LOCK = "bedside sync";
/** Before a turn that could not begin is tried again: the disk is full, the storage was closed. */
export const RETRY_MS = 5_000;

interface Stoppable {
  stop: () => void;
}

export interface Tab<T extends Stoppable> {
  begin: () => Promise<T>;
  isUnlocked: () => boolean;
  /** Has `offered` called in all other tabs. */
  offer: () => void;
}

export class Turns<T extends Stoppable> {
  /** What runs while it is this tab's turn. */
  current: T | null = null;
  /** Counts this tab's askings: one that is not the last has nothing to say any more. */
  private asked = 0;
  private waiting: AbortController | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tab: Tab<T>) {}

  standInLine(): void {
    this.leaveTheLine();
    this.waiting = new AbortController();
    void this.ask({ signal: this.waiting.signal });
  }

  goToTheFront(): void {
    this.leaveTheLine();
    void this.ask({ steal: true });
  }

  /** Nobody works in this tab any more. */
  locked(): void {
    if (this.current !== null) this.tab.offer();
  }

  /** Another tab has the turn, and is locked. */
  offered(): void {
    if (this.tab.isUnlocked() && this.current === null) this.goToTheFront();
  }

  private leaveTheLine(): void {
    clearTimeout(this.retry);
    this.waiting?.abort();
    this.waiting = null;
  }

  private async ask(options: LockOptions): Promise<void> {
    const number = ++this.asked;
    const pushedAside = await alone(options, () => this.take(number)).then(() => false, isAbort);
    // Our own asking anew is no end of a turn. In any other case what was under way is taken over or sent again.
    if (number !== this.asked) return;
    this.current?.stop();
    this.current = null;
    if (pushedAside) this.standInLine();
    else this.retry = setTimeout(() => { this.standInLine(); }, RETRY_MS);
  }

  /** Ends only when it could not begin, the lock is stolen or the page is closed. */
  private async take(number: number): Promise<void> {
    // Whatever it is: a storage's failure may call itself AbortError, as a stolen lock does.
    const begun = await this.tab.begin().catch(() => null);
    if (begun === null) return;
    if (number !== this.asked) {
      begun.stop();
      return;
    }
    this.current = begun;
    if (!this.tab.isUnlocked()) this.tab.offer();
    await new Promise(() => undefined);
  }
}

/** Where Web Locks are missing every tab talks to the server, which takes once what comes twice. */
function alone(options: LockOptions, work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? work() : locks.request(LOCK, options, work);
}

/** The browser's word for an asking that was taken back, and for a lock that was stolen. */
function isAbort(failure: unknown): boolean {
  return failure instanceof DOMException && failure.name === "AbortError";
}
