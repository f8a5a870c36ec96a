import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../core/canonical.ts";
import { MAX_ENTRY_BYTES } from "../../core/entry.ts";
import { boxOf, drawingProblem, type Line, lineFrom, linesIn, pathOf } from "./drawing.ts";

const at = (x: number, y: number, time = 0) => ({ x, y, time });

describe("a line", () => {
  it("is a place and an instant, then differences", () => {
    const line = lineFrom([at(10, 20, 1_000), at(13, 18, 1_016), at(13, 18.4, 1_040)], 2, null);
    expect(line).toEqual([20, 40, 0, 6, -4, 16, 0, 1, 24]);
    expect(pathOf(line)).toBe("M20 40l6 -4 0 1");
  });

  it("begins with the time since the pen was last lifted", () => {
    expect(lineFrom([at(1, 1, 5_000)], 1, 4_200)).toEqual([1, 1, 800]);
  });

  it("is shown without the empty field around it", () => {
    expect(boxOf([[100, 50, 0, 200, -30, 16], [90, 20, 0]])).toBe("50 -20 290 110");
  });

  it("of one point is a dot that is seen", () => {
    expect(pathOf([5, 6, 0])).toBe("M5 6l0 0");
  });

  it("adds up to where the pen was and can be written canonically, whatever the pen did", () => {
    const coordinate = fc.double({ min: -500, max: 4_000, noNaN: true });
    const points = fc.array(fc.record({ x: coordinate, y: coordinate, time: fc.double({ min: 0, max: 1e12, noNaN: true }) }), { minLength: 1 });
    fc.assert(
      fc.property(points, fc.double({ min: 0.5, max: 10, noNaN: true }), fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })), (drawn, scale, lifted_ms) => {
        const line = lineFrom(drawn, scale, lifted_ms);
        expect(encode([line]).ok).toBe(true);
        expect(linesIn([line as number[]])).toEqual([line]);
        const sum = (offset: number) => line.filter((_, index) => index % 3 === offset).reduce((all, part) => all + part, 0);
        expect(sum(0)).toBe(Math.round((drawn.at(-1)?.x ?? 0) * scale) + 0);
        expect(sum(1)).toBe(Math.round((drawn.at(-1)?.y ?? 0) * scale) + 0);
      }),
    );
  });
});

describe("a signature", () => {
  const stroke: Line = [100, 500, 0, 400, -300, 80, 400, 300, 80];

  it("is not an empty field, a dot or a few dots in one place", () => {
    expect(drawingProblem([])).toBe("blank");
    expect(drawingProblem([[1500, 500, 0]])).toBe("dot");
    expect(drawingProblem([[1500, 500, 0], [1520, 510, 300, 2, 2, 16]])).toBe("dot");
    expect(drawingProblem([stroke])).toBeNull();
  });

  it("is refused before it is longer than an entry can hold", () => {
    const step = [-12, 11, 116];
    const long = (points: number): Line => Array.from({ length: points }, () => step).flat();
    expect(drawingProblem([long(4_001)])).toBe("long");
    expect(drawingProblem([long(4_000)])).toBeNull();
    const written = encode({ name: "ø".repeat(200), salt: "s".repeat(22), strokes: [long(4_000)] as number[][] });
    expect(written.ok && written.value.length < MAX_ENTRY_BYTES).toBe(true);
  });

  it("is not read out of what is none", () => {
    expect(linesIn(undefined)).toBeNull();
    expect(linesIn([])).toBeNull();
    expect(linesIn([[1, 2]])).toBeNull();
    expect(linesIn([["<script>", 1, 2]])).toBeNull();
  });
});
