// What a phase, a hold or a consent rests on: from the release alone, never from what happens to be visible.
// Twin of procedures/core/closure.py.

import { collectReads, type Condition, type Reads } from "./condition.ts";
import type { Key } from "./entry.ts";
import { type ConsentKind, type Item, itemsOf, type Level, type Phase, type Release, type Row } from "./release.ts";

/** Look-ups in a release. */
export class Catalog {
  readonly items: ReadonlyMap<Key, Item>;
  readonly consents: ReadonlyMap<Key, ConsentKind>;

  constructor(readonly release: Release) {
    this.items = new Map(itemsOf(release.document).map((item) => [item.key, item]));
    this.consents = new Map(release.document.consents.map((consent) => [consent.key, consent]));
  }

  rows(table: Key | null): readonly Row[] {
    const { tables } = this.release.document;
    return table !== null && Object.hasOwn(tables, table) ? (tables[table] ?? []) : [];
  }
}

/** A hold of an item, also those that "not so" and each reason for absence are. */
export interface AnyHold {
  readonly key: Key;
  readonly level: Level;
  readonly override: readonly Key[];
  readonly bases: readonly { readonly key: Key }[];
  /** null for the built-in ones, which read their own item only. */
  readonly when: Condition | null;
}

/** All holds of an item, in the order in which they are shown. */
export function holdsOf(item: Item): readonly AnyHold[] {
  const notSo = item.type === "confirm" ? [{ key: "not-so", ...(item.not_so ?? PLAIN_NOT_SO), bases: [], when: null }] : [];
  const absent = item.absent.map(({ key, level, override }) => ({
    key: `absent.${key}`, level, override, bases: [], when: null,
  }));
  return [...item.holds, ...notSo, ...absent];
}

const PLAIN_NOT_SO = { level: "caution", override: [] } as const;

export function nothing(): Reads {
  return { items: new Set(), consents: new Set(), planned: false, subject: false };
}

/** The static closure of a phase: its items and all that their conditions reach, the subject and the plan. */
export function phaseClosure(phase: Phase, catalog: Catalog): Reads {
  const reads: Reads = { ...nothing(), planned: true, subject: true };
  for (const slot of phase.signatures) {
    if (slot.when !== null && slot.when !== "held") collectReads(slot.when, reads);
  }
  for (const item of phase.items) {
    for (const key of [item.key, ...item.shows]) reads.items.add(key);
    if (typeof item.required === "object") collectReads(item.required, reads);
    for (const hold of item.holds) collectReads(hold.when, reads);
  }
  return expanded(reads, catalog, visibilityReads);
}

/** What the condition of a hold reads. */
export function holdReads(item: Item, hold: AnyHold, catalog: Catalog): Reads {
  const reads = nothing();
  if (hold.when === null) reads.items.add(item.key);
  else collectReads(hold.when, reads);
  return expanded(reads, catalog, computedReads);
}

/** What an item shows of earlier answers. */
export function shownReads(item: Item, catalog: Catalog): Reads {
  return expanded({ ...nothing(), items: new Set(item.shows) }, catalog, computedReads);
}

/** What a decision about a consent rests on; a change asks for a new confirmation. */
export function consentReads(consent: ConsentKind): Reads {
  return { ...nothing(), items: new Set(consent.depends_on), planned: true };
}

/** Adds what each item and consent read rests on in turn, until nothing is new. */
function expanded(reads: Reads, catalog: Catalog, add: (item: Item, catalog: Catalog, reads: Reads) => void): Reads {
  // Sets grow while they are walked: what is added is visited too.
  for (let before = -1; before !== reads.items.size + reads.consents.size; ) {
    before = reads.items.size + reads.consents.size;
    for (const key of reads.items) {
      const item = catalog.items.get(key);
      if (item !== undefined) add(item, catalog, reads);
    }
    for (const key of reads.consents) addConsent(catalog.consents.get(key), reads);
  }
  return reads;
}

/** A computed item has no register: what it is computed from stands for it. */
function computedReads(item: Item, catalog: Catalog, reads: Reads): void {
  if (item.computed === null) return;
  if (item.computed.condition !== null) collectReads(item.computed.condition, reads);
  addRows(catalog.rows(item.computed.table), reads);
}

/** All that decides whether an item is asked, and how often. */
function visibilityReads(item: Item, catalog: Catalog, reads: Reads): void {
  computedReads(item, catalog, reads);
  if (item.show_when !== null) collectReads(item.show_when, reads);
  if (item.per_side !== null) reads.items.add(item.per_side);
  if (item.repeat !== null) reads.items.add(item.repeat.from);
  addRows(catalog.rows(item.per_row), reads);
}

function addRows(rows: readonly Row[], reads: Reads): void {
  for (const row of rows) {
    if (row.when !== null) collectReads(row.when, reads);
    if (row.per_side !== null) reads.items.add(row.per_side);
  }
}

function addConsent(consent: ConsentKind | undefined, reads: Reads): void {
  if (consent === undefined) return;
  for (const item of consent.depends_on) reads.items.add(item);
  for (const { when } of [...consent.rules, ...consent.bases, ...consent.hears]) {
    if (when !== null) collectReads(when, reads);
  }
  reads.planned = true;
}
