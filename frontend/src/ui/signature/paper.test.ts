import { describe, expect, it } from "vitest";
import { Paper } from "./paper.svelte.ts";

const LINE = [[0, 0, 10, 10]];
const [BEFORE, AFTER] = [{ covers: ["a"] }, { covers: ["b"] }];

function drawn(): Paper<{ covers: string[] }> {
  const paper = new Paper<{ covers: string[] }>();
  paper.choose({ as: "parent-1", language: "en", decision: "granted" });
  paper.draw(LINE, BEFORE);
  return paper;
}

describe("a paper", () => {
  it("is over what was shown at its first line, whatever is shown at the next ones", () => {
    const paper = drawn();
    paper.draw([...LINE, ...LINE], AFTER);
    expect(paper.over).toBe(BEFORE);
    paper.draw([], AFTER);
    paper.draw(LINE, AFTER);
    expect(paper.over).toBe(AFTER);
  });

  it.each([{ as: "parent-2" }, { language: "nb" }, { decision: "refused" }] as const)("loses its lines when %j is chosen under them", (chosen) => {
    const paper = drawn();
    paper.choose(chosen);
    expect(paper).toMatchObject({ lines: [], over: null, taken: true, ...chosen });
    paper.draw(LINE, AFTER);
    expect(paper.taken).toBe(false);
  });

  it("keeps its lines when the same is chosen again", () => {
    const paper = drawn();
    paper.choose({ as: "parent-1" });
    expect(paper).toMatchObject({ lines: LINE, taken: false });
  });

  it("is begun anew without a word about lines", () => {
    const paper = drawn();
    paper.clear();
    expect(paper).toMatchObject({ as: null, language: "", decision: null, begun: false, taken: false });
  });
});
