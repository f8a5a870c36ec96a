// What was done about one consent, in the order in which people did it.

import type { JsonObject } from "../../core/canonical.ts";
import { consentOf } from "../../core/consents.ts";
import { bodyOf, correctedMs, type Digest, type EntryType } from "../../core/entry.ts";
import type { WhyNot } from "../../core/granting.ts";
import type { Authorship, CaseModel } from "../case/case.svelte.ts";

export interface Step {
  digest: Digest;
  act: "informed" | "granted" | "refused" | "heard" | "confirmed" | "withdrawn";
  at_ms: number;
  by: Authorship | null;
  body: JsonObject;
  /** Empty where it is not known here. */
  part: JsonObject;
  /** Why it does not count (any more); null while it does. */
  gone: "quarantined" | "voided" | "withdrawn" | "superseded" | "reopened" | WhyNot | null;
}

const TYPES = ["consent.informed", "consent.decided", "consent.heard", "consent.confirmed", "consent.withdrawn"] as const satisfies EntryType[];

export function historyOf(model: CaseModel, key: string): Step[] {
  const steps = TYPES.flatMap((type) =>
    model.entriesOf(type).flatMap(({ digest, entry }) => {
      const body = bodyOf(entry, type);
      if (body?.consent !== key) return [];
      const act = "decision" in body ? (body.decision === "granted" ? "granted" : "refused") : ACTS[type];
      return [{
        digest,
        act,
        at_ms: correctedMs(entry.clock),
        by: model.authorship(digest),
        body: entry.body,
        part: model.privateOf(digest),
        gone: whyGone(model, key, digest),
      } satisfies Step];
    }));
  return steps.sort((one, other) => one.at_ms - other.at_ms);
}

const ACTS = {
  "consent.informed": "informed",
  "consent.decided": "refused",
  "consent.heard": "heard",
  "consent.confirmed": "confirmed",
  "consent.withdrawn": "withdrawn",
} as const;

function whyGone(model: CaseModel, key: string, digest: Digest): Step["gone"] {
  const { decided, heard, confirmed } = consentOf(model.state.consents, key);
  const uncounted = model.view?.consents.find((view) => view.key === key)?.uncounted ?? {};
  const said = [...decided, ...heard].find((one) => one.digest === digest);
  const defeatable = [...decided, ...confirmed].find((one) => one.digest === digest);
  if (digest in model.state.quarantined) return "quarantined";
  if (digest in model.state.voided) return "voided";
  if (defeatable?.defeated === true) return "withdrawn";
  if (said?.superseded === true) return "superseded";
  if (confirmed.find((one) => one.digest === digest)?.reopened === true) return "reopened";
  return uncounted[digest] ?? null;
}
