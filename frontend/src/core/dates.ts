// Dates of the Gregorian calendar without a clock, a locale or a zone database.

const DAY_MS = 86_400_000;
const FIRST_DAY = -719_162; // 0001-01-01
const LAST_DAY = 2_932_896; // 9999-12-31

export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The date on a wall clock that is `zone_min` minutes east of UTC; the years 1 and 9999 end the calendar. */
export function localDate(at_ms: number, zone_min: number): LocalDate {
  const days = Math.floor((at_ms + zone_min * 60_000) / DAY_MS);
  return fromDays(Math.max(FIRST_DAY, Math.min(days, LAST_DAY)));
}

/** Days since 1970-01-01 to a date. (Howard Hinnant, "chrono-compatible low-level date algorithms".) */
function fromDays(days: number): LocalDate {
  const shifted = days + 719_468; // from 0000-03-01, so that a leap day ends its year
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** "YYYY-MM-DD" as a date, or null when there is no such day. */
export function readDate(text: string): LocalDate | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return null;
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const real = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return real ? { year, month, day } : null;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Full years from a birth to a date; negative for a future birth. 29 February counts on 1 March. */
export function fullYears(birth: LocalDate, today: LocalDate): number {
  const before = today.month < birth.month || (today.month === birth.month && today.day < birth.day);
  return today.year - birth.year - (before ? 1 : 0);
}

export function sameDate(left: LocalDate, right: LocalDate): boolean {
  return left.year === right.year && left.month === right.month && left.day === right.day;
}
