// Why a phase cannot be signed yet, in words.

import type { Blocker, PhaseView, SignatureView } from "../../core/readiness.ts";
import type { Phase } from "../../core/release.ts";
import type { CaseModel } from "./case.svelte.ts";

interface Speaker {
  words: {
    sign: {
      missing: (count: number) => string;
      held: (count: number) => string;
      earlier: (phases: string) => string;
      slotFirst: string;
      why: Record<Exclude<Blocker, "missing" | "held" | "order">, string>;
    };
  };
  of: (words: Phase["title"]) => string;
}

export function blockerWords(slot: SignatureView, phase: Phase, view: PhaseView, model: CaseModel, speaker: Speaker): string[] {
  const { sign } = speaker.words;
  // What is missing is what makes it unknown; one of the two is enough to be told.
  const told = slot.blockers.filter((blocker) => blocker !== "unknown" || !slot.blockers.includes("missing"));
  return told.map((blocker) => {
    if (blocker === "missing") return sign.missing(view.missing);
    if (blocker === "held") return sign.held(view.held);
    if (blocker !== "order") return sign.why[blocker];
    const unsigned = unsignedBefore(phase, model).map((title) => speaker.of(title));
    return unsigned.length > 0 ? sign.earlier(unsigned.join(", ")) : sign.slotFirst;
  });
}

function unsignedBefore(phase: Phase, model: CaseModel): Phase["title"][] {
  const phases = model.release?.document.phases ?? [];
  return phases.filter(({ key }) => phase.after.includes(key) && model.phase(key)?.status !== "signed").map(({ title }) => title);
}
