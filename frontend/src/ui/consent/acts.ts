// What people do about a consent, as it is written. What they saw is compared with the case under the writer's lock.

import type { JsonObject } from "../../core/canonical.ts";
import { consentOf, type Decision, type Heard } from "../../core/consents.ts";
import type { Digest } from "../../core/entry.ts";
import type { ConsentView } from "../../core/readiness.ts";
import type { ConsentKind, Method } from "../../core/release.ts";
import type { Photograph } from "../../store/blobs.ts";
import type { Acting, Now, Signing } from "../case/case.svelte.ts";
import { cleanText, seenIn } from "../case/drafts.ts";
import { same } from "../case/same.ts";
import type { Line } from "../signature/drawing.ts";

/** The method that is drawn on this tablet, wherever a release offers it (docs/wire-format.md). */
export const IN_PERSON = "in-person";

/** What became of the copy that is offered with the information. */
export const COPIES = ["taken", "declined", "not-offered"] as const;
/** How identity and responsibility may have been checked (docs/wire-format.md). */
export const CHECKS = ["known", "card", "register", "told"] as const;
/** What somebody who is heard may think of it. */
export const VIEWS = ["agrees", "disagrees", "too-young", "not-asked"] as const;

/** A consent as somebody was shown it, who then acts upon it: not as it has become meanwhile. */
export interface ShownConsent {
  kind: ConsentKind;
  view: ConsentView;
  decided: readonly Decision[];
  heard: readonly Heard[];
  informed: readonly Digest[];
}

export function shownConsent(model: Pick<Acting, "state">, kind: ConsentKind, view: ConsentView): ShownConsent {
  const { decided, heard, informed } = consentOf(model.state.consents, kind.key);
  return { kind, view, decided, heard, informed: digestsOf(informed) };
}

/** In which language a text is shown at first: the one that the family was informed in, else `screens`, where it has that. */
export function firstLanguage({ state }: Pick<Acting, "state">, kind: ConsentKind, screens: string): string {
  const codes = Object.keys(kind.text);
  const told = [...consentOf(state.consents, kind.key).informed].sort((one, other) => one.at_ms - other.at_ms);
  return told.at(-1)?.language ?? codes.find((one) => one === screens) ?? codes[0] ?? "";
}

/** An interpreter between staff and family: how they took part, and their name or number. */
export interface Interpreter {
  mode: string;
  name: string;
}

/** The information that was given: when, by whom if not by who writes it, what was asked, whether a copy was taken. */
export interface Told {
  language: string;
  given_ms: number;
  by: string | null;
  risks: readonly string[];
  questions: string | null;
  copy: string;
  interpreter: Interpreter | null;
}

/** One person's decision. `lines` are empty where it was not drawn here; texts are null where there is nothing to say. */
export interface Decided {
  language: string;
  relation: string;
  basis: string;
  method: string;
  name: string;
  decision: "granted" | "refused";
  lines: readonly Line[];
  photograph: Photograph | null;
  /** When it was decided, if that was before it was written down. */
  decided_ms: number | null;
  /** How identity and responsibility were checked: a key, and more in words. */
  checked: string;
  checkedHow: string | null;
  interpreter: Interpreter | null;
  witness: string | null;
  where: string | null;
  seenBy: string | null;
  reason: string | null;
}

/** The view of somebody who need not grant. */
export interface View {
  who: string;
  view: (typeof VIEWS)[number];
  informed: boolean;
  name: string | null;
  words: string | null;
  lines: readonly Line[];
}

/** Who takes a consent back, how, and what is to become of what was taken. */
export interface TakenBack {
  relation: string;
  method: string;
  tissue: string | null;
  name: string | null;
  reason: string;
}

export function inform(model: Acting, { kind, view }: ShownConsent, told: Told, by: Signing): Promise<boolean> {
  const { language, risks, copy, interpreter, given_ms } = told;
  const said = { language, text: textOf(kind, language), risks: [...risks].sort(), copy, interpreter: interpreter?.mode ?? null };
  const part = { by: cleanOrNull(told.by), questions: cleanOrNull(told.questions), interpreter: cleanOrNull(interpreter?.name) };
  return model.act(
    (now) => [{ type: "consent.informed", body: { ...signed(model, view, now), ...said, given_ms }, private: part }],
    by,
  );
}

