// Whether a value fits its item. An unfit value is kept, flagged, and unknown to every condition. No coercion.
// Twin of procedures/core/fitness.py.

import { isObject, type Json } from "./canonical.ts";
import { millionths } from "./condition.ts";
import type { PrivatePart } from "./registers.ts";
import type { Item } from "./release.ts";

/** The last instant that a datetime may name: the end of the year 9999, in ms since 1970 UTC. */
export const MAX_INSTANT_MS = 253_402_300_799_999;
/** Of a text whose item sets no limit, in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 2000;

/** The reason key of a value that says that nothing was obtained; null for any other value. */
export function absentKey(value: Json): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) return null;
  const key = value["absent"];
  return typeof key === "string" ? key : null;
}

export function fits(item: Item, value: Json, part: PrivatePart | null): boolean {
  const absent = absentKey(value);
  if (absent !== null) return item.absent.some(({ key }) => key === absent);
  switch (item.type) {
    case "confirm":
      return value === "yes" || value === "not-so";
    case "yes-no":
      return value === "yes" || value === "no";
    case "yes-no-unknown":
      return value === "yes" || value === "no" || value === "dont-know";
    case "choice":
      return item.choices.some(({ key }) => key === value);
    case "choices":
      return fitsChoices(item, value);
    case "number":
      return typeof value === "string" && fitsNumber(item, value);
    case "datetime":
      return (value === "none" && item.none) || isInstant(value);
    case "text":
    case "scan":
      return value === null && fitsText(item, part);
    case "computed":
      return false;
  }
}

/** Sorted and unique; "none" only alone. */
function fitsChoices(item: Item, value: Json): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const keys = value.filter((key): key is string => item.choices.some((choice) => choice.key === key));
  const rising = keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") < key);
  return keys.length === value.length && rising && (keys.length === 1 || !keys.includes("none"));
}

/** Exactly the item's decimals, no "+", exponent, leading zero or "-0", within the item's limits. */
function fitsNumber(item: Item, value: string): boolean {
  const decimals = item.decimals ?? 0;
  const form = new RegExp(`^-?(?:0|[1-9][0-9]{0,8})${decimals > 0 ? `\\.[0-9]{${decimals}}` : ""}$`);
  if (!form.test(value)) return false;
  const size = millionths(value);
  if (size === 0 && value.startsWith("-")) return false;
  if (item.min !== null && size < millionths(item.min)) return false;
  return item.max === null || size <= millionths(item.max);
}

function isInstant(value: Json): boolean {
  return typeof value === "number" && value >= 0 && value <= MAX_INSTANT_MS;
}

/** A text that was left out (pseudonymised) is taken as fit: its digest is there. */
function fitsText(item: Item, part: PrivatePart | null): boolean {
  if (part === null) return false;
  if (part.part === null) return true;
  const text = part.part["text"];
  return typeof text === "string" && isCleanText(text) && byteLength(text) <= (item.max_bytes ?? MAX_TEXT_BYTES);
}

// Written out, since what counts as a space differs between languages.
const SPACE = "[ \\n\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]";
const UNTRIMMED = new RegExp(`^${SPACE}|${SPACE}$`);

/** Not empty, NFC, trimmed, "\n" its only control. */
function isCleanText(text: string): boolean {
  return text !== "" && text.normalize("NFC") === text && !UNTRIMMED.test(text) && !hasControl(text);
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x0a && (code < 0x20 || (code >= 0x7f && code <= 0x9f))) return true;
  }
  return false;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
