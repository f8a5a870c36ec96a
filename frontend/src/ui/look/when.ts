// Between instants and what the date and time fields hold, in the tablet's own time zone.

const two = (part: number) => String(part).padStart(2, "0");

/** "2026-11-24" */
export function localDateOf(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** "14:02" */
export function localTimeOf(at_ms: number): string {
  const at = new Date(at_ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** NaN where one of the two is missing or wrong. */
export function momentOf(date: string, time: string): number {
  return date === "" || time === "" ? NaN : new Date(`${date}T${time}`).getTime();
}

/** Minutes east of UTC at an instant. (JavaScript counts westwards; a plain minus would make −0 of UTC.) */
export function zoneMinAt(at_ms: number): number {
  return 0 - new Date(at_ms).getTimezoneOffset();
}

/** "–" where the calendar has no such instant: an entry may name any number, and must not take the screen away. */
export function inWords(format: Intl.DateTimeFormat, at_ms: number): string {
  return Number.isNaN(new Date(at_ms).getTime()) ? "–" : format.format(at_ms);
}
