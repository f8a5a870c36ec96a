import { expect, it, vi } from "vitest";
import { contactOf, deviceOf } from "../store/device.ts";
import { write } from "../store/journal.ts";
import { countsOf } from "../store/outbox.ts";
import { releasesOf } from "../store/releases.ts";
import { count } from "../testing/disk.ts";
import { portal, PORTALS } from "../testing/portal.ts";
import { freshTablet, opening, WARD } from "../testing/tablet.ts";
import { enrol, register } from "./enrolment.ts";
import { Runner } from "./runner.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const kinds = Object.keys(PORTALS) as (keyof typeof PORTALS)[];
/** What the status line then says. */
const SAID: Partial<Record<keyof typeof PORTALS, object>> = {
  "a redirect to its page": { kind: "outage", why: "unreachable" },
  "a cut connection": { kind: "outage", why: "unreachable" },
};

it.each(kinds)("takes nothing as sent, and takes nothing in, where a captive portal answers: %s", async (kind) => {
  const [tablet, network] = [await freshTablet(), await portal(kind)];
  await write(tablet.desk, { ward: WARD, case: CASE, author: tablet.author, compose: () => opening() });
  const before = await contactOf(tablet.db);
  const runner = await Runner.start({ db: tablet.db, now_ms: () => Date.now(), send: network.send, changed: () => undefined, arrived: () => undefined });
  try {
    runner.unlock({ ...tablet.author, desk: tablet.desk });
    const trouble = SAID[kind] ?? { kind: "outage", why: "not-our-server" };
    await vi.waitFor(async () => expect((await contactOf(tablet.db)).trouble).toEqual(trouble), { timeout: 4_000, interval: 20 });
  } finally {
    runner.stop();
    await network.close();
  }
  expect(network.asked).not.toContain("/login");
  expect(await countsOf(tablet.db)).toEqual({ waiting: 3, needs_help: 0 });
  expect([await count(tablet.db, "cursors"), (await releasesOf(tablet.db)).length]).toEqual([0, 0]);
  expect({ ...(await contactOf(tablet.db)), trouble: null }).toEqual({ ...before, trouble: null });
});

it.each(kinds)("registers no tablet and enrols nobody where a captive portal answers: %s", async (kind) => {
  const [tablet, network] = [await freshTablet(), await portal(kind)];
  const before = await deviceOf(tablet.db);
  try {
    expect((await register(tablet.db, "ABCD-EFGH", network.send)).kind).not.toBe("ok");
    expect((await enrol(tablet.db, { username: "nora", password: "x", pin: "73915" }, network.send)).kind).not.toBe("ok");
  } finally {
    await network.close();
  }
  expect(await deviceOf(tablet.db)).toEqual(before);
});
