// From the start page to the ward list in one click: this browser becomes a tablet, the person is enrolled on it with
// the demo's PIN, and unlocks. What is there already is used again.

import type { DeviceRow, PersonRow } from "../store/database.ts";
import { listReleases } from "../sync/calls.ts";
import { enrol, register } from "../sync/enrolment.ts";
import type { App } from "../ui/app.svelte.ts";
import { tabletCode, type Told } from "./server.ts";

export type Arrival = "unlocked" | "forgotten" | "failed";

/** Whom the address names: `#/be/nora`. Null where it names nobody. */
export function wished(): string | null {
  return /^#\/be\/([a-z]+)$/.exec(location.hash)?.[1] ?? null;
}

/** "forgotten": this browser was a tablet of another demo; what it held is gone and the page has to be loaded anew. */
export async function arrive(app: App, username: string, told: Told): Promise<Arrival> {
  if (app.device !== null && (await isOfAnotherServer(app.device))) return forget(app);
  if (app.device === null && !(await becomeTablet(app))) return "failed";
  const person = app.people.find((one) => one.username === username) ?? (await enrolled(app, username, told));
  if (person === null) return "failed";
  return (await app.unlockAs(person.enrolment, told.pin)).kind === "open" ? "unlocked" : "failed";
}

/** Its database was made anew since, or it is another one at the same address. */
async function isOfAnotherServer({ token }: DeviceRow): Promise<boolean> {
  const outcome = await listReleases(token);
  return outcome.kind === "problem" && [401, 403].includes(outcome.status);
}

async function forget(app: App): Promise<Arrival> {
  await app.db.close();
  await new Promise((resolve) => {
    const gone = indexedDB.deleteDatabase(app.db.name);
    gone.onsuccess = gone.onerror = gone.onblocked = resolve;
  });
  return "forgotten";
}

async function becomeTablet(app: App): Promise<boolean> {
  const outcome = await register(app.db, await tabletCode());
  await app.refresh();
  app.outside.nudge();
  return outcome.kind === "ok";
}

async function enrolled(app: App, username: string, { pin, passwords }: Told): Promise<PersonRow | null> {
  const outcome = await enrol(app.db, { username, password: passwords[username] ?? "", pin });
  if (outcome.kind !== "ok") return null;
  await app.refresh();
  return app.people.find(({ enrolment }) => enrolment === outcome.enrolment) ?? null;
}
