// The little HTML that a release may hold, read into a tree that is then built node by node: nothing of it is ever
// given to the browser as markup. What is not known is shown as the text that it is. Twin of procedures/core/html.py;
// tests/vectors/html.json holds them equal: what is sound here may be published, and nothing else.

export const TAGS = ["p", "ul", "ol", "li", "strong", "em", "h3"] as const;
export type Tag = (typeof TAGS)[number];

export type HtmlNode = string | { tag: "br" } | { tag: Tag; within: HtmlNode[] };

interface Open {
  tag: Tag | "";
  within: HtmlNode[];
}

const PIECE = /<(\/?)(p|ul|ol|li|strong|em|h3)>|<br>|&(amp|lt|gt|quot|nbsp|#39);/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", "#39": "'" };
const NOT_BLANK = /[^ \t\n\r\f\v]/;

export function readHtml(html: string): HtmlNode[] {
  return new Reading().read(html).root;
}

/** Whether a text is of the few tags in their plain form: none of it is shown as it is written. */
export function isHtml(html: string): boolean {
  return new Reading().read(html).sound;
}

class Reading {
  root: HtmlNode[] = [];
  sound = true;
  private open: Open[] = [{ tag: "", within: this.root }];

  read(html: string): this {
    let from = 0;
    for (const found of html.matchAll(PIECE)) {
      const [piece, slash, name, entity] = found;
      this.raw(html.slice(from, found.index));
      from = found.index + piece.length;
      if (entity !== undefined) this.text(ENTITIES[entity] ?? piece);
      else if (!isTag(name)) this.lineBreak();
      else if (slash === "") this.begin(name);
      else this.end(name);
    }
    this.raw(html.slice(from));
    this.sound &&= this.open.length === 1;
    return this;
  }

  private get inmost(): Open {
    return this.open.at(-1) ?? { tag: "", within: this.root };
  }

  private raw(text: string): void {
    if (/[<&]/.test(text)) this.sound = false;
    this.text(text);
  }

  private text(text: string): void {
    const { tag, within } = this.inmost;
    if (text === "") return;
    if (isList(tag) && NOT_BLANK.test(text)) this.sound = false;
    const last = within.at(-1);
    if (typeof last === "string") within[within.length - 1] = last + text;
    else within.push(text);
  }

  private lineBreak(): void {
    if (isList(this.inmost.tag)) this.sound = false;
    this.inmost.within.push({ tag: "br" });
  }

  private begin(tag: Tag): void {
    if (isList(this.inmost.tag) !== (tag === "li")) this.sound = false;
    const node = { tag, within: [] };
    this.inmost.within.push(node);
    this.open.push(node);
  }

  /** Closes the inmost of this name and what was left open in it; the root stays. */
  private end(name: Tag): void {
    if (this.inmost.tag !== name) this.sound = false;
    const at = this.open.findLastIndex(({ tag }) => tag === name);
    if (at > 0) this.open.splice(at);
  }
}

function isTag(name: string | undefined): name is Tag {
  return TAGS.some((tag) => tag === name);
}

function isList(tag: Tag | ""): boolean {
  return tag === "ul" || tag === "ol";
}
