// Somebody takes a case over, as it is written.

import type { ClosingView } from "../../core/readiness.ts";
import type { State } from "../../core/fold.ts";
import type { Acting, Signing } from "../case/case.svelte.ts";
import { seenIn } from "../case/drafts.ts";
import { same } from "../case/same.ts";

/** What a person who takes over was shown: all that the case's phases hold, and who answered for it. */
export interface ShownHandover {
  covers: ClosingView["covers"];
  taken: readonly string[];
}

export function takenIn(state: State): readonly string[] {
  return state.taken.map(({ digest }) => digest);
}

/** Covers what the person was shown; it is not written over a case that has changed since. */
export function takeOver(model: Acting, { covers, taken }: ShownHandover, by: Signing): Promise<boolean> {
  return model.act(({ view, state, seen }) => {
    if (!same(view.closing.covers, covers) || !same(takenIn(state), taken)) return false;
    return [{ type: "case.taken", body: { covers: [...covers], seen: seenIn(seen), replaces: [...taken] }, private: null }];
  }, by);
}
