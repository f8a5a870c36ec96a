// What people do about a consent, as it is written. What they saw is compared with the case under the writer's lock.

import type { JsonObject } from "../../core/canonical.ts";
import { consentOf } from "../../core/consents.ts";
import type { ConsentView, Readiness } from "../../core/readiness.ts";
import type { ConsentKind } from "../../core/release.ts";
import type { Acting, Signing } from "../case/case.svelte.ts";
import { cleanText, drawnPart } from "../case/drafts.ts";
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

export async function inform(model: Acting, { kind, view }: Shown, language: string, by: Signing): Promise<boolean> {
  const body = { ...(await signedWith(model, view)), language, text: textOf(kind, language) };
  return model.act(() => [{ type: "consent.informed", body, private: null }], by);
}

export async function decide(model: Acting, { kind, view }: Shown, signer: Decision, by: Signing): Promise<boolean> {
  const { language, relation, decision } = signer;
  const earlier = consentOf(model.state.consents, view.key).decided.filter((one) => one.relation === relation);
  const body = {
    ...(await signedWith(model, view)),
    language,
    text: textOf(kind, language),
    decision,
    relation,
    method: IN_PERSON,
    after: [...view.withdrawn, ...earlier.map(({ digest }) => digest)].sort(),
  };
  const draft = { type: "consent.decided", body, private: drawnPart(signer) };
  return model.act((now) => isUnchanged(now, view) && [draft], by);
}

export async function confirm(model: Acting, { view }: Shown, by: Signing): Promise<boolean> {
  const body = { ...(await signedWith(model, view)), after: [...view.withdrawn] };
  return model.act((now) => isUnchanged(now, view) && [{ type: "consent.confirmed", body, private: null }], by);
}

/** Holds whatever has come in meanwhile: nobody has to look again before they may say no. */
export async function withdraw(model: Acting, { view }: Shown, reason: string, by: Signing): Promise<boolean> {
  const body = await signedWith(model, view);
  return model.act(() => [{ type: "consent.withdrawn", body, private: { reason: cleanText(reason) } }], by);
}

async function signedWith(model: Acting, view: ConsentView): Promise<JsonObject> {
  const seen = await model.seen();
  const release = model.release?.digest ?? "";
  return { consent: view.key, release, covers: [...view.covers], seen: seen === null ? null : { ...seen } };
}

function textOf(kind: ConsentKind, language: string): string {
  return kind.text[language]?.digest ?? "";
}

function isUnchanged(now: Readiness, before: ConsentView): boolean {
  const view = now.consents.find(({ key }) => key === before.key);
  return view !== undefined && same(view.covers, before.covers) && same(view.standing, before.standing) && same(view.withdrawn, before.withdrawn);
}
