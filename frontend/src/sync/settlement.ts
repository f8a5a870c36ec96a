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
}

function inside(ranges: readonly (readonly [number, number])[], seq: number): boolean {
  return ranges.some(([from, to]) => from <= seq && seq <= to);
}

/** Which entries the server lost: it was restored from a backup, say. */
export function judge(holding: Holding, known: Known): Judgement {
  const at = known.places.find((place) => place.seq === holding.upto);
  const ahead = Math.max(holding.upto, holding.highest) > known.head_seq;
  if (ahead || (at !== undefined && at.digest !== holding.digest)) return { kind: "ended" };
  const lost = known.places.filter(({ state, seq }) => {
    if (state !== "sent" || seq <= holding.upto) return false;
    return seq > holding.highest || inside(holding.missing, seq);
  });
  return { kind: "again", digests: lost.map((place) => place.digest) };
}
