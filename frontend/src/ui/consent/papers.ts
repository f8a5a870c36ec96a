// What is filled in before a decision or a view is written: what the family chooses and signs, and what staff add.

import { consentOf } from "../../core/consents.ts";
import type { State } from "../../core/fold.ts";
import type { ConsentKind, Method } from "../../core/release.ts";
import type { Begun } from "../begun.ts";
import { same } from "../case/same.ts";
import { momentOf } from "../look/when.ts";
import { Paper } from "../signature/paper.svelte.ts";
import { type Decided, digestsOf, IN_PERSON, type Interpreter, type ShownConsent, type View } from "./acts.ts";

export const NO_INTERPRETER = "none" as const;

/** A day and a time of day as the fields hold them; null: now. */
export type When = { date: string; time: string } | null;

export interface Chosen {
  language: string;
  relation: string | null;
  basis: string | null;
  method: string | null;
  decision: Decided["decision"] | null;
  /** They cannot draw: a witness stands for the signature. */
  undrawn: boolean;
}

export interface Told {
  checked: string | null;
  checkedHow: string;
  interpreter: string;
  interpreterName: string;
  witness: string;
  where: string;
  seenBy: string;
  reason: string;
  when: When;
}

export type DecisionPaper = Paper<ShownConsent, Chosen, Told>;
export type HearingPaper = Paper<ShownConsent, { who: string; view: View["view"] | null; informed: boolean | null }, { words: string }>;

/** What the browser's end has left open, and was written before it ended, is not laid before anybody once more. */
export function putAsideWritten({ tellings, hearings }: Pick<Begun, "tellings" | "hearings">, consents: State["consents"]): void {
  const told = (key: string) => digestsOf(consentOf(consents, key).informed);
  const heard = (key: string) => digestsOf(consentOf(consents, key).heard);
  for (const paper of tellings.values()) if (paper.over !== null && !same(told(paper.over.kind.key), paper.over.informed)) paper.open = false;
  for (const paper of hearings.values()) if (paper.over !== null && !same(heard(paper.over.kind.key), digestsOf(paper.over.heard))) paper.open = false;
}

/** Of the information that is being given: nobody signs it but staff. */
export type TellingPaper = Paper<ShownConsent, { language: string }, Telling>;

export interface Telling {
  risks: string[];
  copy: string | null;
  interpreter: string;
  interpreterName: string;
  questions: string;
  by: string;
  when: When;
}

export function tellingPaper(language: string): TellingPaper {
  return new Paper({ language }, { risks: [], copy: null, interpreter: NO_INTERPRETER, interpreterName: "", questions: "", by: "", when: null });
}

const UNTOLD: Readonly<Told> = {
  checked: null, checkedHow: "", interpreter: NO_INTERPRETER, interpreterName: "", witness: "", where: "", seenBy: "", reason: "", when: null,
};

/** `first` language is that in which the text was shown. */
export function decisionPaper({ methods }: Pick<ConsentKind, "methods">, first: string): DecisionPaper {
  const method = methods.some(({ key }) => key === IN_PERSON) ? IN_PERSON : null;
  return new Paper(
    { language: first, relation: null, basis: null, method, decision: null, undrawn: false },
    { ...UNTOLD },
  );
}

/** The paper on which somebody decides lies open: the one that was begun, else a new one. */
export function openDecision({ decisions }: Begun, kind: ConsentKind, first: string, decision: Decided["decision"] | null): void {
  const paper = decisions.get(kind.key) ?? decisionPaper(kind, first);
  if (!paper.begun) paper.choose({ language: first, decision: null });
  // Whoever says no finds no yes that somebody had begun.
  if (decision !== null) paper.choose({ decision });
  paper.open = true;
  decisions.set(kind.key, paper);
}

export function hearingPaper(who: string): HearingPaper {
  return new Paper({ who, view: null, informed: null }, { words: "" });
}

export function interpreterOf(mode: string, name: string): Interpreter | null {
  return mode === NO_INTERPRETER ? null : { mode, name };
}

/** Null for now; NaN where the day or the time is missing. */
export function whenOf(when: When): number | null {
  return when === null ? null : momentOf(when.date, when.time);
}

