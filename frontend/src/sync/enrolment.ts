// The two things a tablet cannot do without the server: become a ward's tablet, and take in a person.

import { encode } from "../core/canonical.ts";
import type { Database, DeviceRow } from "../store/database.ts";
import { deviceOf, keepDevice, learnKeys, noteContact } from "../store/device.ts";
import { dropPending, keepPending, keepPerson, pendingOf } from "../store/people.ts";
import { fromBase64url, toBase64url } from "../vault/bytes.ts";
import { type Certificate, readCertificate } from "../vault/certificate.ts";
import { newPair, signFor } from "../vault/keys.ts";
import { addData, type UnderPin, unwrapSigning, wrapSigning } from "../vault/pin.ts";
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

/**
 * Nobody is enrolled unless the server's certificate says what was asked for and verifies under the server's key.
 *
 * What is asked for is kept until it is granted, or is itself refused. A reply may be lost after the server has
 * enrolled: the next try, with the same name and PIN, asks for the same enrolment with the same key and gets the same
 * answer.
 */
export async function enrol(
  db: Database,
  wish: NewEnrolment,
  send?: Send,
): Promise<{ kind: "ok"; enrolment: string } | Failure> {
  const device = await deviceOf(db);
  if (device === null) return { kind: "outage", why: "not-registered" };
  const candidate = (await candidateAgain(db, wish)) ?? (await newCandidate(db, wish));
  const outcome = await ask(device, candidate, wish, send);
  if (outcome.kind !== "ok") {
    if (isAtFault(outcome)) await dropPending(db, wish.username);
    return outcome;
  }
  const learned = await learnKeys(db, device, outcome.reply.new_keys);
  if (learned === null) return { kind: "problem", status: 0, code: "server-key-forged" };
  const certificate = await readCertificate(outcome.reply.certificate, learned.keys);
  if (certificate === null || !isAsked(certificate, device, candidate)) {
    await dropPending(db, wish.username);
    return { kind: "problem", status: 0, code: "certificate-forged" };
  }
  await keep(db, { wish, candidate, certificate, reply: outcome.reply });
  return { kind: "ok", enrolment: candidate.enrolment };
}

/**
 * What was asked for is itself at fault: the id is another's, the proof does not hold. Any other refusal (a mistyped
 * password, too many tries, the server's own failure) says nothing of an earlier try whose reply was lost.
 */
function isAtFault(failure: Failure): boolean {
  return failure.kind === "problem" && failure.status === 400;
}

interface Candidate {
  enrolment: string;
  public_key: string;
  keys: UnderPin;
}

async function newCandidate(db: Database, { username, pin }: NewEnrolment): Promise<Candidate> {
  const enrolment = crypto.randomUUID();
  const pair = await newPair();
  const public_key = toBase64url(pair.publicKey);
  const keys = await wrapSigning({ enrolment, pin, signing: pair.privateKey });
  await keepPending(db, { username, enrolment, public_key, wrapped: keys.wrapped });
  return { enrolment, public_key, keys };
}

/** Null also when another PIN was chosen this time: the key is under the earlier one. */
async function candidateAgain(db: Database, { username, pin }: NewEnrolment): Promise<Candidate | null> {
  const pending = await pendingOf(db, username);
  if (pending === null) return null;
  const { enrolment, public_key, wrapped } = pending;
  const keys = await unwrapSigning(enrolment, pin, wrapped);
  return keys === null ? null : { enrolment, public_key, keys };
}

async function ask(
  device: DeviceRow,
  { enrolment, public_key, keys }: Candidate,
  { username, password }: NewEnrolment,
  send: Send | undefined,
): Promise<Outcome<EnrolmentReply>> {
  const statement = encode({ device: device.device, enrolment, public_key, username });
  if (!statement.ok) return { kind: "problem", status: 0, code: statement.code };
  const proof = await signFor("enrolment", keys.signing, statement.value);
  return callEnrol(device.token, { enrolment, username, password, public_key, proof }, send);
}

function isAsked(certificate: Certificate, device: DeviceRow, { enrolment, public_key }: Candidate): boolean {
  const { type } = certificate;
  return type === "person" && certificate.enrolment === enrolment && certificate.device === device.device && certificate.public_key === public_key;
}

interface ToKeep {
  wish: NewEnrolment;
  candidate: Candidate;
  certificate: Certificate;
  reply: EnrolmentReply;
}

async function keep(db: Database, { wish, candidate, certificate, reply }: ToKeep): Promise<void> {
  const { enrolment, person, name, roles } = certificate;
  const data = fromBase64url(reply.data_key);
  const wrapped = await addData(enrolment, candidate.keys, data);
  data.fill(0);
  await keepPerson(db, {
    row: { enrolment, person, username: wish.username, name, roles, enrolled_ms: Date.now(), wrapped },
    certificate: { enrolment, ...reply.certificate },
    certificate_digest: certificate.digest,
  });
}
