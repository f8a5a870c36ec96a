import { describe, expect, it } from "vitest";
import { disagreeing, markOf } from "./hearing.ts";

const said = (who: string, view: string, superseded = false) => ({ who, view, superseded });

describe("what somebody thinks who is heard", () => {
  it.each([
    { views: [], mark: "person" },
    { views: ["agrees"], mark: "done" },
    { views: ["disagrees"], mark: "caution" },
    { views: ["agrees", "disagrees"], mark: "caution" },
    { views: ["too-young"], mark: "note" },
    { views: ["agrees", "not-asked"], mark: "note" },
  ])("is marked $mark where it is $views", ({ views, mark }) => {
    expect(markOf(views.map((view) => ({ view })))).toBe(mark);
  });

  it("is a caution while somebody who is to be heard disagrees", () => {
    const kind = { key: "procedure", hears: [{ key: "child" }, { key: "guardian" }] } as never;
    const against = (...heard: object[]) =>
      disagreeing({ state: { consents: { procedure: { heard } } } } as never, kind, { hears: ["child"] }).map(({ key }) => key);
    expect(against(said("child", "disagrees"))).toEqual(["child"]);
    expect(against(said("child", "agrees"))).toEqual([]);
    expect(against(said("child", "disagrees", true), said("child", "agrees"))).toEqual([]);
    // By now nobody asks for the view of the other guardian.
    expect(against(said("guardian", "disagrees"))).toEqual([]);
  });
});
