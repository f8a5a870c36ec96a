// A case is put off, planned anew or closed, as it is written.

import type { State } from "../../core/fold.ts";
import type { ClosingView, Readiness } from "../../core/readiness.ts";
import type { Release } from "../../core/release.ts";
import type { Draft } from "../../store/journal.ts";
import type { Acting, Signing } from "../case/case.svelte.ts";
import { cleanText, seenIn } from "../case/drafts.ts";
import { same } from "../case/same.ts";

interface Ending {
  outcome: string;
  /** Null where all went as it should. */
  reason: string | null;
}

/**
 * What belongs to the day is asked again: its answers, the confirmations of consents, and the planned time itself.
 * Whatever has come in meanwhile is meant too: on the new day nothing of the old one counts.
 */
export function postpone(model: Acting, reason: string, start_ms: number | null): Promise<boolean> {
  return model.act(({ view, state }) => {
    const reopens = model.release === null ? [] : ofTheDay(model.release, view, state);
    const postponed: Draft = { type: "case.postponed", body: { reopens }, private: { reason: cleanText(reason) } };
    return start_ms === null ? [postponed] : [postponed, plannedDraft(plannedIn(state), start_ms)];
  });
}

/** The entries about the planned time that a person is shown, and that a new time replaces. */
export function plannedIn(state: State): readonly string[] {
  const { heads = [], reopened = [] } = state.registers["planned"] ?? {};
  return [...heads, ...reopened].sort();
}

/** Another time that came in meanwhile stays beside this one, to be settled. */
export function plan(model: Acting, shown: readonly string[], start_ms: number): Promise<boolean> {
  return model.act(() => [plannedDraft(shown, start_ms)]);
}

/** Covers what the person was shown; it is not written over a case that has changed since. */
export function end(model: Acting, shown: ClosingView, { outcome, reason }: Ending, by: Signing): Promise<boolean> {
  const release = model.release?.digest;
  if (release === undefined) return Promise.resolve(false);
  const { covers, heads } = shown;
  const told = reason === null ? null : { reason: cleanText(reason) };
  return model.act(({ view: { closing }, seen }) => {
    if (!same(closing.covers, covers) || !closing.outcomes.includes(outcome)) return false;
    const body = { outcome, release, covers: [...covers], seen: seenIn(seen), replaces: [...heads] };
    return [{ type: "case.closed", body, private: told }];
  }, by);
}

function ofTheDay(release: Release, view: Readiness, state: State): string[] {
  const days = new Set(release.document.phases.filter(({ day_of }) => day_of).map(({ key }) => key));
  const answers = view.phases.filter(({ key }) => days.has(key)).flatMap(({ items }) => items).flatMap(({ heads }) => heads);
  const confirmed = Object.values(state.consents).flatMap((consent) => consent.confirmed);
  const confirmations = confirmed.filter(({ defeated, reopened }) => !defeated && !reopened).map(({ digest }) => digest);
  return [...new Set([...answers, ...confirmations, ...(state.registers["planned"]?.heads ?? [])])].sort();
}

function plannedDraft(replaces: readonly string[], start_ms: number): Draft {
  return { type: "case.planned", body: { start_ms, replaces: [...replaces] }, private: null };
}
