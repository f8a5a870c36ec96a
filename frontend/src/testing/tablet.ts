// A tablet without a screen: a fresh IndexedDB, a server's public keys, a person enrolled and unlocked.

import type { Photograph } from "../store/blobs.ts";
import { Database } from "../store/database.ts";
import { keepDevice } from "../store/device.ts";
import type { Author, Desk, Draft } from "../store/journal.ts";
import { unsealLeaf } from "../store/packs.ts";
import { keepPerson } from "../store/people.ts";
import type { CaseLine } from "../store/summary.ts";
import { digestOf, join, randomBytes, toBase64url, utf8 } from "../vault/bytes.ts";
import type { SignedCertificate } from "../vault/certificate.ts";
import { newEnvelope, type ServerKey } from "../vault/envelope.ts";
import { newPair } from "../vault/keys.ts";
import { addData, unwrap, wrapSigning } from "../vault/pin.ts";

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

/** Who certifies: by default nobody, and the certificate is none that a pull would take. */
type Certify = (facts: { enrolment: string; device: string; name: string; public_key: string }) => Promise<SignedCertificate>;

const uncertified: Certify = ({ enrolment, name }) => Promise.resolve({ certificate: JSON.stringify({ enrolment, name }), signature: "c2ln" });

export interface Issuer {
  key: ServerKey;
  certify: Certify;
}

/** `data` is the tablet's data key; a second person on the same tablet brings the same. */
export async function enrolled(db: Database, name: string, data = randomBytes(32), issuer?: Issuer): Promise<Tablet> {
  const enrolment = crypto.randomUUID();
  const pair = await newPair();
  const underPin = await wrapSigning({ enrolment, pin: PIN, signing: pair.privateKey, iterations: 1_000 });
  const wrapped = await addData(enrolment, underPin, data.slice());
  const facts = { enrolment, device: DEVICE, name, public_key: toBase64url(pair.publicKey) };
  const { certificate, signature } = await (issuer?.certify ?? uncertified)(facts);
  await keepPerson(db, {
    row: { enrolment, person: crypto.randomUUID(), username: name, name, roles: ["nurse"], enrolled_ms: 0, wrapped },
    certificate: { enrolment, certificate, signature },
    certificate_digest: await digestOf(utf8(certificate)),
  });
  const keys = await unwrap(enrolment, PIN, wrapped);
  if (keys === null) throw new Error("the PIN did not open");
  const envelope = await newEnvelope(DEVICE, issuer?.key ?? (await serverKey()));
  return { db, author: { enrolment, signing: keys.signing }, desk: { db, data: keys.data, envelope, clock } };
}

const BOOT = crypto.randomUUID();
let ticks = 0;
const clock = () => ({ at_ms: 1_790_000_000_000 + ticks++, zone_min: 60, offset_ms: 0, boot: BOOT, mono_ms: ticks });

export async function freshTablet(name = "nora", issuer?: Issuer): Promise<Tablet> {
  const db = new Database(`test-${crypto.randomUUID()}`);
  const keys = [issuer?.key ?? (await serverKey())];
  await keepDevice(db, { device: DEVICE, name: "Tablet 1", wards: [{ ward: WARD, name: "Ward" }], token: TOKEN, keys });
  return enrolled(db, name, randomBytes(32), issuer);
}

/** The lines of a ward's summary as they lie there: nothing is made anew. */
export async function linesOn({ db, desk }: Tablet, ward = WARD): Promise<CaseLine[]> {
  const rows = (await db.getAll("summaries")).filter((row) => row.ward === ward);
  const leaves = await Promise.all(rows.map((row) => unsealLeaf(desk.data, ward, row.leaf, row)));
  return leaves.flatMap((leaf) => {
    if (leaf === null) throw new Error("a leaf did not open");
    return leaf.content;
  });
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

/** A JPEG as far as anybody looks. */
export async function photograph(size = 1000): Promise<Photograph> {
  const start = join(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), randomBytes(500));
  const bytes = join(start, new Uint8Array(size - start.length));
  return { digest: await digestOf(bytes), bytes };
}

/** A consent on paper. */
export function onPaper(...photographs: readonly Photograph[]): Draft {
  const digest = "ab".repeat(32);
  const blobs = photographs.map((one) => one.digest).sort();
  const body = {
    consent: "main", release: digest, language: "en", text: digest, decision: "granted", relation: "self", basis: "law", method: "paper", decided_ms: null,
    checked: "known", interpreter: null, drawn: false, witnessed: false, blobs, after: [], covers: [], seen: null,
  };
  const part = { name: "Ida Solberg", strokes: null, witness: null, where: null, seen_by: null, checked: null, interpreter: null, reason: null };
  return { type: "consent.decided", body, private: part, photographs };
}

export function answer(item: string, value: string, replaces: string[] = []): Draft {
  return { type: "answer.given", body: { item, part: "", value, replaces, occurred_ms: null, late: false }, private: null };
}
