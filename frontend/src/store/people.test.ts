import { describe, expect, it } from "vitest";
import { endedIn, endEnrolment, peopleIn, unlock } from "./people.ts";
import { freshTablet, PIN } from "../testing/tablet.ts";

const NOW = 1_790_000_000_000;

describe("unlocking", () => {
  it("takes the right PIN and no other", async () => {
    const { db, author } = await freshTablet();
    expect((await unlock(db, author.enrolment, "975318", NOW)).kind).toBe("wrong");
    expect((await unlock(db, author.enrolment, PIN, NOW)).kind).toBe("open");
  });

  it("makes wrong PINs wait, across reloads, and then takes the right one", async () => {
    const { db, author } = await freshTablet();
    for (let tries = 0; tries < 2; tries++) expect(await unlock(db, author.enrolment, "975318", NOW)).toEqual({ kind: "wrong", wait_ms: 0 });
    expect(await unlock(db, author.enrolment, "975318", NOW)).toEqual({ kind: "wrong", wait_ms: 5_000 });
    expect(await unlock(db, author.enrolment, PIN, NOW + 1_000)).toEqual({ kind: "wait", wait_ms: 4_000 });
    expect((await unlock(db, author.enrolment, PIN, NOW + 5_000)).kind).toBe("open");
    expect((await db.get("people", author.enrolment))?.tries.wrong).toBe(0);
  });

  it("is not for an enrolment that has ended", async () => {
    const { db, author } = await freshTablet();
    await endEnrolment(db, author.enrolment);
    expect((await unlock(db, author.enrolment, PIN, NOW)).kind).toBe("unknown");
    expect(peopleIn(await db.getAll("people"))).toEqual([]);
    expect(endedIn(await db.getAll("people"))).toEqual(["nora"]);
  });
});
