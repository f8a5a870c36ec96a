// What a person has begun in a case and not saved: typed, chosen, drawn. It outlives the locking of the tablet and, kept
// on the disk as it grows, the end of the browser.

import { SvelteMap } from "svelte/reactivity";
import type { ItemView } from "../core/readiness.ts";
import type { Timing } from "./answer/timing.ts";
import type { GuestPaper } from "./case/guests.ts";
import type { DecisionPaper, HearingPaper, TellingPaper } from "./consent/papers.ts";
import { paperFrom } from "./signature/paper.svelte.ts";

export interface BegunAnswer {
  /** The chosen keys, or the typed text. */
  said: string | string[];
  /** The question as it was then: saving replaces that, and not what came in meanwhile. */
  over: ItemView;
}

export class Begun {
  /** Whether the disk was asked for it. */
  known = false;
  /** By item and part. */
  readonly answers = new SvelteMap<string, BegunAnswer>();
  /** By item and part: when it was done, if not now. */
  readonly times = new SvelteMap<string, Timing>();
  /** By the consent's key. */
  readonly tellings = new SvelteMap<string, TellingPaper>();
  /** By the consent's key. */
  readonly decisions = new SvelteMap<string, DecisionPaper>();
  /** By the consent's key and who is heard. */
  readonly hearings = new SvelteMap<string, HearingPaper>();
  /** By the phase's key and the place of the signature in it. */
  readonly guests = new SvelteMap<string, GuestPaper>();

  /** All of it as text; null where nothing is begun. */
  get text(): string | null {
    const { answers, times, tellings, decisions, hearings, guests } = this;
    if ([answers, times, tellings, decisions, hearings, guests].every(({ size }) => size === 0)) return null;
    return JSON.stringify({
      layout: LAYOUT,
      answers: [...answers],
      times: [...times],
      tellings: sheetsOf(tellings),
      decisions: sheetsOf(decisions),
      hearings: sheetsOf(hearings),
      guests: sheetsOf(guests),
    } satisfies Kept & { layout: number });
  }

  /** Takes up what `text` was; false where this build cannot read it. */
  take(text: string): boolean {
    const kept = keptIn(text);
    if (kept === null) return false;
    for (const [name, answer] of kept.answers) this.answers.set(name, answer);
    for (const [name, timing] of kept.times) this.times.set(name, timing);
    for (const [name, sheet] of kept.tellings) this.tellings.set(name, paperFrom(sheet));
    for (const [name, sheet] of kept.decisions) this.decisions.set(name, paperFrom(sheet));
    for (const [name, sheet] of kept.hearings) this.hearings.set(name, paperFrom(sheet));
    for (const [name, sheet] of kept.guests) this.guests.set(name, paperFrom(sheet));
    return true;
  }
}

/** Grows by one when what is kept changes its shape. */
const LAYOUT = 2;

type Named<T> = [name: string, value: T][];

interface Kept {
  answers: Named<BegunAnswer>;
  times: Named<Timing>;
  tellings: Named<TellingPaper["sheet"]>;
  decisions: Named<DecisionPaper["sheet"]>;
  hearings: Named<HearingPaper["sheet"]>;
  guests: Named<GuestPaper["sheet"]>;
}

/** Null where it is another build's. */
function keptIn(text: string): Kept | null {
  const { layout, ...kept } = JSON.parse(text) as Kept & { layout: number };
  return layout === LAYOUT ? kept : null;
}

function sheetsOf<Sheet>(papers: Iterable<[string, { sheet: Sheet }]>): Named<Sheet> {
  return [...papers].map(([name, { sheet }]) => [name, sheet]);
}
