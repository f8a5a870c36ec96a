// From whatever was pasted or typed (a word processor's markup, a web page's) to the few tags that a release may hold:
// paragraphs, one kind of heading, lists, strong, em, line breaks. What has no place there loses its tags and keeps its
// words; scripts, styles and hidden parts go with all that is in them. What comes out passes `isHtml` (ui/look/html.ts).

/** As much of a DOM node as is read here, so that this also runs where there is no DOM. */
export interface Source {
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: Iterable<Source>;
  /** Of an element: its `class` and `style`, which tell a word processor's lists. */
  readonly className?: unknown;
  getAttribute?(name: string): string | null;
}

interface Run {
  readonly text: string; // "\n" is a line break
  readonly strong: boolean;
  readonly em: boolean;
}

interface Block {
  readonly tag: "p" | "h3" | "li";
  readonly list: "ul" | "ol";
  readonly depth: number;
  readonly runs: Run[];
}

interface Where {
  readonly strong: boolean;
  readonly em: boolean;
  readonly list: "ul" | "ol";
  readonly depth: number;
}

const GONE = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "XML", "TEMPLATE", "NOSCRIPT", "IFRAME", "OBJECT", "SVG", "MATH", "TEXTAREA", "SELECT"]);
const HEADINGS = new Set(["H1", "H2", "H3", "H4", "H5", "H6"]);
const BLOCKS = new Set(["P", "DIV", "BLOCKQUOTE", "PRE", "SECTION", "ARTICLE", "HEADER", "FOOTER", "MAIN", "ASIDE", "TR", "DL", "DT", "DD", "FIGURE", "FIGCAPTION", "TABLE", "TBODY", "THEAD"]);
const CELLS = new Set(["TD", "TH"]);
/** The sign with which a word processor begins a point, where it writes lists as paragraphs. */
const BULLET = /^\s*(?:[·•▪◦o§–-]|\(?[0-9a-z]{1,3}[.)])[\s\u00a0]+/i;
const NUMBERED = /^\s*\(?[0-9a-z]{1,3}[.)]/i;

/** The cleaned text of a node's content. */
export function cleanHtml(root: Source): string {
  const writer = new Writer();
  writer.within(root, { strong: false, em: false, list: "ul", depth: 0 });
  return write(writer.blocks.filter(({ runs }) => runs.some(({ text }) => /[^\s\u00a0]/.test(text))));
}

class Writer {
  readonly blocks: Block[] = [];
  private current: Block | null = null;

  within(node: Source, where: Where): void {
    for (const child of node.childNodes) this.node(child, where);
  }

  private node(node: Source, where: Where): void {
    const name = node.nodeName.toUpperCase();
    if (name === "#TEXT") this.text((node.nodeValue ?? "").replace(/[ \t\r\n\f]+/g, " "), where);
    else if (name.startsWith("#") || GONE.has(name) || isHidden(node)) return;
    else if (name === "BR") this.text("\n", where);
    else if (HEADINGS.has(name)) this.block("h3", node, where);
    else if (name === "LI" || isWordsPoint(node)) this.point(node, where);
    else if (name === "UL" || name === "OL") this.list(name === "OL" ? "ol" : "ul", node, where);
    else if (BLOCKS.has(name)) this.block(where.depth > 0 ? "li" : "p", node, where);
    else if (CELLS.has(name)) this.cell(node, where);
    else this.within(node, marked(node, name, where));
  }

  private list(list: "ul" | "ol", node: Source, where: Where): void {
    this.current = null;
    this.within(node, { ...where, list, depth: where.depth + 1 });
    this.current = null;
  }

  private point(node: Source, where: Where): void {
    const depth = Math.max(where.depth, 1);
    if (!isWordsPoint(node)) {
      this.begin("li", { ...where, depth });
      this.within(node, { ...where, depth });
      this.current = null;
      return;
    }
    const block = this.begin("li", { ...where, depth });
    this.within(node, { ...where, depth: 0 });
    this.current = null;
    const [first, ...rest] = block.runs;
    if (first === undefined) return;
    const list = NUMBERED.test(first.text) ? "ol" : "ul";
    this.blocks[this.blocks.indexOf(block)] = { ...block, list, runs: [{ ...first, text: first.text.replace(BULLET, "") }, ...rest] };
  }

  private block(tag: "p" | "h3" | "li", node: Source, where: Where): void {
    if (tag !== "li" || this.current === null) this.current = null;
    else if (this.current.runs.length > 0) this.text("\n", where);
    if (tag !== "li") this.begin(tag, { ...where, depth: 0 });
    this.within(node, tag === "h3" ? { ...where, strong: false, depth: 0 } : where);
    if (tag !== "li") this.current = null;
  }

  private cell(node: Source, where: Where): void {
    if (this.current !== null && this.current.runs.length > 0) this.text(" ", where);
    this.within(node, where);
  }

