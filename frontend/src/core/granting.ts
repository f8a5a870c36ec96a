// Whether a consent suffices: its state at a moment, judged by the release's rules. Twin of
// procedures/core/granting.py.

import { sorted } from "./book.ts";
import { localDate, sameDate } from "./dates.ts";
import { consentReads } from "./closure.ts";
import { type Confirmation, consentOf, type ConsentState, type Decision, type Heard } from "./consents.ts";
import type { ConsentStatus } from "./consentstates.ts";
import type { Cover } from "./covers.ts";
import type { Digest, Key } from "./entry.ts";
import type { Moment } from "./moment.ts";
import type { Basis, ConsentKind, Hearing, SignerRule, Signers } from "./release.ts";

const DAY_MS = 86_400_000;
/** Outcomes after which a consent that stood is used. */
const USED = new Set<unknown>(["done", "exception"]);

/** Why a grant does not count; the first that applies. */
export type WhyNot = "late" | "basis" | "method" | "witness" | "signature" | "photograph";

/** What asks for a new confirmation: another text, too long ago, another plan, another day. */
export type Doubt = "text" | "expired" | "plan" | "day";

export interface Judged {
  readonly status: ConsentStatus;
  /** Grants that do not count, by digest: why. */
  readonly uncounted: { readonly [decision: string]: WhyNot };
  /** What asks for a new confirmation. */
  readonly why: readonly Doubt[];
  /** Who has yet to grant; null while it is not known who must. */
  readonly lacks: readonly Signers[] | null;
  /** Who is to be heard, and who of them has yet to be. */
  readonly hears: readonly Key[];
  readonly unheard: readonly Key[];
  /** What each relation may rest on, as far as is known. */
  readonly bases: { readonly [relation: string]: readonly Key[] };
}

/** Judge one consent of a release at a moment; `Judge.inForce` says at which. An unknown consent key is a draft. */
export function judgeConsent(key: Key, moment: Moment, cover: Cover): Judged {
  const kind = moment.catalog.consents.get(key);
  if (kind === undefined) return { status: "draft", uncounted: {}, why: [], lacks: null, hears: [], unheard: [], bases: {} };
  return new Consent(kind, moment, cover).judged();
}

/** A consent at a moment: what was granted of it, and what that is worth. */
class Consent {
  private readonly given: ConsentState;
  private readonly rule: SignerRule | null;
  private readonly live: readonly Decision[];
  private readonly hears: readonly Hearing[];
  private readonly heard: readonly Heard[];

  constructor(
    private readonly kind: ConsentKind,
    private readonly moment: Moment,
    private readonly cover: Cover,
  ) {
    this.given = consentOf(moment.state.consents, kind.key);
    this.rule = applicable(kind.rules, moment);
    this.live = this.given.decided.filter(({ defeated, superseded }) => !defeated && !superseded);
    this.hears = kind.hears.filter(({ when }) => moment.judge(when) !== false);
    this.heard = this.given.heard.filter(({ superseded }) => !superseded);
  }

  judged(): Judged {
    const granted = this.live.filter(({ decision }) => decision === "granted");
    const reasons = granted.flatMap((decision) => {
      const why = this.whyNot(decision);
      return why === null ? [] : [[decision.digest, why] as const];
    });
    const uncounted: { readonly [decision: string]: WhyNot } = Object.fromEntries(reasons);
    const counted = granted.filter(({ digest }) => !Object.hasOwn(uncounted, digest));
    const lacks = this.lacks(counted);
    const hears = this.hears.map(({ key }) => key);
    const unheard = hears.filter((key) => !this.heard.some(({ who }) => who === key));
    const { status, why } = this.statusOf(counted, isEmpty(lacks) && unheard.length === 0);
    return { status, uncounted, why, lacks, hears, unheard, bases: this.bases() };
  }

  private bases(): { readonly [relation: string]: readonly Key[] } {
    const applying = this.kind.bases.filter(({ when }) => this.moment.judge(when) !== false);
    return Object.fromEntries(this.kind.relations.map(({ key: relation }) =>
      [relation, applying.filter((basis) => isOpenTo(basis, relation)).map(({ key }) => key)]));
  }

  private statusOf(counted: readonly Decision[], complete: boolean): Pick<Judged, "status" | "why"> {
    const before = this.objected() ? "refused" : early(this.given, this.live);
    if (before !== null) return { status: before, why: [] };
    if (!complete) return { status: "partly-signed", why: [] };
    const doubts = counted.map((decision) => ({ decision, found: this.doubts(decision) }));
    const read = doubts.filter(({ found }) => !found.includes("text")).map(({ decision }) => decision);
    const fresh = doubts.filter(({ found }) => found.length === 0).map(({ decision }) => decision);
    const confirmed = this.kind.confirm && this.given.confirmed.some((each) => this.confirms(each));
    if (!isEmpty(this.lacks(fresh)) && !(confirmed && isEmpty(this.lacks(read)))) {
      return { status: "needs-reconfirmation", why: sorted(doubts.flatMap(({ found }) => found)) as Doubt[] };
    }
    if (USED.has(this.moment.register("closing").value)) return { status: "used", why: [] };
    return { status: confirmed ? "confirmed" : "valid", why: [] };
  }

