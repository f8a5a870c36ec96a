import { deleteDB } from "idb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { begunIn, keepBegun } from "../store/begun.ts";
import { Database } from "../store/database.ts";
import { eraseReadable } from "../store/device.ts";
import { endEnrolment } from "../store/people.ts";
import { Begun } from "./begun.ts";
import { decisionPaper, hearingPaper, tellingPaper } from "./consent/papers.ts";

const NORA = { enrolment: "e0000000-0000-4000-8000-000000000001", case: "ca5e0000-0000-4000-8000-000000000002" };
const NOAH = { ...NORA, enrolment: "e0000000-0000-4000-8000-000000000002" };

let db: Database;
let key: CryptoKey;

beforeEach(async () => {
  db = new Database(`test-${crypto.randomUUID()}`);
  key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
});

afterEach(async () => {
  await db.close();
  await deleteDB(db.name);
});

function begun(): Begun {
  const made = new Begun();
  made.answers.set("note/", { said: "half a sent", over: { key: "note" } as never });
  made.times.set("inr/", { occurred_ms: 1, late: true, why: "The line was down" });
  const [telling, decision, hearing] = [tellingPaper("nb"), decisionPaper({ methods: [] }, "nb"), hearingPaper("child")];
  telling.told.questions = "Does it hurt?";
  decision.choose({ relation: "parent-1" });
  decision.draw([[0, 0, 0, 10, 10, 10]], { kind: {}, view: {}, decided: [] } as never, 1);
  hearing.told.words = "No needles";
  made.tellings.set("procedure", telling);
  made.decisions.set("procedure", decision);
  made.hearings.set("procedure/child", hearing);
  return made;
}

it("is taken up again as it was", () => {
  const [text, again] = [begun().text ?? "", new Begun()];
  again.take(text);
  expect(again.text).toBe(text);
  expect(again.decisions.get("procedure")?.lines).toEqual([[0, 0, 0, 10, 10, 10]]);
  expect(again.hearings.get("procedure/child")?.told.words).toBe("No needles");
});

it("of another build is left alone", () => {
  const again = new Begun();
  expect(again.take(JSON.stringify({ layout: 0, papers: [] }))).toBe(false);
  expect(again.text).toBeNull();
});

it("lies on the disk, sealed, each person's own, and goes when it is done", async () => {
  const text = begun().text ?? "";
  await keepBegun(db, key, NORA, text);
  expect(await begunIn(db, key, NORA)).toBe(text);
  expect(await begunIn(db, key, NOAH)).toBeNull();
  const [row] = await db.getAll("begun");
  expect(new TextDecoder().decode(row?.sealed)).not.toContain("half a sent");
  // In another's place it does not open.
  await db.put("begun", { ...NOAH, sealed: row?.sealed ?? new Uint8Array() });
  expect(await begunIn(db, key, NOAH)).toBeNull();
  await keepBegun(db, key, NORA, null);
  expect(await begunIn(db, key, NORA)).toBeNull();
});

it("goes with the enrolment of whoever began it, and with all that a revoked tablet could read", async () => {
  await keepBegun(db, key, NORA, "hers");
  await keepBegun(db, key, NOAH, "his");
  await endEnrolment(db, NORA.enrolment);
  expect([await begunIn(db, key, NORA), await begunIn(db, key, NOAH)]).toEqual([null, "his"]);
  await eraseReadable(db);
  expect(await db.getAll("begun")).toEqual([]);
});
