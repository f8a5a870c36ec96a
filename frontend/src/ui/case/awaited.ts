// Questions that are not there yet, because it depends on answers that are lacking whether they are asked at all.

import { collectReads } from "../../core/condition.ts";
import type { ItemView, PhaseView, Readiness } from "../../core/readiness.ts";
import type { Item, Phase, Release } from "../../core/release.ts";

export interface Awaited {
  /** How many questions of the phase are not there yet. */
  count: number;
  /** The unanswered questions on which that depends, in the order of the release, with their phases. */
  on: readonly { item: Item; phase: Phase }[];
  /** It depends on facts about the patient that are disputed or not known. */
  onPatient: boolean;
}

export function awaitedIn(phase: Phase, { items }: PhaseView, { document }: Release, { phases, patient }: Readiness): Awaited {
  const hidden = new Set(items.filter(({ shown }) => shown === null).map(({ key }) => key));
  const reads = { items: new Set<string>(), consents: new Set<string>(), subject: false, planned: false };
  for (const item of phase.items.filter(({ key }) => hidden.has(key))) {
    if (item.show_when !== null) collectReads(item.show_when, reads);
    if (item.per_side !== null) reads.items.add(item.per_side);
  }
  const lacking = new Set(phases.flatMap((one) => one.items).filter(isLacking).map(({ key }) => key));
  const all = document.phases.flatMap((one) => one.items.map((item) => ({ item, phase: one })));
  return { count: hidden.size, on: all.filter(({ item }) => reads.items.has(item.key) && lacking.has(item.key)), onPatient: reads.subject && isVague(patient) };
}

function isVague(patient: Readiness["patient"]): boolean {
  return patient === null || patient.sex === "unknown" || patient.age_years === null;
}

function isLacking({ shown, state }: ItemView): boolean {
  return shown === true && state !== "answered" && state !== "absent";
}