  /** Somebody whose objection refuses was heard, and disagrees. */
  private objected(): boolean {
    const refusing = this.hears.filter(({ refuses }) => refuses).map(({ key }) => key);
    return this.heard.some(({ who, view }) => refusing.includes(who) && view === "disagrees");
  }

  /** Who has yet to grant, by the first rule that applies; null, which never suffices, while that is unknown. */
  private lacks(granted: readonly Decision[]): readonly Signers[] | null {
    if (this.rule === null) return null;
    const given = new Set(granted.map(({ relation }) => relation));
    return this.rule.signers.flatMap(({ relations, count }) => {
      const lacking = count - new Set(relations.filter((key) => given.has(key))).size;
      return lacking > 0 ? [{ relations: relations.filter((key) => !given.has(key)), count: lacking }] : [];
    });
  }

  private whyNot(decision: Decision): WhyNot | null {
    const method = this.kind.methods.find(({ key }) => key === decision.method);
    if (this.isLate(decision)) return "late";
    if (!this.kind.bases.some((basis) => this.mayRestOn(basis, decision))) return "basis";
    if (method?.suffices !== true) return "method";
    if (method.witness && !decision.witnessed) return "witness";
    if (method.drawn && !decision.drawn && !decision.witnessed) return "signature";
    return method.photograph && decision.blobs.length === 0 ? "photograph" : null;
  }

  private mayRestOn(basis: Basis, decision: Decision): boolean {
    return basis.key === decision.basis && isOpenTo(basis, decision.relation) && this.moment.judge(basis.when) === true;
  }

  /** Recorded after the instant that it must come before, whenever it may have been given. */
  private isLate({ at_ms }: Decision): boolean {
    const item = this.kind.before === null ? undefined : this.moment.catalog.items.get(this.kind.before);
    if (item === undefined) return false;
    const reading = this.moment.reading(item, "");
    return reading.kind === "value" && typeof reading.value === "number" && at_ms > reading.value;
  }

  private doubts(decision: Decision): readonly Doubt[] {
    const { release, language, text } = decision;
    const shown = Object.hasOwn(this.kind.text, language) ? this.kind.text[language] : undefined;
    const found: Doubt[] = [];
    if (release !== this.moment.catalog.release.digest || shown?.digest !== text) found.push("text");
    if (this.isExpired(decision)) found.push("expired");
    return [...found, ...this.changes(decision.covers)];
  }

  private changes(covers: readonly Digest[]): readonly Doubt[] {
    const places = this.cover.places(consentReads(this.kind)).filter((place) => place !== "planned");
    return [
      ...(this.cover.stands(places, covers) ? [] : ["plan" as const]),
      ...(this.isSameDay(covers) ? [] : ["day" as const]),
    ];
  }

  /** Planned for the local date for which it was covered; a list that slips by an hour is no other plan. */
  private isSameDay(covers: readonly Digest[]): boolean {
    const planned = this.moment.register("planned");
    if (this.cover.isDisputed("planned") || this.cover.isReopened(covers)) return false;
    const then = new Set(this.cover.plannedIn(covers).map((at_ms) => this.dayOf(at_ms)));
    const now = typeof planned.value === "number" ? [this.dayOf(planned.value)] : [];
    return then.size === now.length && now.every((day) => then.has(day));
  }

  /** The local date of the moment's zone, to compare. */
  private dayOf(at_ms: number): string {
    const { year, month, day } = localDate(at_ms, this.moment.zone_min);
    return `${year}-${month}-${day}`;
  }

  /** Counted from when it was given, though recorded later. */
  private isExpired({ at_ms, decided_ms }: Decision): boolean {
    const { valid_days } = this.kind;
    return valid_days !== null && this.moment.now_ms - Math.min(decided_ms ?? at_ms, at_ms) >= valid_days * DAY_MS;
  }

  /** Confirmed on the day, of what is planned now: its local date is the local date of the moment. */
  private confirms({ defeated, reopened, release, at_ms, zone_min, covers }: Confirmation): boolean {
    if (defeated || reopened || release !== this.moment.catalog.release.digest) return false;
    if (!sameDate(localDate(at_ms, zone_min), this.moment.today)) return false;
    return this.changes(covers).length === 0;
  }
}

function isEmpty(list: readonly unknown[] | null): boolean {
  return list !== null && list.length === 0;
}

function isOpenTo({ relations }: Basis, relation: Key): boolean {
  return relations.length === 0 || relations.includes(relation);
}

/** What decides before anything granted is weighed. */
function early(given: ConsentState, live: readonly Decision[]): ConsentStatus | null {
  if (live.some(({ decision }) => decision === "refused")) return "refused";
  if (live.some(({ decision }) => decision === "granted")) return null;
  if (given.withdrawn.length > 0) return "withdrawn";
  if (given.informed.length > 0) return "informed";
  return given.voided.length > 0 ? "entered-in-error" : "draft";
}

/** The first rule that applies; null where that is not known yet. Later ones are not even judged: what they read would be
 *  remembered half known. */
export function applicable(rules: readonly SignerRule[], moment: Moment): SignerRule | null {
  for (const rule of rules) {
    const truth = moment.judge(rule.when);
    if (truth !== false) return truth === true ? rule : null;
  }
  return null;
}
