// From what a person did on the screen to what will be written.

import type { Json } from "../../core/canonical.ts";
import type { Seen } from "../../core/entry.ts";
import type { HoldView, ItemView, PhaseView, SignatureView } from "../../core/readiness.ts";
import type { Draft } from "../../store/journal.ts";

export interface Answer {
  value: Json;
  /** The value of a text or scan item, which is private. */
  text?: string;
  /** Why it could not be obtained, or is not so. */
  reason?: string;
}

/** Text as the core takes it: composed, trimmed, no control but the line break. */
export function cleanText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll("\r\n", "\n").replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ").normalize("NFC").trim();
}

export function answerDraft(item: ItemView, { value, text, reason }: Answer): Draft {
  const cleanReason = reason === undefined || cleanText(reason) === "" ? null : cleanText(reason);
  const cleanAnswer = text === undefined ? null : cleanText(text);
  return {
    type: "answer.given",
    // Replaces what the person saw, all of it where answers differed; what came in meanwhile stays beside it.
    body: { item: item.key, part: item.part, value, replaces: [...item.heads], occurred_ms: null, late: false },
    private: cleanReason === null && cleanAnswer === null ? null : { text: cleanAnswer, reason: cleanReason },
  };
}

export function noteDraft(item: ItemView, text: string): Draft {
  return { type: "note.added", body: { item: item.key, part: item.part }, private: { text: cleanText(text) } };
}

export function holdDraft(
  type: "hold.acknowledged" | "hold.overridden",
  item: ItemView,
  hold: HoldView,
  part: { reason: string } | null,
): Draft {
  return {
    type,
    body: { item: item.key, part: item.part, hold: hold.key, covers: [...hold.covers] },
    private: part === null ? null : { reason: cleanText(part.reason) },
  };
}

interface ToSign {
  phase: PhaseView;
  slot: SignatureView;
  release: string;
  /** The head of the ward's log as last pulled: whoever signs, signs it too. */
  seen: Seen | null;
}

export function signatureDraft({ phase, slot, release, seen }: ToSign): Draft {
  return {
    type: "phase.signed",
    body: { phase: phase.key, meaning: slot.meaning, release, covers: [...phase.covers], seen: seen === null ? null : { ...seen }, guest: null },
    private: null,
  };
}
