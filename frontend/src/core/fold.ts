// Entries -> case state: a pure function, the same in Python (procedures/core/fold.py). Any permutation, with any
// duplicates, gives the same state. Role, another person, fitness and closure are judged in readiness.

import { type Act, actOf, Book, sorted, type Written } from "./book.ts";
import { write } from "./canonical.ts";
import { consentClaims, type ConsentState, foldConsents } from "./consents.ts";
import { correctedMs, type Digest, type HoldAcknowledged, type Key, SERVER_TYPES, type Uuid } from "./entry.ts";
import { type Claim, foldRegisters, type Register, registerClaim, unreplaced } from "./registers.ts";

export type { Written } from "./book.ts";
export type { Confirmation, ConsentState, Decision, Informed } from "./consents.ts";
export { answerRegister, type Claim, type PrivatePart, type Register } from "./registers.ts";

export interface Opened {
  readonly digest: Digest;
  readonly protocol: Key;
  readonly release: Digest;
  readonly session: Uuid | null;
  readonly previous: Uuid | null;
}

/** What clears a hold. */
export interface HoldAct extends Act {
  readonly item: Key;
  readonly part: string;
  readonly hold: Key;
  readonly covers: readonly Digest[];
}

export interface Override extends HoldAct {
  readonly basis: Key | null;
}

export interface Signature extends Act {
  readonly phase: Key;
  readonly meaning: Key;
  readonly release: Digest;
  readonly covers: readonly Digest[];
  /** The guest's role, or null when the writer signed. */
  readonly guest: Key | null;
}

/** A taking over or a closing, with all that there was in the case. */
export interface CoveringAct extends Act {
  readonly covers: readonly Digest[];
}

export interface Note {
  readonly digest: Digest;
  readonly item: Key | null;
  readonly part: string;
}

/** JSON-able and canonically encodable. Lists hold standing entries and are sorted by digest. */
export interface State {
  readonly v: number;
  readonly case: Uuid | null;
  readonly opened: readonly Opened[];
  /** "subject", "planned", "closing", "answer/<item>/<part>" -> register. */
  readonly registers: { readonly [register: string]: Register };
  readonly acknowledged: readonly HoldAct[];
  readonly overridden: readonly Override[];
  readonly signatures: readonly Signature[];
  /** Who answers for the case: those who took it over and whom nobody has followed; none, until somebody has. */
  readonly taken: readonly CoveringAct[];
  readonly closings: readonly CoveringAct[];
  readonly consents: { readonly [consent: string]: ConsentState };
  readonly notes: readonly Note[];
  /** digest -> what it claims, also for entries that no longer stand: `covers` is judged by it. */
  readonly claims: { readonly [digest: string]: Claim };
  /** What was shown beside each answer that says so, by its digest. */
  readonly confirmations: { readonly [digest: string]: readonly Digest[] };
  /** What standing postponements ask for again. */
  readonly reopened: readonly Digest[];
  /** target -> the entries that void it. */
  readonly voided: { readonly [target: string]: readonly Digest[] };
  /** target -> why. */
  readonly quarantined: { readonly [target: string]: readonly Key[] };
  readonly unreadable: readonly Digest[];
  /** The bases on which the case was erased. */
  readonly erased: readonly Key[];
  /** "clock-skew", "late", "late-after-closing" -> the entries. They count all the same. */
  readonly flags: { readonly [code: string]: readonly Digest[] };
}

export const STATE_VERSION = 1;
/** A tablet's clock that was further off than this is flagged (ms). */
export const SKEW_MS = 120_000;

/**
 * Fold the entries of one case; entries without a case are ignored. Throws when entries of several cases are mixed,
 * which is a fault of the caller. That server types were written by the server is checked before, at the door.
 */
