// A tablet that exists in this page alone: a database of its own, people whose PIN is known, one child. It is the
// program of the wards' tablets with nothing behind it: nothing is sent, and the next preview begins anew.

import { encode } from "../core/canonical.ts";
import type { Release } from "../core/release.ts";
import { Database } from "../store/database.ts";
import { deviceOf, keepDevice } from "../store/device.ts";
import { write } from "../store/journal.ts";
import { keepPerson } from "../store/people.ts";
import { keepList, keepRelease } from "../store/releases.ts";
import { App, type Session } from "../ui/app.svelte.ts";
import { releasesForNewCases } from "../ui/releases.svelte.ts";
import { openingDrafts } from "../ui/ward/opening.ts";
import { type Bytes, digestOf, randomBytes, toBase64url, utf8 } from "../vault/bytes.ts";
import { newPair } from "../vault/keys.ts";
import { addData, wrapSigning } from "../vault/pin.ts";

export const PIN = "000000";
const PREFIX = "bedside-preview-";
const DAY_MS = 86_400_000;

/** What the page brings: the draft as it would be published, and who is to be there. */
export interface Draft {
  digest: string;
  protocol: string;
  /** The release's bytes, as text. */
  document: string;
  people: readonly { name: string; roles: readonly string[] }[];
  ward: string;
  child: { name: string; sex: string };
}

export interface Preview {
  app: App;
  /** The case that is open from the start. */
  case: string;
}

/** Throws when the draft is no release: the page is shown for checked drafts only. */
export async function previewOf(draft: Draft): Promise<Preview> {
  const db = await emptyDatabase();
  await register(db, draft);
  await keepList(db, [{ digest: draft.digest, protocol: draft.protocol, number: 1, status: "active", effective_from_ms: 0 }]);
  if (!(await keepRelease(db, draft.digest, utf8(draft.document)))) throw new Error("The draft is not what its digest names.");
  const data = randomBytes(32);
  const enrolments: string[] = [];
  for (const [index, person] of draft.people.entries()) enrolments.push(await enrol(db, data, { ...person, username: `preview-${String(index)}` }));
  const nothing = () => undefined;
  const app = new App(db, { written: nothing, nudge: nothing, unlocked: nothing, locked: nothing, takeOverUpdate: nothing });
  await app.refresh();
  app.stage = "ready";
  await app.unlockAs(enrolments[0] ?? "", PIN);
  const [release] = await releasesForNewCases(db, Date.now());
  if (app.session === null || release === undefined) throw new Error("The draft cannot be read.");
  return { app, case: await openCase(app.session, release, draft) };
}

/** Earlier previews are forgotten, but for those that other tabs still show: each holds a lock of its own name. */
async function emptyDatabase(): Promise<Database> {
  const shown = new Set(((await navigator.locks.query()).held ?? []).map(({ name }) => name));
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith(PREFIX) === true && !shown.has(name)) indexedDB.deleteDatabase(name);
  }
  const own = `${PREFIX}${crypto.randomUUID()}`;
  void navigator.locks.request(own, () => new Promise(() => undefined));
  return new Database(own);
}

async function register(db: Database, draft: Draft): Promise<void> {
  const [hpke, signing] = await Promise.all([newPair(), newPair()]);
  const key = { key: 1, hpke: toBase64url(hpke.publicKey), signing: toBase64url(signing.publicKey) };
  const wards = [{ ward: crypto.randomUUID(), name: draft.ward }];
  await keepDevice(db, { device: crypto.randomUUID(), name: draft.ward, wards, token: "", keys: [key] });
}

async function enrol(db: Database, data: Bytes, { name, roles, username }: Draft["people"][number] & { username: string }): Promise<string> {
  const [enrolment, person] = [crypto.randomUUID(), crypto.randomUUID()];
  const { privateKey } = await newPair();
  // The PIN stands on the page: there is nothing to protect, and nobody should wait for it.
  const underPin = await wrapSigning({ enrolment, pin: PIN, signing: privateKey, iterations: 1 });
  const wrapped = await addData(enrolment, underPin, data.slice());
  const facts = encode({ enrolment, person, name, roles: [...roles] });
  if (!facts.ok) throw new Error(facts.code);
  const certificate = new TextDecoder().decode(facts.value);
  await keepPerson(db, {
    row: { enrolment, person, username, name, roles: [...roles], enrolled_ms: Date.now(), wrapped },
    certificate: { enrolment, certificate, signature: "" },
    certificate_digest: await digestOf(facts.value),
  });
  return enrolment;
}

async function openCase(session: Session, release: Release, draft: Draft): Promise<string> {
  const id = crypto.randomUUID();
  const tomorrow = new Date(Date.now() + DAY_MS);
  tomorrow.setHours(10, 0, 0, 0);
  const born = `${String(tomorrow.getFullYear() - 6)}-01-01`;
  const form = { identifier: "010100 00000", ...draft.child, birth_date: born, start_ms: tomorrow.getTime() };
  const device = await deviceOf(session.desk.db);
  const written = await write(session.desk, {
    ward: device?.wards[0]?.ward ?? "",
    case: id,
    author: { enrolment: session.person.enrolment, signing: session.keys.signing },
    compose: () => openingDrafts(release, form),
  });
  if (written.kind !== "saved") throw new Error(`The sample case was not saved: ${written.kind}`);
  return id;
}
