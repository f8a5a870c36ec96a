import { dsvFormat } from "d3-dsv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf, MAX_BYTES, textOf } from "./table.ts";

const bytes = (...parts: number[]) => new Uint8Array(parts);
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("a file", () => {
  it.each([
    ["UTF-8", utf8("Åse")],
    ["UTF-8 with a mark", utf8("\uFEFFÅse")],
    ["Windows-1252", bytes(0xc5, 0x73, 0x65)],
    ["UTF-16", bytes(0xff, 0xfe, 0xc5, 0, 0x73, 0, 0x65, 0)],
    ["UTF-16, the other way round", bytes(0xfe, 0xff, 0, 0xc5, 0, 0x73, 0, 0x65)],
  ])("is read as %s", (_, content) => {
    expect(textOf(content)).toEqual({ kind: "read", value: "Åse" });
  });

  it.each([
    ["an .xlsx", bytes(0x50, 0x4b, 3, 4, 20, 0), "workbook"],
    ["an .xls", bytes(0xd0, 0xcf, 0x11, 0xe0), "workbook"],
    ["a picture", bytes(0x89, 0x50, 0x4e, 0x47, 0, 0), "notText"],
    ["ten megabytes", new Uint8Array(10_000_000), "tooLarge"],
  ])("that is %s is refused", (_, content, problem) => {
    expect(textOf(content)).toEqual({ kind: "problem", problem });
  });

  it("is read up to its limit", () => {
    expect(textOf(new Uint8Array(MAX_BYTES).fill(97)).kind).toBe("read");
    expect(textOf(new Uint8Array(MAX_BYTES + 1).fill(97)).kind).toBe("problem");
  });
});

describe("a text", () => {
  it.each([
    ["", "empty"],
    [" \r\n;;\n", "empty"],
    ["\n <!DOCTYPE html><p>Sign in", "webPage"],
    ["<table><tr><td>ID", "webPage"],
    ['a,b\n1,"open\n2,x\n', "openQuote"],
    ["x".repeat(MAX_BYTES + 1), "tooLarge"],
  ])("%j is refused", (text, problem) => {
    expect(linesOf(text)).toEqual({ kind: "problem", problem });
  });

  it.each([",", ";", "\t"])("is cut at %j, with numbers as an editor counts the lines", (separator) => {
    const text = ["sep=" + separator, "", `id${separator}name`, `1${separator}"A\r\nB"`, "", ` 2 ${separator}"say ""x"""`].join("\r\n");
    const lines = linesOf(text);
    expect(lines).toEqual({
      kind: "read",
      value: [
        { number: 3, cells: ["id", "name"] },
        { number: 4, cells: ["1", "A\r\nB"] },
        { number: 7, cells: ["2", 'say "x"'] },
      ],
    });
  });

  it("comes back cell by cell, whatever stands in them", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "b", " ", ",", ";", "\t", '"', "\n", "å") }).map((text) => text.trim());
    const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }).filter((row) => row.some((one) => one !== "")), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(table, fc.constantFrom(",", ";", "\t"), (rows, separator) => {
        const heading = ["id", "name", ...(rows[0] ?? []).slice(2).map((_, index) => `more ${String(index)}`)];
        const read = linesOf(dsvFormat(separator).formatRows([heading, ...rows]));
        expect(read.kind === "read" && read.value.map(({ cells }) => cells)).toEqual([heading, ...rows]);
      }),
    );
  });
});
