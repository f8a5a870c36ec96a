// From what a reader sees, picture after picture, to the one code that was meant.

import { cleanText } from "../case/drafts.ts";

export type Seen =
  | { kind: "nothing" }
  /** Different codes at once: which one is meant is not for a program to say. */
  | { kind: "several" }
  | { kind: "read"; text: string };

/** A code counts when two pictures in a row say the same: the simpler bar codes have no check digit. */
export class Sightings {
  private before: string | null = null;

  see(texts: readonly string[]): Seen {
    const found = [...new Set(texts.map(cleanText).filter((text) => text !== ""))];
    const [text = null] = found;
    const again = text !== null && text === this.before;
    this.before = found.length === 1 ? text : null;
    if (found.length > 1) return { kind: "several" };
    return again ? { kind: "read", text } : { kind: "nothing" };
  }
}
