// A case at one instant: what each item says, and so what each condition is worth. Twin of procedures/core/moment.py.

import { fullYears, type LocalDate, localDate, readDate } from "./dates.ts";
import { isObject, type Json } from "./canonical.ts";
import type { Catalog } from "./closure.ts";
import { allOf, type Condition, evaluate, type Reader, type Reading, type Truth } from "./condition.ts";
import { consentOf } from "./consents.ts";
import type { Digest, Key } from "./entry.ts";
import { absentKey, fits } from "./fitness.ts";
import { answerRegister, type Register, type State } from "./fold.ts";
import type { Item, Row } from "./release.ts";

/** One place in which an item is asked: "" or a side, a row, a row and side, a repetition. */
export interface Place {
  readonly part: string;
  /** null: it is not known yet whether this part is asked. */
  readonly asked: Truth;
  /** Of a repetition, when it is due; null otherwise or when not known. */
  readonly due_ms: number | null;
}

export type AnswerState = "unanswered" | "answered" | "absent" | "disputed" | "unfit" | "outdated";

const UNKNOWN: Reading = { kind: "unknown" };
const NOT_APPLICABLE: Reading = { kind: "not-applicable" };
const EMPTY: Register = { heads: [], settled: false, value: null, private: null, reopened: [] };

export class Moment {
  private readonly memo = new Map<string, Truth>();

  /**
   * `consentState` judges a consent at this moment. `isOutdated`: whether these heads of an item were given over something
   * else than it shows now.
   */
  constructor(
    readonly catalog: Catalog,
    readonly state: State,
    readonly now_ms: number,
    readonly zone_min: number,
    private readonly consentState: (key: Key, moment: Moment) => string,
    private readonly isOutdated: (item: Item, heads: readonly Digest[]) => boolean,
  ) {}

  /** The same case in the same zone at another instant. */
  at(now_ms: number): Moment {
    if (now_ms === this.now_ms) return this;
    return new Moment(this.catalog, this.state, now_ms, this.zone_min, this.consentState, this.isOutdated);
  }

  get today(): LocalDate {
    return localDate(this.now_ms, this.zone_min);
  }

  register(name: string): Register {
    return this.state.registers[name] ?? EMPTY;
  }

  /** The later of now and the planned start; null while the plan is not settled. */
  startMs(): number | null {
    const planned = this.register("planned").value;
    return typeof planned === "number" ? Math.max(this.now_ms, planned) : null;
  }

  /** The settled sex, "unknown" included; null when not settled. */
  givenSex(): string | null {
    const { value } = this.register("subject");
    const sex = isObject(value) ? value["sex"] : null;
    return typeof sex === "string" ? sex : null;
  }

  /** Full years at the local date of now: by the birth date where it is known here, else by the year of birth. */
  ageYears(): number | null {
    const years = this.years();
    return years === null || years < 0 ? null : years;
  }

  /** A birth date that is no date, or lies ahead. */
  birthIsWrong(): boolean {
    const given = this.birthDate();
    return (given !== null && readDate(given) === null) || (this.years() ?? 0) < 0;
  }

  private birthDate(): string | null {
    const given = this.register("subject").private?.part?.["birth_date"];
    return typeof given === "string" ? given : null;
  }

  private years(): number | null {
    const given = this.birthDate();
    if (given !== null) {
      const birth = readDate(given);
      return birth === null ? null : fullYears(birth, this.today);
    }
    const { value } = this.register("subject");
    const year = isObject(value) ? value["birth_year"] : null;
    return typeof year === "number" ? this.today.year - year : null;
  }

  /** Where an item is asked, in the order of the release. */
  placesOf(item: Item): readonly Place[] {
    if (item.per_side !== null) return this.sides(item.per_side).map((part) => ({ ...part, due_ms: null }));
    if (item.per_row !== null) return this.rowsOf(item.per_row).map((part) => ({ ...part, due_ms: null }));
    return item.repeat === null ? [{ part: "", asked: true, due_ms: null }] : this.repetitions(item.repeat);
  }

  shown(item: Item, part: string): Truth {
    return this.remembered(`shown/${item.key}/${part}`, () => {
      const place = this.placesOf(item).find((each) => each.part === part);
      const asked = place === undefined ? false : place.asked;
      return asked === false ? false : allOf([asked, this.judge(item.show_when, { item, part })]);
    });
  }

  /** false where hidden, null where it is not known whether it is shown. */
  required(item: Item, part: string): Truth {
    const shown = this.shown(item, part);
    if (shown !== true) return shown;
    return this.remembered(`required/${item.key}/${part}`, () =>
      typeof item.required === "boolean" ? item.required : this.judge(item.required, { item, part }));
  }

  answerState(item: Item, part: string): AnswerState {
    if (item.computed !== null) return this.computed(item, part) === null ? "unanswered" : "answered";
    const register = this.register(answerRegister(item.key, part));
    if (register.heads.length === 0) return "unanswered";
    if (!register.settled) return "disputed";
    if (!fits(item, register.value, register.private)) return "unfit";
    if (this.isOutdated(item, register.heads)) return "outdated";
    return absentKey(register.value) === null ? "answered" : "absent";
  }

  /** What an item says at one part. */
  reading(item: Item, part: string): Reading {
    const shown = this.shown(item, part);
    if (shown === false) return NOT_APPLICABLE;
    const state = shown === null ? "unanswered" : this.answerState(item, part);
    if (state !== "answered" && state !== "absent") return UNKNOWN;
    const value = this.valueOf(item, part);
    return state === "absent" ? { kind: "absent", key: absentKey(value) ?? "" } : { kind: "value", value };
  }