  private begin(tag: Block["tag"], where: Where): Block {
    const made: Block = { tag, list: where.list, depth: where.depth, runs: [] };
    this.current = made;
    this.blocks.push(made);
    return made;
  }

  private text(text: string, where: Where): void {
    if (text.trim() === "" && text !== "\n" && (this.current === null || this.current.runs.length === 0) && !text.includes("\u00a0")) return;
    const block = this.current ?? this.begin(where.depth > 0 ? "li" : "p", where);
    const last = block.runs.at(-1);
    const run = { text, strong: where.strong && block.tag !== "h3", em: where.em };
    if (last !== undefined && last.strong === run.strong && last.em === run.em) {
      block.runs[block.runs.length - 1] = { ...last, text: last.text + run.text };
    } else {
      block.runs.push(run);
    }
  }
}

function marked(node: Source, name: string, where: Where): Where {
  const style = styleOf(node);
  const strong = name === "B" || name === "STRONG" || /font-weight:\s*(?:bold|[6-9]00)/i.test(style);
  const em = name === "I" || name === "EM" || /font-style:\s*italic/i.test(style);
  const plain = /font-weight:\s*(?:normal|[1-4]00)/i.test(style);
  return { ...where, strong: (where.strong || strong) && !plain, em: where.em || em };
}

/** Hidden parts, and the sign of a point that a word processor tells to ignore. */
function isHidden(node: Source): boolean {
  return /display:\s*none|mso-hide:\s*all|mso-list:\s*ignore/i.test(styleOf(node));
}

/** `data-style`: of what was pasted, see richtext.ts. */
function styleOf(node: Source): string {
  return node.getAttribute?.("data-style") ?? node.getAttribute?.("style") ?? "";
}

function isWordsPoint(node: Source): boolean {
  return typeof node.className === "string" && /MsoListParagraph/i.test(node.className);
}

function write(blocks: readonly Block[]): string {
  let html = "";
  for (let at = 0; at < blocks.length; ) {
    const block = blocks[at];
    if (block === undefined) break;
    if (block.tag !== "li") {
      html += `<${block.tag}>${runs(block.runs)}</${block.tag}>`;
      at += 1;
      continue;
    }
    const end = blocks.findIndex(({ tag }, index) => index > at && tag !== "li");
    html += list(blocks.slice(at, end === -1 ? blocks.length : end));
    at = end === -1 ? blocks.length : end;
  }
  return html;
}

/** Points in a row: those deeper than the first stand in a list within the point before them. */
function list(points: readonly Block[]): string {
  let html = "";
  for (let at = 0; at < points.length; ) {
    const first = points[at];
    if (first === undefined) break;
    let end = at;
    let inner = "";
    while (end < points.length) {
      const point = points[end];
      if (point === undefined || (point.depth <= first.depth && point.list !== first.list)) break;
      const next = points.findIndex(({ depth }, index) => index > end && depth <= first.depth);
      const deeper = points.slice(end + 1, next === -1 ? points.length : next);
      inner += `<li>${runs(point.runs)}${deeper.length > 0 ? list(deeper) : ""}</li>`;
      end = next === -1 ? points.length : next;
    }
    html += `<${first.list}>${inner}</${first.list}>`;
    at = end;
  }
  return html;
}

function runs(all: readonly Run[]): string {
  return trimmed(all).map(({ text, strong, em }) => {
    const inner = escaped(text).replaceAll("\n", "<br>");
    const slanted = em ? `<em>${inner}</em>` : inner;
    return strong ? `<strong>${slanted}</strong>` : slanted;
  }).join("");
}

/** Without blanks and line breaks at either end, and with single blanks between words, also where styles change. */
function trimmed(all: readonly Run[]): Run[] {
  const made: Run[] = [];
  for (const run of all) {
    const last = made.at(-1);
    const before = last?.text ?? "\n";
    let text = run.text.replace(/ *\n */g, "\n").replace(/ {2,}/g, " ");
    if (/[ \n]$/.test(before)) text = text.replace(/^ /, "");
    if (last === undefined) text = text.replace(/^[\s\u00a0]+/, "");
    if (text === "") continue;
    if (last !== undefined && text.startsWith("\n") && before.endsWith(" ")) made[made.length - 1] = { ...last, text: before.slice(0, -1) };
    made.push({ ...run, text });
  }
  for (let last = made.pop(); last !== undefined; last = made.pop()) {
    const text = last.text.replace(/[\s\u00a0]+$/, "");
    if (text !== "") return merged([...made, { ...last, text }]);
  }
  return [];
}

function merged(all: readonly Run[]): Run[] {
  const made: Run[] = [];
  for (const run of all.filter(({ text }) => text !== "")) {
    const last = made.at(-1);
    if (last?.strong === run.strong && last.em === run.em) made[made.length - 1] = { ...last, text: last.text + run.text };
    else made.push(run);
  }
  return made;
}

function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- NUL and its like have no place in a text
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
