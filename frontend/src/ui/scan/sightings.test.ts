import { describe, expect, it } from "vitest";
import { Sightings } from "./sightings.ts";

function last(...pictures: string[][]): unknown {
  const sightings = new Sightings();
  return pictures.map((texts) => sightings.see(texts)).at(-1);
}

describe("a code", () => {
  it("is read when two pictures in a row say the same", () => {
    expect(last(["a"])).toEqual({ kind: "nothing" });
    expect(last(["a"], ["a"])).toEqual({ kind: "read", text: "a" });
    expect(last(["a"], ["b"])).toEqual({ kind: "nothing" });
    expect(last(["a"], [], ["a"])).toEqual({ kind: "nothing" });
    expect(last(["a"], ["b"], ["b"])).toEqual({ kind: "read", text: "b" });
  });

  it("is read without its control characters, as it would be typed", () => {
    expect(last(["\u001d0101 19\r\n"], ["\u001d0101 19\r\n"])).toEqual({ kind: "read", text: "0101 19" });
    expect(last(["\u001d"], ["\u001d"])).toEqual({ kind: "nothing" });
  });

  it("is not guessed where there are several", () => {
    expect(last(["a"], ["a", "b"])).toEqual({ kind: "several" });
    expect(last(["a", "b"], ["a"])).toEqual({ kind: "nothing" });
    expect(last(["a"], ["a", "a"])).toEqual({ kind: "read", text: "a" });
  });
});