  /** The settled or computed value, fit or not. */
  valueOf(item: Item, part: string): Json {
    return item.computed === null ? this.register(answerRegister(item.key, part)).value : this.computed(item, part);
  }

  /** The worth of a condition; null stands for "always". `own` is the item and part that it belongs to. */
  judge(condition: Condition | null, own: Own | null = null): Truth {
    return condition === null ? true : evaluate(condition, this.readerFor(own, false));
  }

  /** As `judge`, in a hold: there an unanswered item that is not required does not apply. */
  judgeHold(condition: Condition | null, own: Own, built: (reading: Reading) => boolean): Truth {
    if (this.shown(own.item, own.part) !== true) return this.shown(own.item, own.part);
    if (condition !== null) return evaluate(condition, this.readerFor(own, true));
    const reading = this.ownReading(own);
    return reading.kind === "unknown" ? null : built(reading);
  }

  private ownReading({ item, part }: Own): Reading {
    const idle = this.answerState(item, part) === "unanswered" && this.required(item, part) === false;
    return idle && item.computed === null ? NOT_APPLICABLE : this.reading(item, part);
  }

  private readerFor(own: Own | null, inHold: boolean): Reader {
    return {
      now_ms: this.now_ms,
      readings: (key) => this.readings(key, own, inHold),
      isNumber: (key) => this.catalog.items.get(key)?.type === "number",
      startMs: () => this.startMs(),
      ageYears: () => this.ageYears(),
      sex: () => (this.givenSex() === "unknown" ? null : this.givenSex()),
      consent: (key) => this.consentState(key, this),
      heard: (key, of) => consentOf(this.state.consents, key).heard
        .filter(({ who, superseded }) => who === of && !superseded).map(({ view }) => view),
    };
  }

  /** An item that is asked along the same sides or rows is read at the same part, any other at all its parts. */
  private readings(key: Key, own: Own | null, inHold: boolean): readonly Reading[] {
    const item = this.catalog.items.get(key);
    if (item === undefined) return [UNKNOWN];
    if (own?.item.key === key) return [inHold ? this.ownReading(own) : this.reading(item, own.part)];
    if (own !== null && alongside(own.item, item)) return [this.reading(item, own.part)];
    return this.placesOf(item).filter(({ asked }) => asked !== false).map(({ part }) => this.reading(item, part));
  }

  /** "yes", "no" or a list of rows; null when not known. */
  private computed(item: Item, part: string): Json {
    if (item.computed === null) return null;
    const { condition } = item.computed;
    if (condition !== null) {
      const truth = this.remembered(`computed/${item.key}/${part}`, () => this.judge(condition, { item, part }));
      return truth === null ? null : truth ? "yes" : "no";
    }
    const rows = this.rowsOf(item.computed.table);
    return rows.some(({ asked }) => asked === null) ? null : rows.map((row) => row.part).sort();
  }

  /** The sides that are chosen; one nameless side where there is no such question. */
  private sides(key: Key): readonly Omit<Place, "due_ms">[] {
    const item = this.catalog.items.get(key);
    const reading = item === undefined ? UNKNOWN : this.reading(item, "");
    if (reading.kind === "unknown") return [{ part: "", asked: null }];
    if (item === undefined || reading.kind !== "value") return [{ part: "", asked: true }];
    const chosen = Array.isArray(reading.value) ? reading.value : [reading.value];
    const parts = item.choices.filter((choice) => chosen.includes(choice.key)).flatMap(({ key: own, parts: sides }) => sides ?? [own]);
    return [...new Set(parts)].map((part) => ({ part, asked: true }));
  }

  /** The rows of a table that are there, or may be. */
  private rowsOf(table: Key | null): readonly Omit<Place, "due_ms">[] {
    const places = this.catalog.rows(table).flatMap((row) => this.rowPlaces(row, table ?? ""));
    return places.filter(({ asked }) => asked !== false);
  }

  private rowPlaces(row: Row, table: Key): readonly Omit<Place, "due_ms">[] {
    const there = this.remembered(`row/${table}/${row.key}`, () => this.judge(row.when));
    if (row.per_side === null) return [{ part: row.key, asked: there }];
    return this.sides(row.per_side).map(({ part, asked }) => ({
      part: part === "" ? row.key : `${row.key}/${part}`, asked: allOf([there, asked]),
    }));
  }

  private repetitions(repeat: { readonly from: Key; readonly after_min: readonly number[] }): readonly Place[] {
    const item = this.catalog.items.get(repeat.from);
    const reading = item === undefined ? UNKNOWN : this.reading(item, "");
    const from_ms = reading.kind === "value" && typeof reading.value === "number" ? reading.value : null;
    return repeat.after_min.map((minutes) => ({
      part: String(minutes),
      asked: reading.kind === "unknown" ? null : true,
      due_ms: from_ms === null ? null : from_ms + minutes * 60_000,
    }));
  }

  /** While a condition that leads back to itself is judged, it is unknown. (Publishing refuses such a release.) */
  private remembered(name: string, judge: () => Truth): Truth {
    const known = this.memo.get(name);
    if (known !== undefined) return known;
    this.memo.set(name, null);
    const truth = judge();
    this.memo.set(name, truth);
    return truth;
  }
}

export interface Own {
  readonly item: Item;
  readonly part: string;
}

function alongside(left: Item, right: Item): boolean {
  return (left.per_side !== null && left.per_side === right.per_side) ||
    (left.per_row !== null && left.per_row === right.per_row);
}
