// From the bytes of a file, or from what was pasted, to lines of cells. What the columns mean is list.ts's.

import { dsvFormat } from "d3-dsv";

export const MAX_BYTES = 1_000_000;

/** Why nothing of a file can be read. */
export type FileProblem = "empty" | "tooLarge" | "workbook" | "webPage" | "notText" | "openQuote";

export interface TableLine {
  /** Counted from 1, as a text editor counts. */
  number: number;
  cells: readonly string[];
}

export type Read<T> = { kind: "read"; value: T } | { kind: "problem"; problem: FileProblem };

const problem = (found: FileProblem): { kind: "problem"; problem: FileProblem } => ({ kind: "problem", problem: found });

/** The first bytes of a zip, which an .xlsx is, and of an .xls. */
const WORKBOOKS = [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0]];

/** UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, which Excel writes in western Europe. */
export function textOf(bytes: Uint8Array): Read<string> {
  if (bytes.length > MAX_BYTES) return problem("tooLarge");
  if (WORKBOOKS.some((magic) => magic.every((byte, index) => bytes[index] === byte))) return problem("workbook");
  const text = decoded(bytes);
  return text.includes("\0") ? problem("notText") : { kind: "read", value: text };
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The lines that say something, cells trimmed. The separator is the one that cuts the first line into most cells. */
export function linesOf(text: string): Read<TableLine[]> {
  if (text.length > MAX_BYTES) return problem("tooLarge");
  if (/^\s*<(!doctype|html|head|body|table|meta|\?xml)/i.test(text)) return problem("webPage");
  // What follows an open quotation mark would be swallowed as one cell, and children with it.
  if ((text.split('"').length - 1) % 2 === 1) return problem("openQuote");
  const lines = parsed(withoutSeparatorLine(text));
  return lines.length === 0 ? problem("empty") : { kind: "read", value: lines };
}

/** Excel's "sep=;" as first line; what is left keeps its numbers. */
function withoutSeparatorLine(text: string): string {
  return text.replace(/^\uFEFF?sep=.(?=\r?\n)/i, "");
}

function parsed(text: string): TableLine[] {
  const first = text.split("\n").find((line) => line.trim() !== "") ?? "";
  const cut = (separator: string) => dsvFormat(separator).parseRows(first)[0]?.length ?? 0;
  const separator = ["\t", ";", ","].reduce((best, other) => (cut(other) > cut(best) ? other : best));
  let number = 1;
  const lines = dsvFormat(separator).parseRows(text).map((cells) => {
    const line = { number, cells: cells.map((cell) => cell.trim()) };
    // A cell in quotation marks may hold line breaks.
    number += 1 + cells.reduce((breaks, cell) => breaks + cell.split("\n").length - 1, 0);
    return line;
  });
  return lines.filter(({ cells }) => cells.some((cell) => cell !== ""));
}
