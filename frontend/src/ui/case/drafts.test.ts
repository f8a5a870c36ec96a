import { describe, expect, it } from "vitest";
import type { ItemView } from "../../core/readiness.ts";
import { answerDraft } from "./drafts.ts";

const VIEW = { key: "inr", part: "", heads: ["a"], reopened: ["b"], covers: null } as unknown as ItemView;

describe("an answer", () => {
  it("replaces what stood and what is asked again", () => {
    expect(answerDraft(VIEW, { value: "2.4" }, null)).toEqual({
      type: "answer.given",
      body: { item: "inr", part: "", value: "2.4", replaces: ["a", "b"], occurred_ms: null, late: false },
      private: null,
    });
  });

  it("to a confirmation covers what was shown beside it", () => {
    expect(answerDraft({ ...VIEW, covers: ["c", "d"] }, { value: "yes" }, null).body).toMatchObject({ covers: ["c", "d"] });
  });

  it("that is entered later says when it was and why, on the last line of its reason", () => {
    const late = { occurred_ms: 5, late: true, why: " Busy\nelsewhere " };
    expect(answerDraft(VIEW, { value: "2.4" }, late)).toMatchObject({ body: { occurred_ms: 5, late: true }, private: { text: null, reason: "Busy elsewhere" } });
    expect(answerDraft(VIEW, { value: "not-so", reason: "Other child" }, late).private).toEqual({ text: null, reason: "Other child\nBusy elsewhere" });
  });
});