export function fold(written: readonly Written[]): State {
  const book = new Book(written);
  const reopened = new Set(book.standing("case.postponed").flatMap(({ body }) => body.reopens));
  const registers = foldRegisters(book, reopened);
  return {
    v: STATE_VERSION,
    case: book.case,
    registers,
    consents: foldConsents(book, reopened),
    claims: claimsOf(book),
    confirmations: confirmationsIn(book),
    ...actsOf(book),
    reopened: sorted(reopened),
    voided: Object.fromEntries(book.voided),
    quarantined: Object.fromEntries(book.quarantined),
    unreadable: book.unreadable,
    erased: sorted(book.standing("case.erased").map(({ body }) => body.basis)),
    flags: flagsOf(book, registers["closing"]?.heads ?? []),
  };
}

type Acts = Pick<State, "opened" | "acknowledged" | "overridden" | "signatures" | "taken" | "closings" | "notes">;

function actsOf(book: Book): Acts {
  return {
    opened: book.standing("case.opened").map(({ digest, body: { protocol, release, session, previous } }) => ({
      digest, protocol, release, session, previous,
    })),
    acknowledged: book.standing("hold.acknowledged").map((held) => ({ ...actOf(held), ...holdOf(held.body) })),
    overridden: book.standing("hold.overridden").map((held) => ({ ...actOf(held), ...holdOf(held.body), basis: held.body.basis })),
    signatures: book.standing("phase.signed").map((held) => {
      const { phase, meaning, release, covers, guest } = held.body;
      return { ...actOf(held), phase, meaning, release, covers, guest: guest === null ? null : guest.role };
    }),
    taken: unreplaced(book.all("case.taken"), book).map((held) => ({ ...actOf(held), covers: held.body.covers })),
    closings: book.standing("case.closed").map((held) => ({ ...actOf(held), covers: held.body.covers })),
    notes: book.standing("note.added").map(({ digest, body }) => ({ digest, item: body.item, part: body.part })),
  };
}

function holdOf({ item, part, hold, covers }: HoldAcknowledged): HoldAcknowledged {
  return { item, part, hold, covers };
}

/** The place of what clears a hold. */
export function clearingPlace(how: "acknowledged" | "overridden", item: Key, part: string, hold: Key): string {
  return `${how}/${item}/${part}/${hold}`;
}

/** All that `covers` can name. */
function claimsOf(book: Book): { readonly [digest: string]: Claim } {
  const clearing = (["acknowledged", "overridden"] as const).flatMap((how) =>
    book.all(`hold.${how}`).map(({ digest, body }) =>
      [digest, { place: clearingPlace(how, body.item, body.part, body.hold), content: write([how]) }] as const));
  const registers = book.readable.flatMap((written) => {
    const claim = registerClaim(written);
    return claim === null ? [] : [[written.digest, claim] as const];
  });
  return Object.fromEntries([...registers, ...clearing, ...consentClaims(book)]);
}

function confirmationsIn(book: Book): { readonly [digest: string]: readonly Digest[] } {
  const said = book.standing("answer.given").map(({ digest, body }) => [digest, body.covers ?? null] as const);
  return Object.fromEntries(said.flatMap(([digest, covers]) => (covers === null ? [] : [[digest, covers] as const])));
}

function flagsOf(book: Book, closings: readonly Digest[]): { readonly [code: string]: readonly Digest[] } {
  const people = book.readable.filter(({ digest, entry }) => book.stands(digest) && !SERVER_TYPES.has(entry.type));
  const closed = closedMs(book, closings);
  const flags: Readonly<Record<string, readonly Written[]>> = {
    "clock-skew": people.filter(({ entry }) => Math.abs(entry.clock.offset_ms ?? 0) > SKEW_MS),
    "late": people.filter(({ entry }) => entry.type === "answer.given" && entry.body["late"] === true),
    "late-after-closing": people.filter(({ entry }) =>
      closed !== null && entry.type !== "case.closed" && correctedMs(entry.clock) > closed),
  };
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([, found]) => found.length > 0)
      .map(([code, found]) => [code, found.map(({ digest }) => digest)]),
  );
}

/** The earliest instant at which one of the closings was written, or null when there is none. */
function closedMs(book: Book, closings: readonly Digest[]): number | null {
  const instants = book.readable
    .filter(({ digest }) => closings.includes(digest))
    .map(({ entry }) => correctedMs(entry.clock));
  return instants.length === 0 ? null : Math.min(...instants);
}
