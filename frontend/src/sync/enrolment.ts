// The two things a tablet cannot do without the server: become a ward's tablet, and take in a person.

import { encode } from "../core/canonical.ts";
import type { Database, DeviceRow } from "../store/database.ts";
import { deviceOf, keepDevice, noteContact } from "../store/device.ts";
import { keepPerson } from "../store/people.ts";
import { fromBase64url, toBase64url } from "../vault/bytes.ts";
import { type Certificate, readCertificate } from "../vault/certificate.ts";
import { newPair, type NewPair, prove } from "../vault/keys.ts";
import { wrap } from "../vault/pin.ts";
import { clockOffsetMs, type Outcome, type Send } from "./api.ts";
import { enrol as callEnrol, register as callRegister } from "./calls.ts";
import type { EnrolmentReply } from "./replies.ts";

export type Failure = { kind: "problem"; status: number; code: string } | { kind: "outage"; why: string };

export async function register(db: Database, code: string, send?: Send): Promise<{ kind: "ok" } | Failure> {
  const outcome = await callRegister(code, send);
  if (outcome.kind !== "ok") return outcome;
  const { device, name, wards, token, keys, server_ms } = outcome.reply;
  if (keys.length === 0 || wards.length === 0) return { kind: "outage", why: "not-our-server" };
  await keepDevice(db, { device, name, wards, token, keys });
  await noteContact(db, { offset_ms: clockOffsetMs(server_ms, outcome.timing), last_reply_ms: Date.now() });
  return { kind: "ok" };
}

export interface NewEnrolment {
  username: string;
  password: string;
  pin: string;
}

/** Nothing is kept unless the server's certificate says what was asked for and verifies under the server's key. */
export async function enrol(
  db: Database,
  wish: NewEnrolment,
  send?: Send,
): Promise<{ kind: "ok"; enrolment: string } | Failure> {
  const device = await deviceOf(db);
  if (device === null) return { kind: "outage", why: "not-registered" };
  const enrolment = crypto.randomUUID();
  const pair = await newPair();
  const outcome = await ask(device, enrolment, wish, pair, send);
  if (outcome.kind !== "ok") return outcome;
  const certificate = await readCertificate(outcome.reply.certificate, device.keys);
  if (certificate === null || !isAsked(certificate, device, enrolment, toBase64url(pair.publicKey))) {
    return { kind: "problem", status: 0, code: "certificate-forged" };
  }
  await keep(db, { wish, pair, certificate, reply: outcome.reply });
  return { kind: "ok", enrolment };
}

async function ask(
  device: DeviceRow,
  enrolment: string,
  { username, password }: NewEnrolment,
  pair: NewPair,
  send: Send | undefined,
): Promise<Outcome<EnrolmentReply>> {
  const public_key = toBase64url(pair.publicKey);
  const statement = encode({ device: device.device, enrolment, public_key, username });
  if (!statement.ok) return { kind: "problem", status: 0, code: statement.code };
  const proof = await prove(pair, statement.value);
  return callEnrol(device.token, { enrolment, username, password, public_key, proof }, send);
}

function isAsked(certificate: Certificate, device: DeviceRow, enrolment: string, public_key: string): boolean {
  return certificate.enrolment === enrolment && certificate.device === device.device && certificate.public_key === public_key;
}

interface ToKeep {
  wish: NewEnrolment;
  pair: NewPair;
  certificate: Certificate;
  reply: EnrolmentReply;
}

async function keep(db: Database, { wish, pair, certificate, reply }: ToKeep): Promise<void> {
  const { enrolment, person, name, roles } = certificate;
  const data = fromBase64url(reply.data_key);
  const wrapped = await wrap({ enrolment, pin: wish.pin, signing: pair.privateKey, data });
  data.fill(0);
  await keepPerson(db, {
    row: { enrolment, person, username: wish.username, name, roles, enrolled_ms: Date.now(), wrapped },
    certificate: { enrolment, ...reply.certificate },
    certificate_digest: certificate.digest,
  });
}
