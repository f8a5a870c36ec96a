// Typing a number on the pad: what stands in the display, and what it is worth as an answer.

import { millionths } from "../../core/condition.ts";
import type { Item } from "../../core/release.ts";

const MOST_WHOLE_DIGITS = 9;

export type Key = "." | "back" | "clear" | `${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

/** The display after a key; a key that makes no number changes nothing. More decimals than the item's are not taken. */
export function typed(display: string, key: Key, decimals: number): string {
  if (key === "clear") return "";
  if (key === "back") return display.slice(0, -1);
  if (key === ".") return decimals === 0 || display.includes(".") ? display : `${display === "" ? "0" : display}.`;
  const [whole = "", fraction] = display.split(".");
  if (fraction !== undefined) return fraction.length < decimals ? display + key : display;
  if (whole === "0") return key;
  return whole.length < MOST_WHOLE_DIGITS ? whole + key : display;
}

export type Judged = { kind: "fits"; value: string } | { kind: "outside" } | { kind: "empty" };

/** With exactly the item's decimals: "2" is "2.0" where one is asked for. Nothing is rounded. */
export function judged(display: string, item: Item): Judged {
  if (display === "") return { kind: "empty" };
  const decimals = item.decimals ?? 0;
  const [whole = "0", fraction = ""] = display.split(".");
  const value = decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, "0")}`;
  const size = millionths(value);
  const low = item.min !== null && size < millionths(item.min);
  const high = item.max !== null && size > millionths(item.max);
  return low || high ? { kind: "outside" } : { kind: "fits", value };
}