export function decide(model: Acting, shown: ShownConsent, signer: Decided, by: Signing): Promise<boolean> {
  const { kind, view } = shown;
  const { language, relation, basis, method, decision, decided_ms, checked, interpreter } = signer;
  const earlier = shown.decided.filter((one) => one.relation === relation);
  const photographs = signer.photograph === null ? [] : [signer.photograph];
  const decided = {
    ...{ language, relation, basis, method, decision, decided_ms, checked },
    text: textOf(kind, language),
    interpreter: interpreter?.mode ?? null,
    drawn: signer.lines.length > 0,
    witnessed: cleanOrNull(signer.witness) !== null,
    blobs: photographs.map(({ digest }) => digest),
    after: [...view.withdrawn, ...earlier.map(({ digest }) => digest)].sort(),
  };
  const part = {
    name: cleanText(signer.name),
    strokes: strokesOf(signer.lines),
    witness: cleanOrNull(signer.witness),
    where: cleanOrNull(signer.where),
    seen_by: cleanOrNull(signer.seenBy),
    checked: cleanOrNull(signer.checkedHow),
    interpreter: cleanOrNull(interpreter?.name),
    reason: cleanOrNull(signer.reason),
  };
  return model.act(
    (now) => isUnchanged(shown, now) &&
      [{ type: "consent.decided", body: { ...signed(model, view, now), ...decided }, private: part, photographs }],
    by,
  );
}

/** Replaces the views of the same person that were shown; one that came in meanwhile, nobody has answered. */
export function hear(model: Acting, shown: ShownConsent, said: View, by: Signing): Promise<boolean> {
  const { kind, view } = shown;
  const ofThem = (heard: readonly Heard[]) => digestsOf(heard.filter(({ who }) => who === said.who));
  const { who, view: opinion, informed, lines } = said;
  const heard = { who, view: opinion, informed, drawn: lines.length > 0, after: ofThem(shown.heard) };
  const part = { name: cleanOrNull(said.name), words: cleanOrNull(said.words), strokes: strokesOf(lines) };
  return model.act(
    (now) => same(ofThem(consentOf(now.state.consents, kind.key).heard), ofThem(shown.heard)) &&
      [{ type: "consent.heard", body: { ...signed(model, view, now), ...heard }, private: part }],
    by,
  );
}

export function confirm(model: Acting, shown: ShownConsent, said: { relation: string; changes: string | null }, by: Signing): Promise<boolean> {
  const { view } = shown;
  const after = [...view.withdrawn];
  const part = { changes: cleanOrNull(said.changes) };
  return model.act(
    (now) => isUnchanged(shown, now) &&
      [{ type: "consent.confirmed", body: { ...signed(model, view, now), relation: said.relation, after }, private: part }],
    by,
  );
}

/** The ways in which a withdrawal may have been said: nothing is drawn for it, where the form has such a way. */
export function waysToSay({ methods }: Pick<ConsentKind, "methods">): readonly Method[] {
  const undrawn = methods.filter(({ drawn }) => !drawn);
  return undrawn.length > 0 ? undrawn : methods;
}

/** Holds whatever has come in meanwhile: nobody has to look again before they may say no. */
export function withdraw(model: Acting, { view }: ShownConsent, back: TakenBack, by: Signing): Promise<boolean> {
  const { relation, method, tissue } = back;
  const part = { name: cleanOrNull(back.name), reason: cleanText(back.reason) };
  return model.act(
    (now) => [{ type: "consent.withdrawn", body: { ...signed(model, view, now), relation, method, tissue }, private: part }],
    by,
  );
}

function strokesOf(lines: readonly Line[]): number[][] | null {
  return lines.length === 0 ? null : lines.map((line) => [...line]);
}

/** null for what says nothing. */
function cleanOrNull(text: string | null | undefined): string | null {
  const clean = cleanText(text ?? "");
  return clean === "" ? null : clean;
}

function signed(model: Acting, view: ConsentView, { seen }: Now): JsonObject {
  return { consent: view.key, release: model.release?.digest ?? "", covers: [...view.covers], seen: seenIn(seen) };
}

function textOf(kind: ConsentKind, language: string): string {
  return kind.text[language]?.digest ?? "";
}

/** Whether a consent is still what somebody was shown. */
export function isUnchanged({ view: before, decided }: ShownConsent, { view: now, state }: Pick<Now, "view" | "state">): boolean {
  const view = now.consents.find(({ key }) => key === before.key);
  return (
    view !== undefined &&
    same(view.covers, before.covers) &&
    same(view.standing, before.standing) &&
    same(view.withdrawn, before.withdrawn) &&
    same(restingOn(view), restingOn(before)) &&
    same(digestsOf(consentOf(state.consents, before.key).decided), digestsOf(decided))
  );
}

/** Who may rest on what, as a list. */
function restingOn({ bases }: ConsentView): string[] {
  return Object.entries(bases).flatMap(([relation, keys]) => keys.map((key) => `${relation}/${key}`)).sort();
}

export function digestsOf(acts: readonly { readonly digest: Digest }[]): Digest[] {
  return acts.map(({ digest }) => digest);
}
