// A paper on which somebody is about to sign: what was filled in and drawn so far. It outlives rotation, a change of
// appearance, the locking of the tablet and, kept by ui/begun.ts, the end of the browser.

import type { Photograph } from "../../store/blobs.ts";
import type { Line } from "./drawing.ts";

/**
 * `Shown`: what the person who signs is shown of the case. `Chosen`: what stands above the signature. `Told`: what is
 * written down beside it, by who answers for it.
 */
export class Paper<Shown extends object, Chosen extends object, Told extends object> {
  /** Lies on the table: shown again after the tablet was locked. */
  open = $state(true);
  name = $state("");
  lines = $state.raw<readonly Line[]>([]);
  /** As at the first line, or when it was handed over without one: what came in afterwards, nobody has signed. */
  over = $state.raw<Shown | null>(null);
  /** When the first line was drawn, by the server's clock. */
  drawn_ms = $state<number | null>(null);
  /** What was agreed to, drawn or not, was taken away, because what it was agreed under has changed. */
  taken = $state(false);
  /** Of a paper that was signed elsewhere. In memory only: it is taken again in seconds. */
  photograph = $state.raw<Photograph | null>(null);
  chosen = $state.raw() as Readonly<Chosen>;
  told = $state() as Told;

  constructor(chosen: Readonly<Chosen>, told: Told) {
    this.chosen = chosen;
    this.told = told;
  }

  get begun(): boolean {
    return this.name !== "" || this.lines.length > 0;
  }

  draw(lines: readonly Line[], shown: Shown, now_ms: number): void {
    if (this.lines.length === 0) [this.over, this.drawn_ms] = [shown, now_ms];
    this.lines = lines;
    this.taken = false;
  }

  /** Goes on to who answers for it. Without a line it is now that they agree to what is shown. */
  hand(shown: Shown): void {
    if (this.lines.length === 0) this.over = shown;
    this.taken = false;
  }

  /** Whatever stands above a signature when it is drawn, stands for good. */
  choose(chosen: Partial<Chosen>): void {
    const next = { ...this.chosen, ...chosen };
    const changed = (Object.keys(next) as (keyof Chosen)[]).some((field) => next[field] !== this.chosen[field]);
    this.chosen = next;
    if (changed) this.takeLines();
  }

  takeLines(): void {
    this.taken = this.taken || this.over !== null;
    this.lines = [];
    this.back();
  }

  /** Back from who answers for it: what is not drawn is agreed to anew. */
  back(): void {
    if (this.lines.length === 0) [this.over, this.drawn_ms] = [null, null];
  }

  /** All of it as JSON has it; `paperFrom` makes it a paper again. */
  get sheet(): Sheet<Shown, Chosen, Told> {
    const { open, name, lines, over, drawn_ms, chosen, told } = this;
    return { open, name, lines, over, drawn_ms, chosen, told };
  }
}

export function paperFrom<Shown extends object, Chosen extends object, Told extends object>(sheet: Sheet<Shown, Chosen, Told>): Paper<Shown, Chosen, Told> {
  const paper = new Paper<Shown, Chosen, Told>(sheet.chosen, sheet.told);
  paper.open = sheet.open;
  paper.name = sheet.name;
  paper.lines = sheet.lines;
  paper.over = sheet.over;
  paper.drawn_ms = sheet.drawn_ms;
  return paper;
}

export interface Sheet<Shown, Chosen, Told> {
  open: boolean;
  name: string;
  lines: readonly Line[];
  over: Shown | null;
  drawn_ms: number | null;
  chosen: Readonly<Chosen>;
  told: Told;
}
