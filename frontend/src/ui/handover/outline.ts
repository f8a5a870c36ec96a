// A case in few words, for who goes on with it: what is held, what is left, what is done.

import type { HoldView, ItemView, PhaseView, Readiness, SignatureView } from "../../core/readiness.ts";
import type { Item, Phase, Release } from "../../core/release.ts";

export interface HeldQuestion {
  phase: Phase;
  item: Item;
  view: ItemView;
  hold: HoldView;
}

export interface Remaining {
  phase: Phase;
  view: PhaseView;
  /** The questions that lack an answer, in the order of the release, each once. */
  missing: readonly Item[];
  /** Who has still to sign. */
  unsigned: readonly SignatureView[];
}

export interface Outline {
  /** Active and not cleared, stops first. */
  held: readonly HeldQuestion[];
  /** Acknowledged or overridden stops and cautions. */
  cleared: readonly HeldQuestion[];
  /** The phases that are not signed. */
  left: readonly Remaining[];
  signed: readonly { phase: Phase; view: PhaseView }[];
}

export function outlineOf(release: Release, { phases }: Readiness): Outline {
  const views = new Map(phases.map((view) => [view.key, view]));
  const all = release.document.phases.flatMap((phase) => {
    const view = views.get(phase.key);
    return view === undefined ? [] : [{ phase, view }];
  });
  const holds = all.flatMap(({ phase, view }) => holdsIn(phase, view)).filter(({ hold }) => hold.level !== "note" && hold.active === true);
  const open = holds.filter(({ hold }) => hold.cleared === null);
  return {
    held: [...open.filter(isStop), ...open.filter((one) => !isStop(one))],
    cleared: holds.filter(({ hold }) => hold.cleared !== null),
    left: all.filter(({ view }) => view.status !== "signed").map(remainingIn),
    signed: all.filter(({ view }) => view.status === "signed"),
  };
}

function isStop({ hold }: HeldQuestion): boolean {
  return hold.level === "stop";
}

function holdsIn(phase: Phase, { items }: PhaseView): HeldQuestion[] {
  return items.flatMap((view) => {
    const item = phase.items.find(({ key }) => key === view.key);
    return item === undefined ? [] : view.holds.map((hold) => ({ phase, item, view, hold }));
  });
}

function remainingIn({ phase, view }: { phase: Phase; view: PhaseView }): Remaining {
  const missing = new Set(view.items.filter((one) => one.missing && one.shown !== false).map(({ key }) => key));
  return {
    phase,
    view,
    missing: phase.items.filter(({ key }) => missing.has(key)),
    unsigned: view.signatures.filter(({ needed, standing }) => needed !== false && standing.length === 0),
  };
}
