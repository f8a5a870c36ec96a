import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HtmlNode, isHtml, readHtml } from "../ui/look/html.ts";
import { cleanHtml, type Source } from "./clean.ts";

/** A node: a string, or [name, attributes, ...children]. */
type Node = string | readonly [string, Record<string, string>, ...unknown[]];

function source(node: Node): Source {
  if (typeof node === "string") return { nodeName: "#text", nodeValue: node, childNodes: [] };
  const [name, attributes, ...children] = node;
  return {
    nodeName: name.toUpperCase(),
    nodeValue: null,
    childNodes: (children as Node[]).map(source),
    className: attributes["class"] ?? "",
    getAttribute: (key) => attributes[key] ?? null,
  };
}

function given(node: HtmlNode): Node {
  if (typeof node === "string") return node;
  return [node.tag, {}, ...("within" in node ? node.within.map(given) : [])];
}

function clean(...nodes: Node[]): string {
  return cleanHtml(source(["body", {}, ...nodes]));
}

describe("what is pasted", () => {
  it("keeps the few tags", () => {
    const given: Node[] = [["h3", {}, "A"], ["p", {}, "b ", ["strong", {}, "c"], ["br", {}], ["em", {}, "d"]], ["ul", {}, ["li", {}, "e"]]];
    expect(clean(...given)).toBe("<h3>A</h3><p>b <strong>c<br></strong><em>d</em></p><ul><li>e</li></ul>".replace("c<br></strong>", "c</strong><br>"));
  });

  it("loses scripts with all that is in them, and attributes", () => {
    expect(clean(["p", { onclick: "x()" }, "a", ["script", {}, "alert(1)"]], ["style", {}, "p {}"])).toBe("<p>a</p>");
  });

  it("turns bold, italics and other headings into ours, and links into their words", () => {
    expect(clean(["h1", {}, ["b", {}, "A"]], ["p", {}, ["b", {}, "b"], ["i", {}, "c"], ["a", { href: "javascript:x" }, "d"]]))
      .toBe("<h3>A</h3><p><strong>b</strong><em>c</em>d</p>");
  });

  it("cleans a word processor's paragraphs and points", () => {
    expect(
      clean(
        ["p", { class: "MsoNormal" }, ["span", { style: "font-weight:bold" }, "Before\n you come"], ["o:p", {}]],
        ["p", { class: "MsoNormal" }, ["o:p", {}, "\u00a0"]],
        ["p", { class: "MsoListParagraphCxSpFirst" }, ["span", { style: "mso-list:Ignore" }, "·", ["span", {}, "\u00a0\u00a0"]], "Nothing to eat"],
        ["p", { class: "MsoListParagraphCxSpLast" }, "·\u00a0 Water until 8"],
        ["p", { class: "MsoNormal" }, "2 < 3 & 4"],
      ),
    ).toBe("<p><strong>Before you come</strong></p><ul><li>Nothing to eat</li><li>Water until 8</li></ul><p>2 &lt; 3 &amp; 4</p>");
  });

  it("keeps lists in lists", () => {
    expect(clean(["ol", {}, ["li", {}, "a", ["ul", {}, ["li", {}, "b"]]], ["li", {}, ["p", {}, "c"]]]))
      .toBe("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>");
  });

  it("reads tables row by row", () => {
    expect(clean(["table", {}, ["tbody", {}, ["tr", {}, ["td", {}, "a"], ["td", {}, "b"]], ["tr", {}, ["td", {}, "c"]]]]))
      .toBe("<p>a b</p><p>c</p>");
  });

  it("always becomes what may be published, and cleaning it again changes nothing", () => {
    const names = fc.constantFrom("p", "div", "ul", "ol", "li", "b", "em", "span", "br", "h1", "h3", "table", "tr", "td", "script", "o:p");
    const text = fc.oneof(fc.string(), fc.constantFrom(" ", "\u00a0", "a", "<&>", "\n"));
    const { node } = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof({ maxDepth: 5 }, text, fc.tuple(names, fc.array(tie("node"), { maxLength: 4 })).map(([name, within]): Node => [name, {}, ...within])),
    }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), (nodes) => {
        const once = clean(...nodes);
        expect(isHtml(once)).toBe(true);
        expect(clean(...readHtml(once).map(given))).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
