import { describe, expect, it } from "vitest";
import { isLate, MINUTE_MS, toMinute } from "./timing.ts";

const NOW = Date.parse("2026-11-24T12:00:59Z");

describe("entered later", () => {
  it("begins after a quarter of an hour, counted in minutes as people do", () => {
    expect(isLate(toMinute(NOW), NOW)).toBe(false);
    expect(isLate(toMinute(NOW) - 15 * MINUTE_MS, NOW)).toBe(false);
    expect(isLate(toMinute(NOW) - 16 * MINUTE_MS, NOW)).toBe(true);
  });
});
