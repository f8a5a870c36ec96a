// All that is judged of a case without an instant: look-ups, what covers stand, whose signature counts where.
// Twin of procedures/core/judge.py.

import { lookedAtMs } from "./closing.ts";
import { Catalog, phaseClosure } from "./closure.ts";
import { type Certificates, Cover } from "./covers.ts";
import type { Digest } from "./entry.ts";
import type { Signature, State } from "./fold.ts";
import { judgeConsent } from "./granting.ts";
import { Moment } from "./moment.ts";
import type { Phase, Release, SignatureSlot } from "./release.ts";

/** The signatures that count for one slot of a phase. */
export interface Slot {
  readonly slot: SignatureSlot;
  readonly standing: readonly Signature[];
  /** What they covered has changed since. */
  readonly changed: readonly Signature[];
  /** Given by who had signed an earlier slot. */
  readonly samePerson: readonly Signature[];
}

export class Judge {
  readonly catalog: Catalog;
  readonly cover: Cover;
  private readonly placeMemo = new Map<Phase, readonly string[]>();
  private readonly slotMemo = new Map<Phase, readonly Slot[]>();

  constructor(readonly release: Release, readonly certificates: Certificates, readonly state: State) {
    this.catalog = new Catalog(release);
    this.cover = new Cover(this.catalog, state, certificates);
  }

  /** The case at an instant, by the server's clock. */
  at(now_ms: number, zone_min: number): Moment {
    const known = new Map<string, string>();
    const status = (key: string, moment: Moment): string => {
      // A consent whose rules lead back to itself is a draft meanwhile. (Publishing refuses such a release.)
      if (!known.has(key)) known.set(key, "draft").set(key, judgeConsent(key, this.inForce(moment), this.cover).status);
      return known.get(key) ?? "draft";
    };
    return new Moment(this.catalog, this.state, now_ms, zone_min, status, (item, heads) => this.cover.isOutdated(item, heads));
  }

  /** The moment at which consents are judged for another: none later than the closing. */
  inForce(moment: Moment): Moment {
    return moment.at(lookedAtMs(this.state, moment.now_ms));
  }

  /** The places of a phase's static closure. */
  places(phase: Phase): readonly string[] {
    const known = this.placeMemo.get(phase);
    if (known !== undefined) return known;
    const registers = this.cover.places(phaseClosure(phase, this.catalog));
    const places = [...registers, ...this.cover.clearings(phase.items)];
    this.placeMemo.set(phase, places);
    return places;
  }

  slots(phase: Phase): readonly Slot[] {
    const known = this.slotMemo.get(phase);
    if (known !== undefined) return known;
    const places = this.places(phase);
    const slots: Slot[] = [];
    for (const slot of phase.signatures) slots.push(this.slot(phase, slot, places, slots));
    this.slotMemo.set(phase, slots);
    return slots;
  }

  /** A phase that begins the procedure was signed, and not only before a postponement. */
  hasBegun(): boolean {
    const reopened = new Set(this.state.reopened);
    return this.release.document.phases.filter(({ begins }) => begins).some((phase) =>
      this.slots(phase).some(({ standing, changed }) =>
        [...standing, ...changed].some(({ covers }) => !covers.some((digest) => reopened.has(digest)))));
  }

  /** Answered registers of items that the release does not have. */
  strays(): readonly string[] {
    return Object.entries(this.state.registers)
      .filter(([name, { heads }]) => {
        const [kind, item = ""] = name.split("/");
        return kind === "answer" && heads.length > 0 && this.catalog.items.get(item)?.computed !== null;
      })
      .map(([name]) => name);
  }

  private slot(phase: Phase, slot: SignatureSlot, places: readonly string[], earlier: readonly Slot[]): Slot {
    const counting = this.state.signatures.filter((signature) => this.counts(signature, phase, slot));
    const unchanged = counting.filter(({ covers }) => this.cover.stands(places, covers));
    const samePerson = unchanged.filter((signature) => slot.another_person && !this.isAnother(signature, earlier));
    return {
      slot,
      standing: unchanged.filter((signature) => !samePerson.includes(signature)),
      changed: counting.filter((signature) => !unchanged.includes(signature)),
      samePerson,
    };
  }

  /** Of this phase, meaning and release, by one of the slot's roles, a guest only where guests may sign. */
  private counts(signature: Signature, phase: Phase, slot: SignatureSlot): boolean {
    const writer = this.certificates[signature.enrolment];
    if (writer === undefined || signature.release !== this.release.digest) return false;
    if (signature.phase !== phase.key || signature.meaning !== slot.meaning) return false;
    if (signature.guest !== null) return slot.guest && slot.roles.includes(signature.guest);
    return writer.roles.some((role) => slot.roles.includes(role));
  }

  /** Every earlier slot that is signed was signed by someone else too. */
  private isAnother(signature: Signature, earlier: readonly Slot[]): boolean {
    const person = this.personOf(signature);
    return earlier.every(({ standing }) =>
      standing.length === 0 || standing.some((other) => this.personOf(other) !== person));
  }

  /** Guests are told apart by their role only, since their names are private. */
  private personOf({ guest, enrolment }: Signature): string {
    return guest === null ? (this.certificates[enrolment]?.person ?? "") : `guest/${guest}`;
  }
}

export function digestsOf(signatures: readonly Signature[]): readonly Digest[] {
  return signatures.map(({ digest }) => digest);
}
