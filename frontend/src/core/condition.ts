// The condition tree, evaluated with three values (strong Kleene): true, false, and null for unknown. Twin of the
// evaluating part of procedures/core/condition.py; every operator stands in docs/semantics.md.

import type { Json } from "./canonical.ts";
import type { Key } from "./entry.ts";

export type Truth = boolean | null;
export type Compare = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { readonly op: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly op: "not"; readonly of: Condition }
  | { readonly op: Compare; readonly item: Key; readonly value: string }
  | { readonly op: "has"; readonly item: Key; readonly value: Key }
  | { readonly op: "any"; readonly item: Key }
  | { readonly op: "absent"; readonly item: Key }
  | { readonly op: "hours"; readonly from: string; readonly to: string; readonly cmp: Compare; readonly hours: string }
  | { readonly op: "age_years"; readonly cmp: Compare; readonly value: number }
  | { readonly op: "sex"; readonly value: Key }
  | { readonly op: "consent"; readonly key: Key; readonly is: string }
  | { readonly op: "heard"; readonly key: Key; readonly who: Key; readonly is: string };

/** What an item says to a condition. */
export type Reading =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "absent"; readonly key: string }
  | { readonly kind: "unknown" }
  | { readonly kind: "not-applicable" };

/** Where a condition reads from. An item that is asked several times gives several readings. */
export interface Reader {
  readings(item: Key): readonly Reading[];
  isNumber(item: Key): boolean;
  readonly now_ms: number;
  startMs(): number | null;
  ageYears(): number | null;
  sex(): string | null;
  consent(key: Key): string;
  heard(key: Key, who: Key): readonly string[];
}

/** What a condition reads, by name. `planned` and `subject` stand for the registers behind start, age and sex. */
export interface Reads {
  readonly items: Set<Key>;
  readonly consents: Set<Key>;
  planned: boolean;
  subject: boolean;
}

/** A state of a consent also holds for the states that follow from it. */
const CONSENT_STATES: Readonly<Record<string, readonly string[]>> = {
  valid: ["valid", "confirmed", "used"],
  confirmed: ["confirmed", "used"],
};

export function evaluate(condition: Condition, reader: Reader): Truth {
  switch (condition.op) {
    case "and":
      return allOf(condition.of.map((inner) => evaluate(inner, reader)));
    case "or":
      return anyOf(condition.of.map((inner) => evaluate(inner, reader)));
    case "not":
      return notOf(evaluate(condition.of, reader));
    case "hours":
      return hours(condition, reader);
    case "age_years":
      return known(reader.ageYears(), (years) => compares(condition.cmp, years, condition.value));
    case "sex":
      return known(reader.sex(), (sex) => sex === condition.value);
    case "consent":
      return (CONSENT_STATES[condition.is] ?? [condition.is]).includes(reader.consent(condition.key));
    case "heard":
      return reader.heard(condition.key, condition.who).includes(condition.is);
    default:
      return anyOf(reader.readings(condition.item).map((reading) => ofItem(condition, reading, reader)));
  }
}

type OfItem = Extract<Condition, { readonly item: Key }>;

function ofItem(condition: OfItem, reading: Reading, reader: Reader): Truth {
  if (reading.kind === "unknown") return null;
  if (condition.op === "absent") return reading.kind === "absent";
  if (reading.kind !== "value") return false;
  const value = reading.value;
  if (condition.op === "any") return Array.isArray(value) ? !value.includes("none") : value !== "none";
  if (condition.op === "has") return Array.isArray(value) && value.includes(condition.value);
  if (reader.isNumber(condition.item)) {
    return typeof value === "string" && compares(condition.op, millionths(value), millionths(condition.value));
  }
  return compares(condition.op === "!=" ? "!=" : "=", value, condition.value);
}

/** Hours from one instant to another. A future `from` gives a negative number. */
function hours(condition: Extract<Condition, { readonly op: "hours" }>, reader: Reader): Truth {
  return anyOf(
    endpoint(condition.from, reader).flatMap((from) =>
      endpoint(condition.to, reader).map((to) => {
        if (from.kind === "never" || to.kind === "never") return false;
        if (from.kind === "unknown" || to.kind === "unknown") return null;
        // ms × 10 against millionths of an hour × 36: integers on both sides.
        return compares(condition.cmp, (to.ms - from.ms) * 10, millionths(condition.hours) * 36);
      }),
    ),
  );
}

type Endpoint =
  | { readonly kind: "at"; readonly ms: number }
  | { readonly kind: "never" }
  | { readonly kind: "unknown" };

function endpoint(name: string, reader: Reader): readonly Endpoint[] {
  if (name === "now") return [{ kind: "at", ms: reader.now_ms }];
  if (name === "start") {
    const ms = reader.startMs();
    return [ms === null ? { kind: "unknown" } : { kind: "at", ms }];
  }
  return reader.readings(name).map((reading): Endpoint => {
    if (reading.kind === "unknown") return { kind: "unknown" };
    if (reading.kind === "value" && typeof reading.value === "number") return { kind: "at", ms: reading.value };
    return { kind: "never" };
  });
}

/** Strong Kleene: one false decides, else one unknown. */
export function allOf(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}

/** Strong Kleene: one true decides, else one unknown. */
export function anyOf(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}

export function notOf(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function known<T>(value: T | null, judge: (value: T) => boolean): Truth {
  return value === null ? null : judge(value);
}

function compares(how: Compare, left: Json, right: Json): boolean {
  if (how === "=") return left === right;
  if (how === "!=") return left !== right;
  if (typeof left !== "number" || typeof right !== "number") return false;
  if (how === "<") return left < right;
  if (how === "<=") return left <= right;
  return how === ">" ? left > right : left >= right;
}

/** A decimal string as an integer of millionths: at most 9 digits before the point and 6 after, so below 2^53. */
export function millionths(text: string): number {
  const negative = text.startsWith("-");
  const [whole = "0", decimals = ""] = (negative ? text.slice(1) : text).split(".");
  const size = Number(whole) * 1_000_000 + Number(decimals.padEnd(6, "0"));
  return negative ? -size : size;
}

/** Everything that a condition names, added to `reads`. */
export function collectReads(condition: Condition, reads: Reads): void {
  switch (condition.op) {
    case "and":
    case "or":
      for (const inner of condition.of) collectReads(inner, reads);
      return;
    case "not":
      collectReads(condition.of, reads);
      return;
    case "hours":
      for (const name of [condition.from, condition.to]) {
        if (name === "start") reads.planned = true;
        else if (name !== "now") reads.items.add(name);
      }
      return;
    case "age_years":
    case "sex":
      reads.subject = true;
      return;
    case "consent":
    case "heard":
      reads.consents.add(condition.key);
      return;
    default:
      reads.items.add(condition.item);
  }
}
