// What a reply to a push means for the outbox. Pure.

import type { Place } from "../store/outbox.ts";
import type { Holding, PushReply } from "./replies.ts";

export interface Settled {
  sent: string[];
  refused: { digest: string; code: string }[];
}

/** Receipts and refusals count only for what this batch carried. */
export function settled(batch: readonly string[], reply: PushReply): Settled {
  const mine = new Set(batch);
  const sent = reply.receipts.map((receipt) => receipt.digest).filter((digest) => mine.has(digest));
  const acknowledged = new Set(sent);
  const refused = reply.refused.filter(({ digest }) => mine.has(digest) && !acknowledged.has(digest));
  return { sent, refused: refused.map(({ digest, code }) => ({ digest, code })) };
}

export type Judgement =
  /** The server knows another history under this enrolment. */
  | { kind: "ended" }
  /** To be offered again: sent once, yet not held. Often empty. */
  | { kind: "again"; digests: string[] };

export interface Known {
  /** The last entry that this tablet wrote under the enrolment. */
  head_seq: number;
  /** What this tablet keeps of the enrolment, by seq; what was pruned is not there. */
  places: readonly Place[];
  /** The highest `upto` that this tablet has heard of since its page was loaded. */
  upto_before: number;
  /** Whether entries beyond the last gap have been offered again since the page was loaded. */
  tail_offered: boolean;
}

function inside(ranges: readonly (readonly [number, number])[], seq: number): boolean {
  return ranges.some(([from, to]) => from <= seq && seq <= to);
}

/**
 * Which entries the server lost (it was restored from a backup, say).
 *
 * The reply shows gaps below the highest seq held but not that seq itself. Without gaps it is `upto`. With gaps, the
 * tail beyond them is offered once per page load and whenever `upto` went back: else a gap that stays (an entry that
 * needs help) would have the tail sent again with every poll.
 */
export function judge(holding: Holding, known: Known): Judgement {
  const at = known.places.find((place) => place.seq === holding.upto);
  if (holding.upto > known.head_seq || (at !== undefined && at.digest !== holding.digest)) return { kind: "ended" };
  const lastGap = holding.missing.at(-1);
  const whole = lastGap === undefined;
  const offerTail = whole || !known.tail_offered || holding.upto < known.upto_before;
  const lost = known.places.filter((place) => {
    if (place.state !== "sent" || place.seq <= holding.upto) return false;
    return inside(holding.missing, place.seq) || (offerTail && place.seq > (lastGap?.[1] ?? holding.upto));
  });
  return { kind: "again", digests: lost.map((place) => place.digest) };
}
