// A paper on which somebody is about to sign: what was filled in and drawn so far. In memory only. It outlives rotation,
// a change of appearance and the locking of the tablet.

import type { Line } from "./drawing.ts";

/** `Shown`: what the person who draws is shown of the case, and signs. */
export class Paper<Shown extends object> {
  /** Lies on the table: shown again after the tablet was locked. */
  open = $state(true);
  name = $state("");
  lines = $state.raw<readonly Line[]>([]);
  /** As at the first line: what came in afterwards, nobody has signed. */
  over = $state.raw<Shown | null>(null);
  /** Lines were taken away, because what they were drawn under has changed. */
  taken = $state(false);
  private chosen = $state.raw<Chosen>(BLANK);

  /** As whom: a relation to the patient, or a role. */
  get as(): string | null {
    return this.chosen.as;
  }

  /** Of the text that is signed; "" where none is. */
  get language(): string {
    return this.chosen.language;
  }

  get decision(): "granted" | "refused" | null {
    return this.chosen.decision;
  }

  /** The legal basis of a decision. */
  get basis(): string | null {
    return this.chosen.basis;
  }

  get begun(): boolean {
    return this.name !== "" || this.lines.length > 0;
  }

  draw(lines: readonly Line[], shown: Shown): void {
    if (this.lines.length === 0) this.over = shown;
    this.lines = lines;
    this.taken = false;
  }

  /** Whatever stands above a signature when it is drawn, stands for good. */
  choose(chosen: Partial<Chosen>): void {
    const next = { ...this.chosen, ...chosen };
    const changed = (Object.keys(BLANK) as (keyof Chosen)[]).some((field) => next[field] !== this.chosen[field]);
    this.chosen = next;
    if (changed) this.takeLines();
  }

  takeLines(): void {
    this.taken = this.taken || this.lines.length > 0;
    this.lines = [];
    this.over = null;
  }

  /** A new paper in the place of this one. */
  clear(): void {
    this.chosen = BLANK;
    this.name = "";
    this.takeLines();
    this.taken = false;
  }
}

interface Chosen {
  readonly as: string | null;
  readonly language: string;
  readonly decision: "granted" | "refused" | null;
  readonly basis: string | null;
}

const BLANK: Chosen = { as: null, language: "", decision: null, basis: null };
