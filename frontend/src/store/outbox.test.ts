import { describe, expect, it } from "vitest";
import { write } from "./journal.ts";
import { countsOf, KEEP_SENT_DAYS, nextBatch, prune, setAside, settle, tryAgain } from "./outbox.ts";
import { count } from "../testing/disk.ts";
import { answer, enrolled, freshTablet, opening, type Tablet, WARD } from "../testing/tablet.ts";
import { randomBytes } from "../vault/bytes.ts";
import { Database } from "./database.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const NOW = 1_790_000_000_000;

async function written(tablet: Tablet, count: number): Promise<string[]> {
  const drafts = [...opening(), ...Array.from({ length: count - 3 }, (_, index) => answer(`item-${index}`, "yes"))];
  await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => drafts });
  return (await tablet.db.getAll("outbox")).map((row) => row.digest);
}

describe("the outbox", () => {
  it("gives batches in the order of the tablet, across its people, with all that they need", async () => {
    const data = randomBytes(32);
    const db = new Database(`test-${crypto.randomUUID()}`);
    const [nora, noah] = [await enrolled(db, "nora", data), await enrolled(db, "noah", data)];
    for (const [person, item] of [[nora, "a"], [noah, "b"], [nora, "c"]] as const) {
      await write(person.desk, { ward: WARD, case: CASE, author: person.author, compose: () => [answer(item, "yes")] });
    }
    const batch = await nextBatch(db, 200, []);
    expect(batch.rows.map((row) => row.enrolment)).toEqual([nora, noah, nora].map((person) => person.author.enrolment));
    expect(batch.certificates).toHaveLength(2);
    expect(batch.envelopes).toHaveLength(2);
  });

  it("leaves out what is skipped, and goes on with the next", async () => {
    const tablet = await freshTablet();
    const [first, second, third] = await written(tablet, 5);
    const batch = await nextBatch(tablet.db, 2, [first ?? ""]);
    expect(batch.rows.map((row) => row.digest)).toEqual([second, third]);
  });

  it("loses nothing by a refusal: set aside, counted, and offered again when asked", async () => {
    const tablet = await freshTablet();
    const [first, second] = await written(tablet, 3);
    await settle(tablet.db, { sent: [first ?? ""], refused: [{ digest: second ?? "", code: "seal-broken" }], again: [] }, NOW);
    expect(await countsOf(tablet.db)).toEqual({ waiting: 1, needs_help: 1 });
    await tryAgain(tablet.db, "server-error");
    expect(await countsOf(tablet.db)).toEqual({ waiting: 1, needs_help: 1 });
    await tryAgain(tablet.db);
    expect(await countsOf(tablet.db)).toEqual({ waiting: 2, needs_help: 0 });
  });

  it("keeps what was sent for thirty days, and anything else for ever", async () => {
    const tablet = await freshTablet();
    const [first, second, third] = await written(tablet, 3);
    await settle(tablet.db, { sent: [first ?? ""], refused: [], again: [] }, NOW);
    await setAside(tablet.db, second ?? "", "seal-broken");
    await prune(tablet.db, NOW + KEEP_SENT_DAYS * 86_400_000);
    expect(await count(tablet.db, "outbox")).toBe(3);
    await prune(tablet.db, NOW + KEEP_SENT_DAYS * 86_400_000 + 1);
    expect((await tablet.db.getAll("outbox")).map((row) => row.digest)).toEqual([second, third]);
    expect(await count(tablet.db, "envelopes")).toBe(1);
  });
});
