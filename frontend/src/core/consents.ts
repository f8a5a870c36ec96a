// What the entries say about each consent. Which of it suffices is judged against the release, in readiness.
// Twin of procedures/core/consents.py.

import { type Json, write } from "./canonical.ts";
import { type Act, actOf, type Book, sorted } from "./book.ts";
import type {
  Bodies, ConsentConfirmed, ConsentDecided, ConsentHeard, ConsentInformed, ConsentWithdrawn, Digest, Key,
} from "./entry.ts";
import type { Claim } from "./registers.ts";

/** A body without what names the consent and the log. */
type Said<Body> = Readonly<Omit<Body, "consent" | "seen">>;

export type Informed = Act & Omit<Said<ConsentInformed>, "covers">;

export interface Decision extends Act, Said<ConsentDecided> {
  /** A standing withdrawal of this consent is not named in `after`. */
  readonly defeated: boolean;
  /** A later standing decision of the same relation names this one in `after`. */
  readonly superseded: boolean;
}

export interface Heard extends Act, Said<ConsentHeard> {
  readonly superseded: boolean;
}

export interface Confirmation extends Act, Said<ConsentConfirmed> {
  readonly defeated: boolean;
  readonly reopened: boolean;
}

export type Withdrawal = Act & Omit<Said<ConsentWithdrawn>, "covers">;

/** Standing entries, sorted by digest; `voided` are decisions entered in error. */
export interface ConsentState {
  readonly informed: readonly Informed[];
  readonly decided: readonly Decision[];
  readonly heard: readonly Heard[];
  readonly confirmed: readonly Confirmation[];
  readonly withdrawn: readonly Withdrawal[];
  readonly voided: readonly Digest[];
}

const NO_CONSENT: ConsentState = { informed: [], decided: [], heard: [], confirmed: [], withdrawn: [], voided: [] };

/** What is said about a consent, by its key; nothing where nothing is. */
export function consentOf(consents: { readonly [consent: string]: ConsentState }, key: Key): ConsentState {
  return Object.hasOwn(consents, key) ? (consents[key] ?? NO_CONSENT) : NO_CONSENT;
}

/** The place that decisions, confirmations and withdrawals of a consent share. */
export function consentPlace(consent: Key): string {
  return `consent/${consent}`;
}

type Says = { readonly [T in "decided" | "heard"]: (body: Bodies[`consent.${T}`]) => readonly Json[] };

/** What an act says in the place of its consent: what a signature over it was given to. */
const SAYS: Says = {
  decided: ({ decision, relation, basis, method }) => [decision, relation, basis, method],
  heard: ({ who, view }) => [who, view],
};

export function decisionContent(body: Pick<ConsentDecided, "decision" | "relation" | "basis" | "method">): string {
  return write(["decided", ...SAYS.decided(body as ConsentDecided)]);
}

export const CONFIRMED = write(["confirmed"]);
export const WITHDRAWN = write(["withdrawn"]);

/** Consent claims by digest, of entries that stand or do not. */
export function consentClaims(book: Book): readonly (readonly [Digest, Claim])[] {
  const claim = ({ digest, body }: { digest: Digest; body: { consent: Key } }, content: string) =>
    [digest, { place: consentPlace(body.consent), content }] as const;
  return [
    ...book.all("consent.decided").map((held) => claim(held, decisionContent(held.body))),
    ...book.all("consent.heard").map((held) => claim(held, write(["heard", ...SAYS.heard(held.body)]))),
    ...book.all("consent.confirmed").map((held) => claim(held, CONFIRMED)),
    ...book.all("consent.withdrawn").map((held) => claim(held, WITHDRAWN)),
  ];
}

const TYPES = ["consent.informed", "consent.decided", "consent.heard", "consent.confirmed", "consent.withdrawn"] as const;

export function foldConsents(
  book: Book, reopened: ReadonlySet<Digest>,
): { readonly [consent: string]: ConsentState } {
  const keys = sorted(TYPES.flatMap((type) => book.all(type).map(({ body }) => body.consent)));
  return Object.fromEntries(keys.map((key) => [key, foldConsent(key, book, reopened)]));
}

function foldConsent(key: Key, book: Book, reopened: ReadonlySet<Digest>): ConsentState {
  const of = <T extends { readonly body: { readonly consent: Key } }>(held: readonly T[]): readonly T[] =>
    held.filter(({ body }) => body.consent === key);
  const withdrawn = of(book.standing("consent.withdrawn"));
  const decided = of(book.standing("consent.decided"));
  const heard = of(book.standing("consent.heard"));
  return {
    informed: of(book.standing("consent.informed")).map((held) => ({ ...actOf(held), ...without(held.body, "covers") })),
    decided: decided.map((held) => ({
      ...actOf(held), ...without(held.body), defeated: isDefeated(held.body.after, withdrawn),
      superseded: decided.some(({ body }) => body.relation === held.body.relation && body.after.includes(held.digest)),
    })),
    heard: heard.map((held) => ({
      ...actOf(held), ...without(held.body),
      superseded: heard.some(({ body }) => body.who === held.body.who && body.after.includes(held.digest)),
    })),
    confirmed: of(book.standing("consent.confirmed")).map((held) => ({
      ...actOf(held), ...without(held.body),
      defeated: isDefeated(held.body.after, withdrawn), reopened: reopened.has(held.digest),
    })),
    withdrawn: withdrawn.map((held) => ({ ...actOf(held), ...without(held.body, "covers") })),
    voided: of(book.all("consent.decided")).map(({ digest }) => digest).filter((digest) => book.voided.has(digest)),
  };
}

function without<Body extends { consent: Key; seen: unknown }, K extends keyof Body = "seen" & keyof Body>(
  body: Body, ...fields: readonly K[]
): Omit<Body, "consent" | "seen" | K> {
  const left = new Set<PropertyKey>(["consent", "seen", ...fields]);
  return Object.fromEntries(Object.entries(body).filter(([field]) => !left.has(field))) as Omit<Body, "consent" | "seen" | K>;
}

/** A withdrawal defeats whatever does not name it, seen or not. */
function isDefeated(after: readonly Digest[], withdrawn: readonly { readonly digest: Digest }[]): boolean {
  return withdrawn.some(({ digest }) => !after.includes(digest));
}
