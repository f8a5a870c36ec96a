import { expect, it } from "vitest";
import { hasLongWord } from "./longword.ts";

it("tells texts with a word that needs room from those whose words can stand below each other", () => {
  expect(hasLongWord("Flowcytometri, immunfenotyping")).toBe(true);
  expect(hasLongWord("Spread of a tumour to the marrow")).toBe(false);
  expect(hasLongWord("Non-invasive/percutaneous")).toBe(false);
  expect(hasLongWord("Morsmelk\u00aderstatning")).toBe(false);
});
