// How long a person waits after wrong PINs. Nothing is ever dropped: a nurse in a hurry loses time, not data.

export interface Tries {
  /** Wrong PINs in a row. */
  wrong: number;
  /** When the last of them was, ms by this tablet's clock. */
  last_ms: number;
}

export const NO_TRIES: Tries = { wrong: 0, last_ms: 0 };

const FREE_TRIES = 3;
const WAITS_S = [5, 15, 30, 60, 120, 300];

function waitAfter(wrong: number): number {
  if (wrong < FREE_TRIES) return 0;
  return (WAITS_S[Math.min(wrong - FREE_TRIES, WAITS_S.length - 1)] ?? 0) * 1000;
}

/** Milliseconds until the next try is taken; 0 when one may be made now. */
export function remainingWaitMs(tries: Tries, now_ms: number): number {
  const wait_ms = waitAfter(tries.wrong);
  // A clock that was set back must not shorten the wait, nor stretch it beyond its own length.
  const passed_ms = Math.max(0, now_ms - tries.last_ms);
  return Math.max(0, wait_ms - passed_ms);
}

export function afterWrong(tries: Tries, now_ms: number): Tries {
  return { wrong: tries.wrong + 1, last_ms: now_ms };
}
