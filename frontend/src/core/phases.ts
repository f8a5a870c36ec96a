// One phase: its items, its holds, its signatures. A signed phase is judged at its last signature's corrected clock,
// any other now. Twin of procedures/core/phases.py.

import { sorted } from "./book.ts";
import { type AnyHold, holdReads, holdsOf } from "./closure.ts";
import type { Truth } from "./condition.ts";
import { type Digest, type Key } from "./entry.ts";
import { answerRegister, clearingPlace } from "./fold.ts";
import { digestsOf, type Judge, type Slot } from "./judge.ts";
import type { Moment, Own, Place } from "./moment.ts";
import type { Item, Phase, SignatureSlot } from "./release.ts";
import type { Blocker, HoldView, ItemView, PhaseStatus, PhaseView, SignatureView } from "./views.ts";

/** What the items of a phase say at a moment. */
interface Content {
  readonly at: Moment;
  readonly items: readonly ItemView[];
  readonly missing: number;
  readonly held: number;
  /** Why nobody could sign over this content. */
  readonly blockers: readonly Blocker[];
}

/** The view of a phase; `earlier` are the views of the phases before it. */
export function phaseView(phase: Phase, judge: Judge, now: Moment, earlier: readonly PhaseView[]): PhaseView {
  const slots = judge.slots(phase);
  const last = lastSignature(slots);
  const then = last === null ? null : contentAt(phase, judge, judge.at(last.at_ms, last.zone_min));
  // Who must sign was decided by what the first of them saw, not by what has become of it since.
  const needs = then === null ? null : slots.map(({ slot }) => neededAt(slot, then));
  const isSigned = then !== null && needs !== null && isComplete(slots, needs, then);
  const content = isSigned ? then : contentAt(phase, judge, now);
  const needed = needs ?? slots.map(({ slot }) => neededAt(slot, content));
  const closed = isSigned ? ["signed" as const] : blockersNow(phase, judge, content, earlier);
  const signatures = slots.map((slot, index) => signatureView(slot, needed[index] ?? null, closed, slots.slice(0, index), needed));
  return {
    key: phase.key,
    status: isSigned ? "signed" : unsignedStatus(signatures),
    judged_ms: content.at.now_ms,
    missing: content.missing,
    held: content.held,
    items: content.items,
    signatures,
    covers: judge.cover.covering(judge.places(phase)),
  };
}

/** All who must sign have signed, and nothing stood in the way when the last of them did. */
function isComplete(slots: readonly Slot[], needed: readonly Truth[], then: Content): boolean {
  return then.blockers.length === 0 && slots.every(({ standing }, index) =>
    needed[index] === false || (needed[index] === true && standing.length > 0));
}

function lastSignature(slots: readonly Slot[]): { readonly at_ms: number; readonly zone_min: number } | null {
  const standing = slots.flatMap((slot) => slot.standing);
  // Of two at the same instant, the later digest: any rule will do, as long as it is one.
  return standing.sort((left, right) => left.at_ms - right.at_ms || (left.digest < right.digest ? -1 : 1)).at(-1) ?? null;
}

function contentAt(phase: Phase, judge: Judge, at: Moment): Content {
  const items = phase.items.flatMap((item) => itemViews(item, judge, at));
  const missing = items.filter((item) => item.missing).length;
  const held = items.flatMap(({ holds }) => holds).filter(isHeld).length;
  const found: Readonly<Record<string, boolean>> = {
    "missing": missing > 0,
    "held": held > 0,
    "unknown": items.some(isUnknown),
    "unfit": items.some(({ state, shown }) => state === "unfit" && shown !== false),
    "disputed": judge.places(phase).some((place) => judge.cover.isDisputed(place)),
    "subject": at.register("subject").heads.length === 0,
  };
  return { at, items, missing, held, blockers: Object.keys(found).filter((code) => found[code]) as Blocker[] };
}

function isHeld({ level, active, cleared }: HoldView): boolean {
  return level !== "note" && active === true && cleared === null;
}

/** Unknown in show_when, required, a stop or a caution. */
function isUnknown({ shown, required, holds }: ItemView): boolean {
  return shown === null || required === null || holds.some(({ level, active }) => level !== "note" && active === null);
}

/** Why this phase cannot be signed now by anyone. */
function blockersNow(phase: Phase, judge: Judge, content: Content, earlier: readonly PhaseView[]): readonly Blocker[] {
  const unsigned = earlier.some(({ key, status }) => phase.after.includes(key) && status !== "signed");
  const opened = judge.state.opened.some(({ release }) => release === judge.release.digest);
  return [
    ...content.blockers,
    ...(unsigned ? ["order" as const] : []),
    ...(judge.state.unreadable.length > 0 ? ["unreadable" as const] : []),
    ...(opened ? [] : ["release" as const]),
  ];
}

