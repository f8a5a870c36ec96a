// A signature drawn on the glass, in the form in which an entry's private part keeps it (docs/wire-format.md).

import type { Json } from "../../core/canonical.ts";

/** From pen down to pen up: x, y and ms, then for each further point the differences to the one before. */
export type Line = readonly number[];

/** What is seen and kept does not depend on the size of the field on the glass. */
export const FIELD = { width: 3000, height: 1000 } as const;

const MARGIN = 40;
/** Less than this in both directions is a tap, not a signature. */
const SMALLEST = 150;
/** Of about 10 bytes each, well within what one entry may hold. */
const MOST_POINTS = 4000;

export interface PenPoint {
  x: number;
  y: number;
  /** ms, of a clock that only goes forward: as events have it */
  time: number;
}

/** `scale`: units of the field per pixel on the glass. `lifted_ms`: when the pen was last lifted; null if not known. */
export function lineFrom(points: readonly PenPoint[], scale: number, lifted_ms: number | null): Line {
  let [x, y, ms] = [0, 0, rounded(lifted_ms ?? points[0]?.time ?? 0)];
  return points.flatMap((point) => {
    const before = [x, y, ms] as const;
    [x, y, ms] = [rounded(point.x * scale), rounded(point.y * scale), rounded(point.time)];
    // A clock that was set back must not make time run backwards.
    return [x - before[0], y - before[1], Math.max(0, ms - before[2])];
  });
}

/** Plus zero, since canonical JSON has no -0. */
function rounded(value: number): number {
  return Math.round(value) + 0;
}

/** The line as an SVG path, whose relative commands take the same differences. */
export function pathOf(line: Line): string {
  const steps: string[] = [];
  for (let at = 3; at < line.length; at += 3) steps.push(`${line[at] ?? 0} ${line[at + 1] ?? 0}`);
  return `M${line[0] ?? 0} ${line[1] ?? 0}l${steps.length === 0 ? "0 0" : steps.join(" ")}`;
}

/** The part of the field that holds the lines, with a margin: x, y, width and height, as an SVG's viewBox has them. */
export function boxOf(lines: readonly Line[]): string {
  const points = lines.flatMap(pointsOf);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const at = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value), Infinity) - MARGIN;
  return [at(xs), at(ys), spanOf(xs) + 2 * MARGIN, spanOf(ys) + 2 * MARGIN].join(" ");
}

export type DrawingProblem = "blank" | "dot" | "long";

/** Why this is no signature; null when it may be one. */
export function drawingProblem(lines: readonly Line[]): DrawingProblem | null {
  if (lines.length === 0) return "blank";
  const points = lines.flatMap(pointsOf);
  if (points.length > MOST_POINTS) return "long";
  const spread = Math.max(spanOf(points.map(([x]) => x)), spanOf(points.map(([, y]) => y)));
  return spread < SMALLEST ? "dot" : null;
}

function pointsOf(line: Line): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < line.length; at += 3) {
    [x, y] = [x + (line[at] ?? 0), y + (line[at + 1] ?? 0)];
    points.push([x, y]);
  }
  return points;
}

function spanOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity) - values.reduce((least, value) => Math.min(least, value), Infinity);
}

/** The lines of a private part; null where there are none or they cannot be read. */
export function linesIn(strokes: Json | undefined): readonly Line[] | null {
  if (!Array.isArray(strokes) || strokes.length === 0) return null;
  return strokes.every(isLine) ? (strokes as readonly Line[]) : null;
}

function isLine(line: Json): boolean {
  return Array.isArray(line) && line.length >= 3 && line.length % 3 === 0 && line.every((part) => Number.isInteger(part));
}
