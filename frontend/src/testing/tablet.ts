// A tablet without a screen: a fresh IndexedDB, a server's public keys, a person enrolled and unlocked.

import { Database } from "../store/database.ts";
import { keepDevice } from "../store/device.ts";
import type { Author, Desk, Draft } from "../store/journal.ts";
import { keepPerson } from "../store/people.ts";
import { digestOf, randomBytes, toBase64url, utf8 } from "../vault/bytes.ts";
import { newEnvelope, type ServerKey } from "../vault/envelope.ts";
import { newPair } from "../vault/keys.ts";
import { unwrap, wrap } from "../vault/pin.ts";

export const WARD = "c0ffee00-0000-4000-8000-000000000001";
export const DEVICE = "5b3b3d52-6a0c-4b9f-8f0a-0d6c1e9a7b11";
export const TOKEN = `bd1.device.1.${DEVICE}.HkXONg7Es2qgvlbd0gIpuVxqtzSLoCg2v7yiZL7T9So`;
export const PIN = "246813";

export async function serverKey(): Promise<ServerKey> {
  const [hpke, signing] = await Promise.all([newPair(), newPair()]);
  return { key: 1, hpke: toBase64url(hpke.publicKey), signing: toBase64url(signing.publicKey) };
}

export interface Tablet {
  db: Database;
  desk: Desk;
  author: Author;
}

/** `data` is the tablet's data key; a second person on the same tablet brings the same. */
export async function enrolled(db: Database, name: string, data = randomBytes(32)): Promise<Tablet> {
  const enrolment = crypto.randomUUID();
  const pair = await newPair();
  const wrapped = await wrap({ enrolment, pin: PIN, signing: pair.privateKey, data: data.slice(), iterations: 1_000 });
  const certificate = JSON.stringify({ enrolment, name });
  await keepPerson(db, {
    row: { enrolment, person: crypto.randomUUID(), username: name, name, roles: ["nurse"], enrolled_ms: 0, wrapped },
    certificate: { enrolment, certificate, signature: "c2ln" },
    certificate_digest: await digestOf(utf8(certificate)),
  });
  const keys = await unwrap(enrolment, PIN, wrapped);
  if (keys === null) throw new Error("the PIN did not open");
  const envelope = await newEnvelope(DEVICE, await serverKey());
  return { db, author: { enrolment, signing: keys.signing }, desk: { db, data: keys.data, envelope, clock } };
}

const BOOT = crypto.randomUUID();
let ticks = 0;
const clock = () => Promise.resolve({ at_ms: 1_790_000_000_000 + ticks++, zone_min: 60, offset_ms: 0, boot: BOOT, mono_ms: ticks });

export async function freshTablet(name = "nora"): Promise<Tablet> {
  const db = new Database(`test-${crypto.randomUUID()}`);
  await keepDevice(db, { device: DEVICE, name: "Tablet 1", wards: [{ ward: WARD, name: "Ward" }], token: TOKEN, keys: [await serverKey()] });
  return enrolled(db, name);
}

export function opening(name = "Emma Solberg"): Draft[] {
  return [
    { type: "case.opened", body: { protocol: "p", release: "ab".repeat(32), session: null, previous: null }, private: null },
    {
      type: "subject.given",
      body: { sex: "female", birth_year: 2019, replaces: [] },
      private: { identifier: "010119 12345", name, birth_date: "2019-01-01" },
    },
    { type: "case.planned", body: { start_ms: 1_790_003_600_000, replaces: [] }, private: null },
  ];
}

export function answer(item: string, value: string, replaces: string[] = []): Draft {
  return { type: "answer.given", body: { item, part: "", value, replaces, occurred_ms: null, late: false }, private: null };
}
