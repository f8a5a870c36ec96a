// What was answered in a patient's last case, for the questions whose answers seldom change. It is shown to be confirmed,
// question by question, and never filled in.

import type { Digest } from "../../core/entry.ts";
import type { Json } from "../../core/canonical.ts";
import { absentKey, fits } from "../../core/fitness.ts";
import type { State } from "../../core/fold.ts";
import type { ItemView, Readiness } from "../../core/readiness.ts";
import { type Item, itemsOf, type Release } from "../../core/release.ts";
import type { Patient } from "../../store/summary.ts";
import { bare } from "../ward/days.ts";

export interface LastAnswer {
  value: Json;
  /** Of a text or a code, which is private. */
  text: string | null;
  /** The entries that say so. */
  heads: readonly Digest[];
}

export interface LastCase {
  release: Release | null;
  view: Readiness | null;
  state: State;
  patient: Patient | null;
}

export function placeOf({ key, part }: Pick<ItemView, "key" | "part">): string {
  return `${key}/${part}`;
}

/** Whoever opened a case from another may have erred, and who a patient is may be corrected later. */
export function isSamePatient(one: Patient | null, other: Patient | null): boolean {
  return one !== null && other !== null && one.birth_date === other.birth_date && bare(one.identifier) === bare(other.identifier);
}

/** By place: what was asked and settled then, and may be answered so by the protocol as it is now. */
export function lastAnswers(release: Release | null, patient: Patient | null, last: LastCase | null): ReadonlyMap<string, LastAnswer> {
  const found = new Map<string, LastAnswer>();
  if (release === null || last === null || last.release === null || !isSamePatient(patient, last.patient)) return found;
  if (last.release.document.protocol !== release.document.protocol || last.view?.outcome === "entered-in-error") return found;
  const stable = new Map(itemsOf(release.document).filter((item) => item.stable).map((item) => [item.key, item]));
  for (const view of last.view?.phases.flatMap(({ items }) => items) ?? []) {
    const item = stable.get(view.key);
    const answer = item === undefined ? null : lastAnswer(item, view, last.state);
    if (answer !== null) found.set(placeOf(view), answer);
  }
  return found;
}

function lastAnswer(item: Item, view: ItemView, state: State): LastAnswer | null {
  if (view.state !== "answered" || view.no_longer_asked || absentKey(view.value) !== null) return null;
  const part = state.registers[`answer/${view.key}/${view.part}`]?.private ?? null;
  const text = typeof part?.part?.["text"] === "string" ? part.part["text"] : null;
  // Of a text that was left out only the digest is known.
  if (!fits(item, view.value, part) || (view.value === null && text === null)) return null;
  const chosen = Array.isArray(view.value) ? view.value : [view.value];
  if (item.choices.some(({ key, selectable }) => !selectable && chosen.includes(key))) return null;
  return { value: view.value, text, heads: view.heads };
}
