// What the entries say about each consent. Which of it suffices is judged against the release, in readiness.
// Twin of procedures/core/consents.py.

import { write } from "./canonical.ts";
import { type Act, actOf, type Book, type Held, sorted } from "./book.ts";
import type { Digest, Key } from "./entry.ts";
import type { Claim } from "./registers.ts";

export interface Informed extends Act {
  readonly language: Key;
  readonly text: Digest;
}

export interface Decision extends Act {
  readonly release: Digest;
  readonly language: Key;
  readonly text: Digest;
  readonly decision: Key;
  readonly relation: Key;
  readonly method: Key;
  readonly after: readonly Digest[];
  readonly covers: readonly Digest[];
  /** A standing withdrawal of this consent is not named in `after`. */
  readonly defeated: boolean;
  /** A later standing decision of the same relation names this one in `after`. */
  readonly superseded: boolean;
}

export interface Confirmation extends Act {
  readonly release: Digest;
  readonly after: readonly Digest[];
  readonly covers: readonly Digest[];
  readonly defeated: boolean;
  readonly reopened: boolean;
}

/** Standing entries, sorted by digest; `voided` are decisions entered in error. */
export interface ConsentState {
  readonly informed: readonly Informed[];
  readonly decided: readonly Decision[];
  readonly confirmed: readonly Confirmation[];
  readonly withdrawn: readonly Act[];
  readonly voided: readonly Digest[];
}

const NO_CONSENT: ConsentState = { informed: [], decided: [], confirmed: [], withdrawn: [], voided: [] };

/** What is said about a consent, by its key; nothing where nothing is. */
export function consentOf(consents: { readonly [consent: string]: ConsentState }, key: Key): ConsentState {
  return Object.hasOwn(consents, key) ? (consents[key] ?? NO_CONSENT) : NO_CONSENT;
}

/** The place that decisions, confirmations and withdrawals of a consent share. */
export function consentPlace(consent: Key): string {
  return `consent/${consent}`;
}

export function decisionContent(decision: Key, relation: Key): string {
  return write(["decided", decision, relation]);
}

export const CONFIRMED = write(["confirmed"]);
export const WITHDRAWN = write(["withdrawn"]);

/** Consent claims by digest, of entries that stand or do not. */
export function consentClaims(book: Book): readonly (readonly [Digest, Claim])[] {
  return [
    ...book.all("consent.decided").map(({ digest, body }) =>
      [digest, { place: consentPlace(body.consent), content: decisionContent(body.decision, body.relation) }] as const),
    ...book.all("consent.confirmed").map(({ digest, body }) =>
      [digest, { place: consentPlace(body.consent), content: CONFIRMED }] as const),
    ...book.all("consent.withdrawn").map(({ digest, body }) =>
      [digest, { place: consentPlace(body.consent), content: WITHDRAWN }] as const),
  ];
}

export function foldConsents(
  book: Book, reopened: ReadonlySet<Digest>,
): { readonly [consent: string]: ConsentState } {
  const types = ["consent.informed", "consent.decided", "consent.confirmed", "consent.withdrawn"] as const;
  const keys = sorted(types.flatMap((type) => book.all(type).map(({ body }) => body.consent)));
  return Object.fromEntries(keys.map((key) => [key, foldConsent(key, book, reopened)]));
}

function foldConsent(key: Key, book: Book, reopened: ReadonlySet<Digest>): ConsentState {
  const of = <T extends { readonly body: { readonly consent: Key } }>(held: readonly T[]): readonly T[] =>
    held.filter(({ body }) => body.consent === key);
  const withdrawn = of(book.standing("consent.withdrawn")).map(actOf);
  const decided = of(book.standing("consent.decided"));
  return {
    informed: of(book.standing("consent.informed")).map((held) => ({
      ...actOf(held), language: held.body.language, text: held.body.text,
    })),
    decided: decided.map((held) => decisionOf(held, decided, withdrawn)),
    confirmed: of(book.standing("consent.confirmed")).map((held) => ({
      ...actOf(held), release: held.body.release, after: held.body.after, covers: held.body.covers,
      defeated: isDefeated(held.body.after, withdrawn), reopened: reopened.has(held.digest),
    })),
    withdrawn,
    voided: of(book.all("consent.decided")).map(({ digest }) => digest).filter((digest) => book.voided.has(digest)),
  };
}

function decisionOf(
  held: Held<"consent.decided">, decided: readonly Held<"consent.decided">[], withdrawn: readonly Act[],
): Decision {
  const { release, language, text, decision, relation, method, after, covers } = held.body;
  const superseded = decided.some(({ body }) => body.relation === relation && body.after.includes(held.digest));
  return {
    ...actOf(held), release, language, text, decision, relation, method, after, covers,
    defeated: isDefeated(after, withdrawn), superseded,
  };
}

/** A withdrawal defeats whatever does not name it, seen or not. */
function isDefeated(after: readonly Digest[], withdrawn: readonly Act[]): boolean {
  return withdrawn.some(({ digest }) => !after.includes(digest));
}