function neededAt({ when }: SignatureSlot, content: Content): Truth {
  if (when !== "held") return content.at.judge(when);
  const holds = content.items.flatMap((item) => item.holds).filter(({ level }) => level !== "note");
  if (holds.some(({ active }) => active === true)) return true;
  return holds.some(({ active }) => active === null) ? null : false;
}

function signatureView(
  { slot, standing, changed }: Slot, needed: Truth, closed: readonly Blocker[], before: readonly Slot[], needs: readonly Truth[],
): SignatureView {
  const waiting = before.some((each, index) => needs[index] !== false && each.standing.length === 0);
  const blockers = sorted([
    ...closed,
    ...(waiting ? ["order"] : []),
    ...(needed === null ? ["unknown"] : needed ? [] : ["not-needed"]),
  ]) as Blocker[];
  return {
    meaning: slot.meaning,
    roles: slot.roles,
    another_person: slot.another_person,
    guest: slot.guest,
    needed,
    standing: digestsOf(standing),
    changed: digestsOf(changed),
    signable: blockers.length === 0,
    blockers,
  };
}

function unsignedStatus(signatures: readonly SignatureView[]): PhaseStatus {
  const needed = signatures.filter((each) => each.needed !== false);
  const unsigned = needed.filter(({ standing }) => standing.length === 0);
  if (unsigned.some(({ changed }) => changed.length > 0)) return "changed";
  if (unsigned.length > 0 && unsigned.length < needed.length) return "part-signed";
  return signatures.some(({ signable }) => signable) ? "ready" : "open";
}

/** One view for each part that is asked, then those that were answered and are no longer asked. */
function itemViews(item: Item, judge: Judge, at: Moment): readonly ItemView[] {
  const places = at.placesOf(item);
  const left = answeredParts(item, judge)
    .filter((part) => !places.some((place) => place.part === part))
    .map((part) => ({ part, asked: false, due_ms: null }));
  return [...places, ...left].map((place) => itemView(item, place, judge, at));
}

function answeredParts(item: Item, judge: Judge): readonly string[] {
  const prefix = answerRegister(item.key, "");
  return Object.entries(judge.state.registers)
    .filter(([name, { heads }]) => name.startsWith(prefix) && heads.length > 0)
    .map(([name]) => name.slice(prefix.length));
}

function itemView(item: Item, { part, due_ms }: Place, judge: Judge, at: Moment): ItemView {
  const register = at.register(answerRegister(item.key, part));
  const shown = at.shown(item, part);
  const required = at.required(item, part);
  const state = shown === false ? "not-applicable" : at.answerState(item, part);
  const isOpen = state === "unanswered" || state === "disputed" || state === "unfit" || state === "outdated";
  return {
    key: item.key,
    part,
    shown,
    required,
    state,
    no_longer_asked: shown === false && register.heads.length > 0,
    value: at.valueOf(item, part),
    heads: register.heads,
    reopened: register.reopened,
    missing: item.computed === null && (shown === null || (required === true && isOpen)),
    due_ms,
    covers: judge.cover.shownBy(item),
    holds: holdsOf(item).map((hold) => holdView(hold, { item, part }, judge, at)),
  };
}

function holdView(hold: AnyHold, own: Own, judge: Judge, at: Moment): HoldView {
  const { item, part } = own;
  const overridden = judge.cover.heads(clearingPlace("overridden", item.key, part, hold.key));
  const acknowledged = judge.cover.heads(clearingPlace("acknowledged", item.key, part, hold.key));
  return {
    key: hold.key,
    level: hold.level,
    active: at.judgeHold(hold.when, own, (reading) => isBuiltIn(hold.key, reading)),
    cleared: overridden.length > 0 ? "overridden" : acknowledged.length > 0 ? "acknowledged" : null,
    standing: sorted([...overridden, ...acknowledged]),
    covers: coversOf(hold, own, judge),
    override: hold.override,
  };
}

function coversOf(hold: AnyHold, { item, part }: Own, judge: Judge): readonly Digest[] {
  const reads = holdReads(item, hold, judge.catalog);
  return judge.cover.covering(judge.cover.places(reads, { item: item.key, part }));
}

/** "not-so" of a confirm, or "absent.<key>". */
function isBuiltIn(key: Key, reading: Parameters<Parameters<Moment["judgeHold"]>[2]>[0]): boolean {
  if (reading.kind === "absent") return key === `absent.${reading.key}`;
  return reading.kind === "value" && key === "not-so" && reading.value === "not-so";
}
