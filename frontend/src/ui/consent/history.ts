// What was done about one consent, in the order in which people did it.

import { consentOf } from "../../core/consents.ts";
import { bodyOf, correctedMs, type Digest, type EntryType } from "../../core/entry.ts";
import type { WhyNot } from "../../core/granting.ts";
import type { Authorship, CaseModel } from "../case/case.svelte.ts";
import type { Line } from "../signature/drawing.ts";

export interface Step {
  digest: Digest;
  act: "informed" | "granted" | "refused" | "confirmed" | "withdrawn";
  at_ms: number;
  by: Authorship | null;
  /** Of the text that was shown. */
  text: Digest | null;
  relation: string | null;
  method: string | null;
  drawn: { name: string; lines: readonly Line[] } | null;
  reason: string | null;
  /** Why it does not count (any more); null while it does. */
  gone: "quarantined" | "voided" | "withdrawn" | "superseded" | "reopened" | WhyNot | null;
}

const TYPES = ["consent.informed", "consent.decided", "consent.confirmed", "consent.withdrawn"] as const satisfies EntryType[];

export function historyOf(model: CaseModel, key: string): Step[] {
  const steps = TYPES.flatMap((type) =>
    model.entriesOf(type).flatMap(({ digest, entry }) => {
      const body = bodyOf(entry, type);
      if (body?.consent !== key) return [];
      const says = { text: null, relation: null, method: null, ...body };
      const act = "decision" in body ? (body.decision === "granted" ? "granted" : "refused") : ACTS[type];
      return [{
        digest,
        act,
        at_ms: correctedMs(entry.clock),
        by: model.authorship(digest),
        text: says.text,
        relation: says.relation,
        method: says.method,
        drawn: model.drawnIn(digest),
        reason: model.reasonOf(digest),
        gone: whyGone(model, key, digest),
      } satisfies Step];
    }));
  return steps.sort((one, other) => one.at_ms - other.at_ms);
}

const ACTS = {
  "consent.informed": "informed",
  "consent.decided": "refused",
  "consent.confirmed": "confirmed",
  "consent.withdrawn": "withdrawn",
} as const;

function whyGone(model: CaseModel, key: string, digest: Digest): Step["gone"] {
  const { decided, confirmed } = consentOf(model.state.consents, key);
  const uncounted = model.view?.consents.find((view) => view.key === key)?.uncounted ?? {};
  const decision = decided.find((one) => one.digest === digest);
  const confirmation = confirmed.find((one) => one.digest === digest);
  if (digest in model.state.quarantined) return "quarantined";
  if (digest in model.state.voided) return "voided";
  if (decision?.defeated === true || confirmation?.defeated === true) return "withdrawn";
  if (decision?.superseded === true) return "superseded";
  if (confirmation?.reopened === true) return "reopened";
  return uncounted[digest] ?? null;
}
