// Only one tab of this tablet talks to the server; the others wait in line and take over when it is closed. A tab in
// which somebody unlocks goes to the front: only there are the keys without which nothing that others wrote can be
// read or put away.

const LOCK = "bedside sync";

interface Stoppable {
  stop: () => void;
}

export class Turns<T extends Stoppable> {
  /** What runs while it is this tab's turn. */
  current: T | null = null;
  /** Counts this tab's askings: one that is not the last has nothing to say any more. */
  private asked = 0;
  private waiting: AbortController | null = null;

  constructor(private readonly begin: () => Promise<T>) {}

  standInLine(): void {
    this.waiting?.abort();
    this.waiting = new AbortController();
    void this.ask({ signal: this.waiting.signal });
  }

  goToTheFront(): void {
    this.waiting?.abort();
    this.waiting = null;
    void this.ask({ steal: true });
  }

  private async ask(options: LockOptions): Promise<void> {
    const number = ++this.asked;
    try {
      await navigator.locks.request(LOCK, options, () => this.take(number));
    } catch (failure) {
      // Our own abort, or another tab went to the front. What was under way is taken over or sent again.
      if (number !== this.asked || !(failure instanceof DOMException)) return;
      this.current?.stop();
      this.current = null;
      this.standInLine();
    }
  }

  /** Ends only when the lock is stolen or the page is closed. */
  private async take(number: number): Promise<void> {
    const begun = await this.begin();
    if (number !== this.asked) {
      begun.stop();
      return;
    }
    this.current = begun;
    await new Promise(() => undefined);
  }
}
