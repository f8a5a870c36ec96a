import { describe, expect, it } from "vitest";
import { en } from "../../i18n/en.ts";
import { nb } from "../../i18n/nb.ts";
import { clockWords, isClockWrong } from "./clock.ts";

const YEAR_MS = 365 * 86_400_000;

describe("the tablet's clock", () => {
  it.each([
    [null, "never", "aldri"],
    [0, "right", "riktig"],
    [-1_999, "right", "riktig"],
    [5_000, "5 seconds behind", "5 sekunder etter"],
    [-150_000, "3 minutes ahead", "3 minutter foran"],
    [3 * 3_600_000, "3 hours behind", "3 timer etter"],
    [-YEAR_MS, "365 days ahead", "365 døgn foran"],
    [YEAR_MS, "365 days behind", "365 døgn etter"],
  ])("that is %s ms from the server's", (offset_ms, english, norwegian) => {
    expect(clockWords(offset_ms, en.sending, "en-GB")).toBe(english);
    expect(clockWords(offset_ms, nb.sending, "nb-NO")).toBe(norwegian);
  });

  it("is wrong from where what is written is flagged", () => {
    expect([null, 0, 120_000, -120_000].some(isClockWrong)).toBe(false);
    expect([120_001, -120_001, YEAR_MS, -YEAR_MS].every(isClockWrong)).toBe(true);
  });
});
