// When something was done, where that is not when it is tapped.

export const MINUTE_MS = 60_000;
/** What is written down later than this is "entered later" and needs a reason. */
export const LATE_AFTER_MIN = 15;
/** Offered beside "now" and another time. */
export const AGO_MIN = [15, 30, 60] as const;

export interface Timing {
  occurred_ms: number;
  late: boolean;
  /** Why it is entered later; null when it is not. */
  why: string | null;
}

/** To the minute: what people mean by a time of day. */
export function toMinute(at_ms: number): number {
  return Math.floor(at_ms / MINUTE_MS) * MINUTE_MS;
}

export function isLate(occurred_ms: number, now_ms: number): boolean {
  return toMinute(now_ms) - occurred_ms > LATE_AFTER_MIN * MINUTE_MS;
}
