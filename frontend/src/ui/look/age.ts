// An age in the words that a ward uses: days, weeks and months for the smallest.

import type { Catalogue } from "../../i18n/catalogue.ts";

const DAY_MS = 86_400_000;

export function ageInWords(birth_date: string, now_ms: number, words: Catalogue["patient"]): string {
  const birth = new Date(`${birth_date}T00:00:00`);
  const now = new Date(now_ms);
  const days = Math.floor((now_ms - birth.getTime()) / DAY_MS);
  if (Number.isNaN(days) || days < 0) return words.ageUnknown;
  if (days < 28) return words.days(days);
  const months = fullMonths(birth, now);
  if (months < 3) return words.weeks(Math.floor(days / 7));
  return months < 24 ? words.months(months) : words.years(Math.floor(months / 12));
}

function fullMonths(birth: Date, now: Date): number {
  const months = (now.getFullYear() - birth.getFullYear()) * 12 + now.getMonth() - birth.getMonth();
  return now.getDate() < birth.getDate() ? months - 1 : months;
}
