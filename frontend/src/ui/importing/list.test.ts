import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUES } from "../../i18n/catalogue.ts";
import { localDateOf, localTimeOf, momentOf } from "../look/when.ts";
import { listOf, MAX_ROWS, type Row } from "./list.ts";

const NOW = new Date(2026, 10, 24, 12).getTime();
const HEADING = "identifier,name,birth date,sex,planned start";
const GOOD = "010119 12345,Emma Solberg,2019-01-01,female,2026-11-25 08:30";

function rowsOf(text: string): readonly Row[] {
  const list = listOf(text, NOW);
  if (list.kind !== "rows") throw new Error(JSON.stringify(list));
  return list.rows;
}

function only(line: string, heading = HEADING): Row {
  const [row] = rowsOf(`${heading}\n${line}`);
  if (row === undefined) throw new Error("no row");
  return row;
}

const EMMA = { identifier: "010119 12345", name: "Emma Solberg", birth_date: "2019-01-01", sex: "female", start_ms: new Date(2026, 10, 25, 8, 30).getTime() };

describe("a row", () => {
  it.each([
    ["as in English", GOOD, HEADING],
    ["as in Norwegian", "1.1.2019;jente;25.11.2026;08.30;Emma Solberg;010119 12345", "Fødselsdato;Kjønn;Dato;Kl.;Navn;Pasient-ID"],
    ["as pasted from a table", "08:30\t010119 12345\tEmma Solberg\tK\t01.01.2019\t25.11.2026", "Klokkeslett\tPERSONNUMMER\tpasientens navn\tKJØNN\tfødt\tStartdato"],
    ["with columns that are passed over", `room 3,${GOOD}`, `Room,${HEADING}`],
    ["with a mark and the time first", GOOD.replace("2026-11-25 08:30", "kl. 0830 25.11.2026"), `\uFEFF${HEADING}`],
  ])("%s is read", (_, line, heading) => {
    expect(only(line, heading)).toMatchObject({ line: 2, form: EMMA, problems: {} });
  });

  it.each([
    ["nothing", ",,,,x", { identifier: "missing", name: "missing", birth_date: "missing", sex: "missing", start_ms: "wrongStart" }],
    ["no such day", GOOD.replace("2019-01-01", "31.02.2019"), { birth_date: "wrongDate" }],
    ["the month first", GOOD.replace("2019-01-01", "05/01/2019"), { birth_date: "wrongDate" }],
    ["a birth to come", GOOD.replace("2019-01-01", "2027-01-01"), { birth_date: "futureDate" }],
    ["a birth long ago", GOOD.replace("2019-01-01", "1819-01-01"), { birth_date: "oldDate" }],
    ["a sex of no kind", GOOD.replace("female", "fem"), { sex: "wrongSex" }],
    ["a day without a time", GOOD.replace(" 08:30", ""), { start_ms: "wrongStart" }],
    ["no such time", GOOD.replace("08:30", "24:30"), { start_ms: "wrongStart" }],
    ["yesterday", GOOD.replace("2026-11-25", "2026-11-23"), { start_ms: "startOutside" }],
    ["a year of the birth", GOOD.replace("2026-11-25", "2036-11-25"), { start_ms: "startOutside" }],
    ["swallowed lines", GOOD.replace("Emma Solberg", '"Emma\nOla"'), { name: "lineBreak" }],
    ["a separator too many", GOOD.replace("Emma", "Solberg,Emma"), { line: "tooManyCells" }],
  ])("with %s says what is wrong", (_, line, problems) => {
    expect(only(line).problems).toMatchObject(problems);
    expect(only(GOOD).problems).toEqual({});
  });

  it("may start earlier today", () => {
    expect(only(GOOD.replace("2026-11-25", "2026-11-24")).problems).toEqual({});
  });

  it.each([["f", "female"], ["K", "female"], ["Kvinne", "female"], ["girl", "female"], ["m", "male"], ["Gutt", "male"], ["annet", "other"], ["Ukjent", "unknown"]])(
    "knows %s as %s",
    (said, sex) => {
      expect(only(GOOD.replace("female", said)).form.sex).toBe(sex);
    },
  );

  it("comes back from what was written, in either language's dates and with any separator", () => {
    const day_ms = fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minutes) => NOW + minutes * 60_000);
    const word = fc.string({ unit: fc.constantFrom("a", "å", "Å", " ", "-", ",", ";", "\t", "'", "b"), minLength: 1 }).map((text) => text.trim()).filter((text) => text !== "");
    const birth = fc.integer({ min: new Date(1910, 0, 1).getTime(), max: NOW }).map(localDateOf);
    const turned = (date: string) => date.split("-").reverse().join(".");
    fc.assert(
      fc.property(word, word, birth, fc.constantFrom("female", "male"), day_ms, fc.boolean(), fc.constantFrom(",", ";", "\t"), (identifier, name, birth_date, sex, at_ms, norwegian, separator) => {
        const [date, time] = [localDateOf(at_ms), localTimeOf(at_ms)];
        const cells = norwegian ? [identifier, name, turned(birth_date), sex === "male" ? "gutt" : "jente", turned(date), time] : [identifier, name, birth_date, sex, date, time];
        const heading = norwegian ? ["ID", "Navn", "Fødselsdato", "Kjønn", "Dato", "Klokkeslett"] : ["id", "name", "date of birth", "sex", "start date", "start time"];
        const text = [heading, cells].map((line) => line.map((cell) => `"${cell}"`).join(separator)).join("\r\n");
        expect(rowsOf(text)).toMatchObject([{ form: { identifier, name, birth_date, sex, start_ms: momentOf(date, time) }, problems: {} }]);
      }),
    );
  });
});

describe("a list", () => {
  it.each([
    ["", { kind: "problem", problem: "empty" }],
    [HEADING, { kind: "problem", problem: "noRows" }],
    [GOOD, { kind: "columns", missing: ["identifier", "name", "birth_date", "sex", "start_ms"], twice: [] }],
    ["id,name,sex\n1,2,3", { kind: "columns", missing: ["birth_date", "start_ms"], twice: [] }],
    [`${HEADING},Navn\n${GOOD},x`, { kind: "columns", missing: [], twice: ["name"] }],
  ])("%j is refused", (text, list) => {
    expect(listOf(text, NOW)).toEqual(list);
  });

  it("has at most so many rows", () => {
    const list = (rows: number) => listOf([HEADING, ...Array.from({ length: rows }, () => GOOD)].join("\n"), NOW);
    expect(list(MAX_ROWS).kind).toBe("rows");
    expect(list(MAX_ROWS + 1)).toEqual({ kind: "problem", problem: "tooMany" });
  });

  it.each(Object.entries(CATALOGUES))("is read as the example in %s shows it", (_, words) => {
    const rows = rowsOf(words.importing.example(localDateOf(NOW)));
    expect(rows.map(({ problems }) => problems)).toEqual([{}, {}]);
  });
});
