// Which language the screens speak, and how they write numbers and times in it.

import type { Key } from "../../core/entry.ts";
import type { Named, Words } from "../../core/release.ts";
import { CATALOGUES, type Catalogue, type LanguageCode } from "../../i18n/catalogue.ts";
import { inWords } from "./when.ts";

const KEPT_AS = "bedside-language";

function isLanguage(code: string | null | undefined): code is LanguageCode {
  return code !== null && code !== undefined && code in CATALOGUES;
}

function preferred(): LanguageCode {
  const kept = localStorage.getItem(KEPT_AS);
  if (isLanguage(kept)) return kept;
  return /^(nb|nn|no)\b/.test(navigator.language) ? "nb" : "en";
}

/** British English: a 24-hour clock, and the day before the month. */
const LOCALES: Record<LanguageCode, string> = { en: "en-GB", nb: "nb-NO" };

const FORMATS = {
  time: { hour: "2-digit", minute: "2-digit" },
  date: { weekday: "short", day: "numeric", month: "short" },
  day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  calendar: { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Made once each: to make one takes the browser a hundred times as long as to use it. */
const made = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, kind: keyof typeof FORMATS): Intl.DateTimeFormat {
  const name = `${locale} ${kind}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat(locale, FORMATS[kind]);
  made.set(name, fresh);
  return fresh;
}

class Language {
  code = $state<LanguageCode>(preferred());

  get words(): Catalogue {
    return CATALOGUES[this.code];
  }

  /** The words of the language of a text that is shown, where there are such; else those of the screens. */
  wordsIn(code: string): Catalogue {
    return isLanguage(code) ? CATALOGUES[code] : this.words;
  }

  get locale(): string {
    return LOCALES[this.code];
  }

  choose(code: LanguageCode): void {
    this.code = code;
    localStorage.setItem(KEPT_AS, code);
    document.documentElement.lang = code;
  }

  /** What a release says, in this language or else in one that it has. */
  of(words: Words | null): string {
    if (words === null) return "";
    return words[this.code] ?? words["en"] ?? Object.values(words)[0] ?? "";
  }

  time(at_ms: number): string {
    return inWords(format(this.locale, "time"), at_ms);
  }

  date(at_ms: number): string {
    return inWords(format(this.locale, "date"), at_ms);
  }

  /** "Tuesday 24 November 2026" */
  day(at_ms: number): string {
    return inWords(format(this.locale, "day"), at_ms);
  }

  /** The time alone today, with its day otherwise. */
  moment(at_ms: number, now_ms: number): string {
    const sameDay = new Date(at_ms).toDateString() === new Date(now_ms).toDateString();
    return sameDay ? this.time(at_ms) : `${this.date(at_ms)} ${this.time(at_ms)}`;
  }

  /** "2000-02-29" as a date of the calendar, in no time zone. */
  calendarDate(date: string): string {
    return inWords(format(this.locale, "calendar"), Date.parse(`${date}T00:00:00Z`));
  }

  /** Makes the formats of dates that most screens need. */
  prepare(): void {
    for (const kind of ["time", "date", "calendar"] as const) format(this.locale, kind).format(0);
  }

  /** "3.0" with the decimal mark of the language. */
  decimal(number: string): string {
    return this.code === "nb" ? number.replace(".", ",") : number;
  }

  /** Words for a code of procedures/core/errors.py or of the tablet's own. */
  problem(code: string): string {
    const problems: Record<string, string> = this.words.problems;
    return problems[code] ?? this.words.problems.unknown;
  }
}

export const language = new Language();

/** What a release names, to be chosen from. */
export function choicesOf(named: readonly Named[]): { key: Key; text: string }[] {
  return named.map(({ key, title }) => ({ key, text: language.of(title) }));
}
