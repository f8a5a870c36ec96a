// A paper on which somebody is about to sign: what was filled in and drawn so far. In memory only. It outlives rotation,
// a change of appearance and the locking of the tablet.

import type { Line } from "./drawing.ts";

export class Paper {
  /** Lies on the table: shown again after the tablet was locked. */
  open = $state(true);
  /** As whom: a relation to the patient, or a role. */
  as = $state<string | null>(null);
  /** Of the text that is signed, where one is. */
  language = $state("");
  name = $state("");
  decision = $state<"granted" | "refused" | null>(null);
  lines = $state.raw<readonly Line[]>([]);

  get begun(): boolean {
    return this.name !== "" || this.lines.length > 0;
  }

  /** A new paper in the place of this one. */
  clear(): void {
    this.as = null;
    this.name = "";
    this.decision = null;
    this.lines = [];
  }
}
