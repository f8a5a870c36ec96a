// A case without a screen: what acts write is checked as the journal checks it, and folded at once.

import { bodyProblem } from "../core/entry.ts";
import { fold, type Written } from "../core/fold.ts";
import { readiness } from "../core/readiness.ts";
import type { Release } from "../core/release.ts";
import type { Draft } from "../store/journal.ts";
import type { Acting } from "../ui/case/case.svelte.ts";
import { CERTIFICATES, expand, NOON_MS, type Shorthand } from "./vectors.ts";

export class Case implements Acting {
  readonly drafts: Draft[] = [];
  private written: Written[];
  /** Comes in at the very last, when the act waits for the lock. */
  meanwhile: Shorthand[] = [];

  constructor(
    readonly release: Release,
    entries: readonly Shorthand[],
  ) {
    this.written = [...expand(entries, release)];
  }

  get state() {
    return fold(this.written);
  }

  get view() {
    return readiness(this.release, CERTIFICATES, this.state, NOON_MS + this.written.length, 60);
  }

  act: Acting["act"] = (compose) => {
    this.add(...this.meanwhile);
    const drafts = compose({ view: this.view, state: this.state, seen: null });
    if (drafts === false) return Promise.resolve(false);
    for (const draft of drafts) this.take(draft);
    return Promise.resolve(true);
  };

  /** Comes in from elsewhere. */
  add(...entries: readonly Shorthand[]): void {
    this.written.push(...expand(entries, this.release));
  }

  private take(draft: Draft): void {
    const problem = bodyProblem(draft);
    if (problem !== null) throw new Error(`${draft.type}: ${problem}`);
    this.drafts.push(draft);
    const [entry] = expand([[`fe${String(this.drafts.length).padStart(2, "0")}`, "note.added", {}]], this.release);
    if (entry === undefined) throw new Error("nothing was expanded");
    this.written.push({ ...entry, entry: { ...entry.entry, type: draft.type, body: draft.body }, private: draft.private });
  }
}
