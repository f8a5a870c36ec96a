// The little HTML that a release may hold, read into a tree that is then built node by node: nothing of it is ever
// given to the browser as markup. What is not known is shown as the text that it is.

const TAGS = ["p", "ul", "ol", "li", "strong", "em", "h3"] as const;
export type Tag = (typeof TAGS)[number];

export type HtmlNode = string | { tag: "br" } | { tag: Tag; within: HtmlNode[] };

const PIECE = /<(\/?)([a-z][a-z0-9]*)\s*\/?>|&(amp|lt|gt|quot|nbsp|#39);/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", "#39": "'" };

export function readHtml(html: string): HtmlNode[] {
  const root: HtmlNode[] = [];
  const open: { tag: string; within: HtmlNode[] }[] = [{ tag: "", within: root }];
  const inmost = () => open.at(-1)?.within ?? root;
  let from = 0;
  for (const found of html.matchAll(PIECE)) {
    const [piece, slash, name, entity] = found;
    addText(inmost(), html.slice(from, found.index));
    from = found.index + piece.length;
    if (entity !== undefined) addText(inmost(), ENTITIES[entity] ?? piece);
    else if (name === "br") inmost().push({ tag: "br" });
    else if (!isTag(name)) addText(inmost(), piece);
    else if (slash === "") open.push(opened(inmost(), name));
    else close(open, name);
  }
  addText(root, html.slice(from));
  return root;
}

function isTag(name: string | undefined): name is Tag {
  return TAGS.some((tag) => tag === name);
}

function opened(within: HtmlNode[], tag: Tag): { tag: Tag; within: HtmlNode[] } {
  const node = { tag, within: [] as HtmlNode[] };
  within.push(node);
  return node;
}

/** Closes the inmost of this name and what was left open in it; the root stays. */
function close(open: { tag: string; within: HtmlNode[] }[], name: string): void {
  const at = open.findLastIndex(({ tag }) => tag === name);
  if (at > 0) open.splice(at);
}

function addText(within: HtmlNode[], text: string): void {
  const last = within.at(-1);
  if (text === "") return;
  if (typeof last === "string") within[within.length - 1] = last + text;
  else within.push(text);
}