/** What staff said of one person says nothing of another. */
export function chooseRelation(paper: DecisionPaper, relation: string): void {
  const { chosen, told } = paper;
  if (chosen.relation === relation) return;
  if (chosen.relation !== null) {
    const { interpreter, interpreterName, when } = told;
    paper.told = { ...UNTOLD, interpreter, interpreterName, when };
    paper.name = "";
    paper.photograph = null;
  }
  paper.choose({ relation, basis: null });
}

/** What stays chosen of what is offered. A sole basis is chosen by itself: it stands there before anybody signs. */
export function basisAmong(offered: readonly { key: string }[], basis: string | null): string | null {
  const only = offered.length === 1 ? offered[0] : undefined;
  return (offered.find(({ key }) => key === basis) ?? only)?.key ?? null;
}

export function chooseMethod(paper: DecisionPaper, { key, elsewhere }: Method): void {
  paper.choose({ method: key, undrawn: false });
  paper.told.when = elsewhere ? { date: "", time: "" } : null;
}

export type Need = "needed" | "optional" | "none";

export interface Needs {
  drawing: Need;
  witness: Need;
  photograph: Need;
  /** Where it was signed, when, and who has seen it. */
  elsewhere: boolean;
}

/** What one way of deciding asks for. Whoever says no is believed as they say it. */
export function needsOf(method: Method | undefined, { decision, undrawn }: Chosen): Needs {
  const refused = decision === "refused";
  const need = (asked: boolean): Need => (!asked ? "none" : refused ? "optional" : "needed");
  const drawn = method?.drawn === true;
  return {
    drawing: need(drawn && !undrawn),
    witness: need(method?.witness === true || (drawn && undrawn)),
    photograph: need(method?.photograph === true),
    elsewhere: method?.elsewhere === true,
  };
}

export type Lack = "relation" | "basis" | "method" | "decision";

/** What the family has still to choose. */
export function lackOf({ relation, basis, method, decision }: Chosen): Lack | null {
  if (relation === null) return "relation";
  if (basis === null) return "basis";
  if (method === null) return "method";
  return decision === null ? "decision" : null;
}

/** Nobody goes by what was said longer ago; it is a slip of the year, as 0026 is. */
const LONGEST_AGO_MS = 5 * 366 * 86_400_000;

export function whenLack(when: When, now_ms: number): "dated" | "future" | null {
  const at_ms = whenOf(when);
  if (at_ms === null) return null;
  if (at_ms > now_ms) return "future";
  return now_ms - at_ms < LONGEST_AGO_MS ? null : "dated";
}

type StaffLack = "photograph" | "where" | "seenBy" | "dated" | "future" | "witness" | "checked";

/** What staff have still to add. */
export function staffLackOf({ told, photograph }: Pick<DecisionPaper, "told" | "photograph">, needs: Needs, now_ms: number): StaffLack | null {
  const { elsewhere, witness } = needs;
  const blank = (text: string) => text.trim() === "";
  if (needs.photograph === "needed" && photograph === null) return "photograph";
  if (elsewhere && blank(told.where)) return "where";
  if (elsewhere && blank(told.seenBy)) return "seenBy";
  const unclear = whenLack(told.when, now_ms);
  if (unclear !== null || (elsewhere && told.when === null)) return unclear ?? "dated";
  if (witness === "needed" && blank(told.witness)) return "witness";
  return told.checked === null ? "checked" : null;
}

/** Null while something lacks. What was filled in for another way than the one chosen in the end is left out. */
export function decidedOn(paper: DecisionPaper, { drawing, witness, photograph, elsewhere }: Needs): Decided | null {
  const { chosen, told, name, lines } = paper;
  const { language, relation, basis, method, decision } = chosen;
  const { checked } = told;
  if (relation === null || basis === null || method === null || decision === null || checked === null) return null;
  return {
    language, relation, basis, method, decision, checked, name,
    lines: drawing === "none" ? [] : lines,
    photograph: photograph === "none" ? null : paper.photograph,
    decided_ms: whenOf(told.when),
    checkedHow: told.checkedHow,
    interpreter: interpreterOf(told.interpreter, told.interpreterName),
    witness: witness === "none" ? null : told.witness,
    where: elsewhere ? told.where : null,
    seenBy: elsewhere ? told.seenBy : null,
    reason: decision === "refused" ? told.reason : null,
  };
}

/** Null while something lacks. */
export function heardOn({ chosen, told, name, lines }: HearingPaper): View | null {
  const { who, view, informed } = chosen;
  return view === null || informed === null ? null : { who, view, informed, name, words: told.words, lines };
}
