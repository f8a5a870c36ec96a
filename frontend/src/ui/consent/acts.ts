// What people do about a consent, as it is written. What they saw is compared with the case under the writer's lock.

import type { JsonObject } from "../../core/canonical.ts";
import { consentOf } from "../../core/consents.ts";
import type { ConsentView } from "../../core/readiness.ts";
import type { ConsentKind } from "../../core/release.ts";
import type { Acting, Now, Signing } from "../case/case.svelte.ts";
import { cleanText, drawnPart, seenIn } from "../case/drafts.ts";
import { same } from "../case/same.ts";
import type { Line } from "../signature/drawing.ts";

/** The method that is drawn on this tablet, wherever a release offers it (docs/wire-format.md). */
export const IN_PERSON = "in-person";

/** A consent of the release and what was known of it when somebody acted. */
export interface Shown {
  kind: ConsentKind;
  view: ConsentView;
}

export interface Decision {
  language: string;
  relation: string;
  name: string;
  decision: "granted" | "refused";
  lines: readonly Line[];
}

export function inform(model: Acting, { kind, view }: Shown, language: string, by: Signing): Promise<boolean> {
  const told = { language, text: textOf(kind, language) };
  return model.act((now) => [{ type: "consent.informed", body: { ...signed(model, view, now), ...told }, private: null }], by);
}

export function decide(model: Acting, { kind, view }: Shown, signer: Decision, by: Signing): Promise<boolean> {
  const { language, relation, decision } = signer;
  const earlier = consentOf(model.state.consents, view.key).decided.filter((one) => one.relation === relation);
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
    (now) => isUnchanged(now, view) && [{ type: "consent.decided", body: { ...signed(model, view, now), ...decided }, private: drawn }],
    by,
  );
}

export function confirm(model: Acting, { view }: Shown, by: Signing): Promise<boolean> {
  const after = [...view.withdrawn];
  return model.act(
    (now) => isUnchanged(now, view) && [{ type: "consent.confirmed", body: { ...signed(model, view, now), after }, private: null }],
    by,
  );
}

/** Holds whatever has come in meanwhile: nobody has to look again before they may say no. */
export function withdraw(model: Acting, { view }: Shown, reason: string, by: Signing): Promise<boolean> {
  const told = { reason: cleanText(reason) };
  return model.act((now) => [{ type: "consent.withdrawn", body: signed(model, view, now), private: told }], by);
}

function signed(model: Acting, view: ConsentView, { seen }: Now): JsonObject {
  return { consent: view.key, release: model.release?.digest ?? "", covers: [...view.covers], seen: seenIn(seen) };
}

function textOf(kind: ConsentKind, language: string): string {
  return kind.text[language]?.digest ?? "";
}

function isUnchanged(now: Now, before: ConsentView): boolean {
  const view = now.view.consents.find(({ key }) => key === before.key);
  return view !== undefined && same(view.covers, before.covers) && same(view.standing, before.standing) && same(view.withdrawn, before.withdrawn);
}
