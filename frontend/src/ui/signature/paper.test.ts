import { describe, expect, it } from "vitest";
import { Paper, paperFrom } from "./paper.svelte.ts";

const LINE = [[0, 0, 10, 10]];
const NOW_MS = 1_795_600_000_000;
const [BEFORE, AFTER] = [{ covers: ["a"] }, { covers: ["b"] }];

interface Chosen {
  as: string | null;
  language: string;
  decision: string | null;
}

type Drawn = Paper<{ covers: string[] }, Chosen, { witness: string }>;

function blank(): Drawn {
  return new Paper({ as: null, language: "", decision: null }, { witness: "" });
}

function drawn(): Drawn {
  const paper = blank();
  paper.choose({ as: "parent-1", language: "en", decision: "granted" });
  paper.draw(LINE, BEFORE, NOW_MS);
  return paper;
}

describe("a paper", () => {
  it("is over what was shown at its first line, whatever is shown at the next ones", () => {
    const paper = drawn();
    paper.draw([...LINE, ...LINE], AFTER, NOW_MS);
    expect(paper.over).toBe(BEFORE);
    paper.draw([], AFTER, NOW_MS);
    paper.draw(LINE, AFTER, NOW_MS);
    expect(paper.over).toBe(AFTER);
  });

  it.each([{ as: "parent-2" }, { language: "nb" }, { decision: "refused" }])("loses its lines when %j is chosen under them", (chosen) => {
    const paper = drawn();
    paper.choose(chosen);
    expect(paper).toMatchObject({ lines: [], over: null, taken: true, chosen });
    paper.draw(LINE, AFTER, NOW_MS);
    expect(paper.taken).toBe(false);
  });

  it("keeps its lines when the same is chosen again", () => {
    const paper = drawn();
    paper.choose({ as: "parent-1" });
    expect(paper).toMatchObject({ lines: LINE, taken: false });
  });

  it("is over what was shown when it was handed over without a line, and over what was signed with one", () => {
    const paper = blank();
    paper.hand(BEFORE);
    expect(paper.over).toBe(BEFORE);
    const signed = drawn();
    signed.hand(AFTER);
    expect(signed.over).toBe(BEFORE);
  });

  it("says so when what was agreed to without a line was agreed under something else, and not when one went back", () => {
    const [paper, other] = [blank(), blank()];
    paper.hand(BEFORE);
    paper.takeLines();
    expect(paper).toMatchObject({ over: null, taken: true });
    other.hand(BEFORE);
    other.back();
    other.choose({ as: "parent-1" });
    expect(other).toMatchObject({ over: null, taken: false });
  });

  it("knows when its first line was drawn", () => {
    const paper = drawn();
    paper.draw([...LINE, ...LINE], AFTER, NOW_MS + 1);
    expect(paper.drawn_ms).toBe(NOW_MS);
    paper.takeLines();
    expect(paper.drawn_ms).toBeNull();
  });

  it("is laid out again as it was", () => {
    const paper = drawn();
    paper.name = "Kari Solberg";
    paper.told.witness = "Anders Berg";
    const kept = JSON.stringify(paper.sheet);
    const again = paperFrom(JSON.parse(kept) as Drawn["sheet"]);
    expect(JSON.stringify(again.sheet)).toBe(kept);
    expect(again).toMatchObject({ begun: true, taken: false, name: "Kari Solberg", lines: LINE });
  });
});
