import { describe, expect, it } from "vitest";
import { vectors } from "../../testing/vectors.ts";
import { type HtmlNode, isHtml, readHtml } from "./html.ts";

interface HtmlVector {
  readonly rule: string;
  readonly html: string;
  readonly ok: boolean;
  readonly tree?: HtmlNode[];
}

describe("the HTML of a release", () => {
  it.each(vectors("html") as HtmlVector[])("$rule", ({ html, ok, tree }) => {
    expect(isHtml(html)).toBe(ok);
    if (tree !== undefined) expect(readHtml(html)).toEqual(tree);
  });

  it("shows what is not allowed as text, and never as markup", () => {
    expect(readHtml("<script>alert(1)</script>")).toEqual(["<script>alert(1)</script>"]);
    expect(readHtml('<p onclick="x">a</p>')).toEqual(['<p onclick="x">a']);
  });

  it("survives what is left open or closed twice", () => {
    expect(readHtml("<p>a<em>b</p></p>c")).toEqual([{ tag: "p", within: ["a", { tag: "em", within: ["b"] }] }, "c"]);
  });
});
