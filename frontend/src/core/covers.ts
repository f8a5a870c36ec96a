// `covers`: whether what someone signed, acknowledged or overrode still is what they saw. Twin of
// procedures/core/covers.py.

import { sorted } from "./book.ts";
import { byBytes } from "./canonical.ts";
import type { AnyHold, Catalog } from "./closure.ts";
import { holdReads, holdsOf, shownReads } from "./closure.ts";
import type { Reads } from "./condition.ts";
import { consentOf, consentPlace } from "./consents.ts";
import type { CasePlanned, Digest, Key, Uuid } from "./entry.ts";
import { clearingPlace, type HoldAct, type Override, type State } from "./fold.ts";
import type { Item } from "./release.ts";

/** Who holds an enrolment: what readiness needs of a certificate. */
export interface Signer {
  readonly person: Uuid;
  readonly name: string;
  readonly roles: readonly Key[];
}

/** Certificates by enrolment. */
export type Certificates = { readonly [enrolment: string]: Signer };

type Clearing = "acknowledged" | "overridden";

export class Cover {
  private readonly headsOf = new Map<string, readonly Digest[]>();
  private readonly reopened: ReadonlySet<Digest>;
  /** The clearings that do not count for want of a role or level, wherever they are covered. */
  private readonly uncounted = new Set<Digest>();

  constructor(
    private readonly catalog: Catalog,
    private readonly state: State,
    private readonly certificates: Certificates,
  ) {
    this.reopened = new Set(state.reopened);
    for (const [name, register] of Object.entries(state.registers)) this.headsOf.set(name, register.heads);
    for (const key of Object.keys(state.consents)) this.headsOf.set(consentPlace(key), consentHeads(state, key));
    this.addClearings("acknowledged");
    this.addClearings("overridden");
  }

  /** What stands in a place now, sorted. */
  heads(place: string): readonly Digest[] {
    return this.headsOf.get(place) ?? [];
  }

  /** The places of a closure. `own` narrows its own item to one part, as holds of that part read it. */
  places(reads: Reads, own: { readonly item: Key; readonly part: string } | null = null): readonly string[] {
    const answers = Object.keys(this.state.registers).filter((name) => {
      const [kind, item = "", ...part] = name.split("/");
      if (kind !== "answer" || !reads.items.has(item)) return false;
      return own === null || item !== own.item || part.join("/") === own.part;
    });
    const consents = [...reads.consents].map(consentPlace);
    return [...answers, ...consents, ...(reads.planned ? ["planned"] : []), ...(reads.subject ? ["subject"] : [])];
  }

  /** The places of all that clears the holds of these items. */
  clearings(items: readonly Item[]): readonly string[] {
    const keys = new Set(items.map(({ key }) => key));
    const named = Object.values(this.state.claims).map(({ place }) => place);
    return sorted(named).filter((place) => {
      const [how, item = ""] = place.split("/");
      return (how === "acknowledged" || how === "overridden") && keys.has(item);
    });
  }

  /** The sorted heads that a new act over these places covers. */
  covering(places: readonly string[]): readonly Digest[] {
    return sorted(places.flatMap((place) => this.heads(place)));
  }

  /** Whether every place still holds exactly what the covered entries claim there. */
  stands(places: readonly string[], covers: readonly Digest[]): boolean {
    const covered = new Map<string, Digest[]>();
    for (const digest of covers) {
      const claim = this.state.claims[digest];
      if (claim === undefined) return false; // covers what is not known here, or not yet
      if (this.uncounted.has(digest)) continue;
      covered.set(claim.place, [...(covered.get(claim.place) ?? []), digest]);
    }
    return places.every((place) => this.agrees(place, covered.get(place) ?? []));
  }

  /** What a new answer to a confirmation covers: what it shows. Null where it shows nothing, or is none. */
  shownBy(item: Item): readonly Digest[] | null {
    return isShowing(item) ? this.covering(this.shownPlaces(item)) : null;
  }

  /** Whether a confirmation was given over something else than what it shows now. */
  isOutdated(item: Item, heads: readonly Digest[]): boolean {
    if (!isShowing(item)) return false;
    return !heads.some((digest) => {
      const covers = this.state.confirmations[digest];
      return covers === undefined || this.stands(this.shownPlaces(item), covers);
    });
  }

  private shownPlaces(item: Item): readonly string[] {
    return this.places(shownReads(item, this.catalog));
  }

  /** Whether anything covered was asked for again. */
  isReopened(covers: readonly Digest[]): boolean {
    return covers.some((digest) => this.reopened.has(digest));
  }

  /** The planned starts, in ms, that are covered. */
  plannedIn(covers: readonly Digest[]): readonly number[] {
    const claims = covers.flatMap((digest) => this.state.claims[digest] ?? []);
    return claims.filter(({ place }) => place === "planned").map(({ content }) => {
      const [{ start_ms }] = JSON.parse(content) as [CasePlanned];
      return start_ms;
    });
  }

  /** Whether a register holds several different values. */
  isDisputed(place: string): boolean {
    const register = this.state.registers[place];
    return register !== undefined && register.heads.length > 0 && !register.settled;
  }

  private agrees(place: string, covered: readonly Digest[]): boolean {
    if (this.isReopened(covered) || this.isDisputed(place)) return false;
    return this.contents(covered).join("\n") === this.contents(this.heads(place)).join("\n");
  }

  private contents(digests: readonly Digest[]): readonly string[] {
    return sorted(digests.map((digest) => this.state.claims[digest]?.content ?? ""));
  }

  private addClearings(how: Clearing): void {
    for (const act of this.state[how]) {
      const item = this.catalog.items.get(act.item);
      const hold = item === undefined ? undefined : holdsOf(item).find(({ key }) => key === act.hold);
      if (item === undefined || hold === undefined || !this.counts(how, act, hold)) {
        this.uncounted.add(act.digest);
        continue;
      }
      const places = this.places(holdReads(item, hold, this.catalog), act);
      const place = clearingPlace(how, act.item, act.part, act.hold);
      if (this.stands(places, act.covers)) this.headsOf.set(place, [...this.heads(place), act.digest].sort(byBytes));
    }
  }

  /** A caution is acknowledged by anyone with a certificate; an override needs one of the hold's roles. */
  private counts(how: Clearing, act: HoldAct | Override, hold: AnyHold): boolean {
    const roles = this.certificates[act.enrolment]?.roles;
    if (roles === undefined || hold.level === "note") return false;
    if (how === "acknowledged") return hold.level === "caution";
    const rests = hold.bases.length === 0 || ("basis" in act && hold.bases.some(({ key }) => key === act.basis));
    return rests && roles.some((role) => hold.override.includes(role));
  }
}

/** The decisions, views, confirmations and withdrawals of a consent that stand undefeated. */
export function consentHeads(state: State, key: Key): readonly Digest[] {
  const consent = consentOf(state.consents, key);
  return sorted([
    ...consent.decided.filter(({ defeated, superseded }) => !defeated && !superseded).map(({ digest }) => digest),
    ...consent.heard.filter(({ superseded }) => !superseded).map(({ digest }) => digest),
    ...consent.confirmed.filter(({ defeated, reopened }) => !defeated && !reopened).map(({ digest }) => digest),
    ...consent.withdrawn.map(({ digest }) => digest),
  ]);
}

function isShowing({ type, shows }: Item): boolean {
  return type === "confirm" && shows.length > 0;
}
