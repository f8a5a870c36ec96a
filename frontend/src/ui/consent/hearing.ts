// Those who are heard about a consent and need not grant: what they think of it, and how that is marked.

import { consentOf, type Heard } from "../../core/consents.ts";
import type { ConsentView } from "../../core/readiness.ts";
import type { ConsentKind, Hearing } from "../../core/release.ts";
import type { CaseModel } from "../case/case.svelte.ts";

/** The views of a consent that nothing later has replaced. */
export function viewsOf({ state }: Pick<CaseModel, "state">, key: string): readonly Heard[] {
  return consentOf(state.consents, key).heard.filter(({ superseded }) => !superseded);
}

/** Who of those that are to be heard disagrees: it is a caution, whatever the consent is worth. */
export function disagreeing(model: Pick<CaseModel, "state">, kind: ConsentKind, { hears }: Pick<ConsentView, "hears">): readonly Hearing[] {
  const against = viewsOf(model, kind.key).filter(({ view }) => view === "disagrees");
  return kind.hears.filter(({ key }) => hears.includes(key) && against.some(({ who }) => who === key));
}

/** How what one person said is marked. Of views that differ, each from another tablet, it is the no that counts. */
export function markOf(views: readonly Pick<Heard, "view">[]): "person" | "caution" | "done" | "note" {
  if (views.length === 0) return "person";
  if (views.some(({ view }) => view === "disagrees")) return "caution";
  return views.every(({ view }) => view === "agrees") ? "done" : "note";
}
