// From lines of cells to the rows of a list of patients: which column is which, and what each cell says.

import { readDate } from "../../core/dates.ts";
import { localDateOf, momentOf } from "../look/when.ts";
import { type FormProblem, type NewCaseForm, problemsOf } from "../ward/opening.ts";
import { type FileProblem, linesOf, type TableLine } from "./table.ts";

export const MAX_ROWS = 200;
const YEAR_MS = 366 * 24 * 3_600_000;

export const FIELDS = ["identifier", "name", "birth_date", "sex", "start_ms"] as const;
export type Field = (typeof FIELDS)[number];

export type RowProblem = FormProblem | "wrongSex" | "wrongStart" | "startOutside" | "lineBreak" | "tooManyCells";

export interface Row {
  /** Of the file. */
  line: number;
  form: NewCaseForm;
  /** What stands in the file, for whoever looks for a mistake there. */
  said: Readonly<Record<Field, string>>;
  /** By field; empty where the row can be taken. `line`: the row as a whole. */
  problems: Readonly<Partial<Record<Field | "line", RowProblem>>>;
}

export type List =
  | { kind: "rows"; rows: readonly Row[] }
  | { kind: "problem"; problem: FileProblem | "tooMany" | "noRows" }
  /** The first line does not name these columns, or names one of them twice. */
  | { kind: "columns"; missing: readonly Field[]; twice: readonly Field[] };

/** How columns may be called, in lower-case letters and digits alone. A planned start may stand in several. */
const HEADINGS: Record<Field, RegExp> = {
  identifier: /^(patients?)?(identifier|id|number)$|^mrn$|^(pasient(ens?)?)?(id|nummer)$|^identifikator$|^(fødsels|person|d)nummer$|^fnr$/,
  name: /^(patients?)?name$|^patient$|^(pasient(ens?)?)?navn$|^pasient$/,
  birth_date: /^(dateofbirth|birthdate|birthday|dob|born|fødselsdato|født|fdato)$/,
  sex: /^(sex|gender|kjønn)$/,
  start_ms: /^(planned|planlagt)?(start)?(date|dato)?(and|og)?(time|tid|tidspunkt|klokkeslett|kl)?$/,
};

const SEXES: Record<string, RegExp> = {
  female: /^(f|k|female|woman|girl|kvinne|jente)$/,
  male: /^(m|male|man|boy|mann|gutt)$/,
  other: /^(o|other|annet|a)$/,
  unknown: /^(u|unknown|not known|ukjent|ikke kjent)$/,
};

/** `now_ms` is the tablet's clock: what lies ahead or too far back is a mistake. */
export function listOf(text: string, now_ms: number): List {
  const lines = linesOf(text);
  if (lines.kind === "problem") return lines;
  const [heading, ...rest] = lines.value;
  const columns = heading === undefined ? null : columnsOf(heading);
  if (heading === undefined || columns === null) return { kind: "problem", problem: "empty" };
  const missing = FIELDS.filter((field) => columns[field].length === 0);
  const twice = FIELDS.filter((field) => field !== "start_ms" && columns[field].length > 1);
  if (missing.length + twice.length > 0) return { kind: "columns", missing, twice };
  if (rest.length === 0) return { kind: "problem", problem: "noRows" };
  if (rest.length > MAX_ROWS) return { kind: "problem", problem: "tooMany" };
  return { kind: "rows", rows: rest.map((line) => rowOf(line, columns, heading.cells.length, now_ms)) };
}

type Columns = Record<Field, number[]>;

function columnsOf({ cells }: TableLine): Columns {
  const bare = cells.map((cell) => cell.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  const of = (field: Field) => bare.flatMap((cell, index) => (cell !== "" && HEADINGS[field].test(cell) ? [index] : []));
  return Object.fromEntries(FIELDS.map((field) => [field, of(field)])) as Columns;
}

function rowOf({ number, cells }: TableLine, columns: Columns, width: number, now_ms: number): Row {
  const cell = (field: Field) => columns[field].map((index) => cells[index] ?? "").join(" ").trim();
  const said = Object.fromEntries(FIELDS.map((field) => [field, cell(field)])) as Record<Field, string>;
  const form: NewCaseForm = {
    identifier: said.identifier,
    name: said.name,
    birth_date: dateIn(said.birth_date) ?? said.birth_date,
    sex: sexIn(said.sex) ?? "",
    start_ms: startIn(said.start_ms),
  };
  const extra = cells.slice(width).some((one) => one !== "");
  return { line: number, form, said, problems: { ...problemsIn(form, said, now_ms), ...(extra ? { line: "tooManyCells" } : {}) } };
}

function problemsIn(form: NewCaseForm, said: Row["said"], now_ms: number): Row["problems"] {
  const problems: Partial<Record<Field, RowProblem>> = { ...problemsOf(form, now_ms) };
  if (said.birth_date !== "" && readDate(form.birth_date) === null) problems.birth_date = "wrongDate";
  if (said.sex !== "" && form.sex === "") problems.sex = "wrongSex";
  const start = said.start_ms === "" ? null : startProblem(form.start_ms, now_ms);
  if (start !== null) problems.start_ms = start;
  for (const field of FIELDS) if (said[field].includes("\n")) problems[field] = "lineBreak";
  return problems;
}

/** A list is for days to come: a start that is long past, or over a year ahead, is a slip of the pen. */
function startProblem(start_ms: number, now_ms: number): RowProblem | null {
  if (Number.isNaN(start_ms)) return "wrongStart";
  const today_ms = momentOf(localDateOf(now_ms), "00:00");
  return start_ms < today_ms || start_ms > now_ms + YEAR_MS ? "startOutside" : null;
}

function sexIn(said: string): string | null {
  const wanted = said.toLowerCase();
  return Object.keys(SEXES).find((sex) => SEXES[sex]?.test(wanted) === true) ?? null;
}

/** "YYYY-MM-DD" of a date written so or as day.month.year; null where it is none. */
function dateIn(said: string): string | null {
  const [, day = "", month = "", year = ""] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(said) ?? [];
  const iso = year === "" ? said : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return readDate(iso) === null ? null : iso;
}

/** "HH:MM" of a time such as 8:30, 08.30, 0830 or 08:30:00; null where it is none. */
function timeIn(said: string): string | null {
  const [, hour = "", minute = ""] = /^(\d{1,2})[:.](\d\d)(?:[:.]00)?$/.exec(said) ?? /^(\d\d)(\d\d)$/.exec(said) ?? [];
  return hour === "" || Number(hour) > 23 || Number(minute) > 59 ? null : `${hour.padStart(2, "0")}:${minute}`;
}

/** A date and a time, in either order; NaN where there is not one of each. */
function startIn(said: string): number {
  const pieces = said.split(/[\sT,]+/).filter((piece) => !/^(kl\.?|)$/i.test(piece));
  const date = pieces.map(dateIn).find((found) => found !== null);
  const time = pieces.map(timeIn).find((found) => found !== null);
  return pieces.length === 2 && date !== undefined && time !== undefined ? momentOf(date, time) : NaN;
}
