// What people do about a consent, as it is written. What they saw is compared with the case under the writer's lock.

import type { JsonObject } from "../../core/canonical.ts";
import { consentOf, type Decision } from "../../core/consents.ts";
import type { Digest } from "../../core/entry.ts";
import type { ConsentView } from "../../core/readiness.ts";
import type { ConsentKind } from "../../core/release.ts";
import type { Acting, Now, Signing } from "../case/case.svelte.ts";
import { cleanText, drawnPart, seenIn } from "../case/drafts.ts";
import { same } from "../case/same.ts";
import type { Line } from "../signature/drawing.ts";

/** The method that is drawn on this tablet, wherever a release offers it (docs/wire-format.md). */
export const IN_PERSON = "in-person";

/** A consent as somebody was shown it, who then acts upon it: not as it has become meanwhile. */
export interface ShownConsent {
  kind: ConsentKind;
  view: ConsentView;
  decided: readonly Decision[];
}

export function shownConsent(model: Pick<Acting, "state">, kind: ConsentKind, view: ConsentView): ShownConsent {
  return { kind, view, decided: consentOf(model.state.consents, kind.key).decided };
}

export interface Decided {
  language: string;
  relation: string;
  name: string;
  decision: "granted" | "refused";
  lines: readonly Line[];
}

export function inform(model: Acting, { kind, view }: ShownConsent, language: string, by: Signing): Promise<boolean> {
  const told = { language, text: textOf(kind, language) };
  return model.act((now) => [{ type: "consent.informed", body: { ...signed(model, view, now), ...told }, private: null }], by);
}

export function decide(model: Acting, shown: ShownConsent, signer: Decided, by: Signing): Promise<boolean> {
  const { kind, view } = shown;
  const { language, relation, decision } = signer;
  const earlier = shown.decided.filter((one) => one.relation === relation);
  const decided = {
    language,
    text: textOf(kind, language),
    decision,
    relation,
    method: IN_PERSON,
    after: [...view.withdrawn, ...earlier.map(({ digest }) => digest)].sort(),
  };
  const drawn = drawnPart(signer);
  return model.act(
    (now) => isUnchanged(shown, now) && [{ type: "consent.decided", body: { ...signed(model, view, now), ...decided }, private: drawn }],
    by,
  );
}

export function confirm(model: Acting, shown: ShownConsent, by: Signing): Promise<boolean> {
  const { view } = shown;
  const after = [...view.withdrawn];
  return model.act(
    (now) => isUnchanged(shown, now) && [{ type: "consent.confirmed", body: { ...signed(model, view, now), after }, private: null }],
    by,
  );
}

/** Holds whatever has come in meanwhile: nobody has to look again before they may say no. */
export function withdraw(model: Acting, { view }: ShownConsent, reason: string, by: Signing): Promise<boolean> {
  const told = { reason: cleanText(reason) };
  return model.act((now) => [{ type: "consent.withdrawn", body: signed(model, view, now), private: told }], by);
}

function signed(model: Acting, view: ConsentView, { seen }: Now): JsonObject {
  return { consent: view.key, release: model.release?.digest ?? "", covers: [...view.covers], seen: seenIn(seen) };
}

function textOf(kind: ConsentKind, language: string): string {
  return kind.text[language]?.digest ?? "";
}

/** Whether a consent is still what somebody was shown. */
export function isUnchanged({ view: before, decided }: ShownConsent, { view: now, state }: Pick<Now, "view" | "state">): boolean {
  const view = now.consents.find(({ key }) => key === before.key);
  return (
    view !== undefined &&
    same(view.covers, before.covers) &&
    same(view.standing, before.standing) &&
    same(view.withdrawn, before.withdrawn) &&
    same(digestsOf(consentOf(state.consents, before.key).decided), digestsOf(decided))
  );
}

function digestsOf(decided: readonly Decision[]): Digest[] {
  return decided.map(({ digest }) => digest);
}
