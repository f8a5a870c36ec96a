import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lockWhenIdle } from "./idle.ts";

const FIVE_MIN_MS = 5 * 60_000;

describe("locking by itself", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("document", new EventTarget());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("happens when nobody touched the tablet, and not before", () => {
    const lock = vi.fn();
    const end = lockWhenIdle(() => FIVE_MIN_MS, lock);
    vi.advanceTimersByTime(FIVE_MIN_MS - 10_000);
    window.dispatchEvent(new Event("pointerdown"));
    vi.advanceTimersByTime(FIVE_MIN_MS - 10_000);
    expect(lock).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(lock).toHaveBeenCalled();
    end();
  });

  it("happens before the tap that wakes a tablet which slept past its time", () => {
    const lock = vi.fn();
    const end = lockWhenIdle(() => FIVE_MIN_MS, lock);
    vi.setSystemTime(Date.now() + FIVE_MIN_MS + 1);
    window.dispatchEvent(new Event("pointerdown"));
    expect(lock).toHaveBeenCalledOnce();
    end();
  });
});
