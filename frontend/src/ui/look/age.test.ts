import { describe, expect, it } from "vitest";
import { CATALOGUES } from "../../i18n/catalogue.ts";
import { problemsOf } from "../ward/opening.ts";
import { ageInWords } from "./age.ts";

const NOW = new Date("2026-11-24T12:00:00").getTime();
const words = CATALOGUES.en.patient;

describe("an age in words", () => {
  it.each([
    ["2026-11-23", "1 day"],
    ["2026-11-04", "20 days"],
    ["2026-10-20", "5 weeks"],
    ["2026-06-24", "5 months"],
    ["2024-12-24", "23 months"],
    ["2024-11-24", "2 years"],
    ["2019-11-25", "6 years"],
    ["2019-11-24", "7 years"],
    ["2027-01-01", "age not known"],
  ])("of %s is %s", (birth_date, said) => {
    expect(ageInWords(birth_date, NOW, words)).toBe(said);
  });
});

describe("a new case", () => {
  const form = { identifier: "1", name: "Emma", birth_date: "2019-01-01", sex: "female", start_ms: NOW };

  it("is accepted whole, and each thing that is missing or wrong is named", () => {
    expect(problemsOf(form, NOW)).toEqual({});
    expect(problemsOf({ identifier: " ", name: "", birth_date: "", sex: "", start_ms: NaN }, NOW)).toEqual({
      identifier: "missing",
      name: "missing",
      birth_date: "missing",
      sex: "missing",
      start_ms: "missing",
    });
    expect(problemsOf({ ...form, birth_date: "2026-11-25" }, NOW)).toEqual({ birth_date: "futureDate" });
    expect(problemsOf({ ...form, birth_date: "1819-01-01" }, NOW)).toEqual({ birth_date: "oldDate" });
  });
});
