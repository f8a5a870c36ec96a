// How far the tablet's clock is from the server's, in words.

import { SKEW_MS } from "../../core/fold.ts";
import type { Catalogue } from "../../i18n/catalogue.ts";

/** Less than this is no difference. */
const RIGHT_MS = 2_000;
const UNITS = [
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
  { unit: "second", ms: 1_000 },
] as const;

/** `offset_ms`: server − tablet; null if never measured. */
export function clockWords(offset_ms: number | null, words: Catalogue["sending"], locale: string): string {
  if (offset_ms === null) return words.never;
  const off_ms = Math.abs(offset_ms);
  if (off_ms < RIGHT_MS) return words.clockRight;
  // In a unit of which there are at least two.
  const { unit, ms } = UNITS.find((one) => off_ms >= 2 * one.ms) ?? UNITS[3];
  const much = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(Math.round(off_ms / ms));
  return offset_ms < 0 ? words.clockAhead(much) : words.clockBehind(much);
}

/** So far off that what is written is flagged. */
export function isClockWrong(offset_ms: number | null): boolean {
  return Math.abs(offset_ms ?? 0) > SKEW_MS;
}
