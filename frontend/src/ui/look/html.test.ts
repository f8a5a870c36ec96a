import { describe, expect, it } from "vitest";
import { readHtml } from "./html.ts";

describe("the HTML of a release", () => {
  it("becomes a tree", () => {
    expect(readHtml("<h3>A</h3><ul><li>b <strong>c</strong></li><li>d<br>e</li></ul>")).toEqual([
      { tag: "h3", within: ["A"] },
      { tag: "ul", within: [
        { tag: "li", within: ["b ", { tag: "strong", within: ["c"] }] },
        { tag: "li", within: ["d", { tag: "br" }, "e"] },
      ] },
    ]);
  });

  it("reads entities as the signs that they stand for", () => {
    expect(readHtml("<p>1 &lt; 2 &amp; 3 &#39;x&#39;</p>")).toEqual([{ tag: "p", within: ["1 < 2 & 3 'x'"] }]);
  });

  it("shows what is not allowed as text, and never as markup", () => {
    expect(readHtml("<script>alert(1)</script>")).toEqual(["<script>alert(1)</script>"]);
    expect(readHtml('<p onclick="x">a</p>')).toEqual(['<p onclick="x">a']);
  });

  it("survives what is left open or closed twice", () => {
    expect(readHtml("<p>a<em>b</p></p>c")).toEqual([{ tag: "p", within: ["a", { tag: "em", within: ["b"] }] }, "c"]);
  });
});
