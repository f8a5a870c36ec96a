// From what a person did on the screen to what will be written.

import type { Json, JsonObject } from "../../core/canonical.ts";
import type { Seen } from "../../core/entry.ts";
import type { HoldView, ItemView, PhaseView, SignatureView } from "../../core/readiness.ts";
import type { Draft } from "../../store/journal.ts";
import type { Timing } from "../answer/timing.ts";
import type { Line } from "../signature/drawing.ts";

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

export function answerDraft(item: ItemView, { value, text, reason }: Answer, timing: Timing | null): Draft {
  // Why it is entered later stands on a line of its own, the last one.
  const reasons = [reason, timing?.why?.replaceAll("\n", " ")].map((one) => cleanText(one ?? "")).filter((one) => one !== "");
  const cleanReason = reasons.length === 0 ? null : reasons.join("\n");
  const cleanAnswer = text === undefined ? null : cleanText(text);
  return {
    type: "answer.given",
    body: {
      item: item.key,
      part: item.part,
      value,
      // Replaces what the person saw, all of it where answers differed or are asked again; what came in meanwhile
      // stays beside it.
      replaces: [...item.heads, ...item.reopened].sort(),
      occurred_ms: timing?.occurred_ms ?? null,
      late: timing?.late ?? false,
      ...(item.covers === null ? {} : { covers: [...item.covers] }),
    },
    private: cleanReason === null && cleanAnswer === null ? null : { text: cleanAnswer, reason: cleanReason },
  };
}

export function noteDraft(item: { key: string | null; part: string }, text: string): Draft {
  return { type: "note.added", body: { item: item.key, part: item.part }, private: { text: cleanText(text) } };
}

export function holdDraft(
  type: "hold.acknowledged" | "hold.overridden",
  item: ItemView,
  hold: HoldView,
  part: { reason: string; basis: string | null } | null,
): Draft {
  const body = { item: item.key, part: item.part, hold: hold.key, covers: [...hold.covers] };
  if (part === null) return { type, body, private: null };
  return { type, body: { ...body, basis: part.basis }, private: { reason: cleanText(part.reason) } };
}

/** Somebody who is not enrolled on this tablet. */
export interface Guest {
  role: string;
  name: string;
  lines: readonly Line[];
}

interface ToSign {
  phase: PhaseView;
  slot: SignatureView;
  release: string;
  /** The head of the ward's log as last pulled: whoever signs, signs it too. */
  seen: Seen | null;
  guest: Guest | null;
}

export function signatureDraft({ phase, slot, release, seen, guest }: ToSign): Draft {
  return {
    type: "phase.signed",
    body: {
      phase: phase.key,
      meaning: slot.meaning,
      release,
      covers: [...phase.covers],
      seen: seenIn(seen),
      guest: guest === null ? null : { role: guest.role },
    },
    private: guest === null ? null : drawnPart(guest),
  };
}

export function seenIn(seen: Seen | null): JsonObject | null {
  return seen === null ? null : { ...seen };
}

/** The private part of what somebody signed by drawing. */
export function drawnPart({ name, lines }: { name: string; lines: readonly Line[] }): JsonObject {
  return { name: cleanText(name), strokes: lines.map((line) => [...line]) };
}
