import { expect, it } from "vitest";
import { inWords } from "./when.ts";

it("says every instant that there is, and none that there is not", () => {
  const format = new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone: "UTC" });
  expect(inWords(format, 0)).toBe("1970");
  expect([NaN, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER].map((at_ms) => inWords(format, at_ms))).toEqual(["–", "–", "–"]);
});
