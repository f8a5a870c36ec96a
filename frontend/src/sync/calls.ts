// The calls of the tablet API, each with its own shape of reply.

import type { EnvelopeRow } from "../store/database.ts";
import { type Call, callForBytes, callForJson, type Outcome, type Send } from "./api.ts";
import type { PushBody } from "./batch.ts";
import {
  blobReply,
  type BlobReply,
  casesReply,
  type CasesReply,
  challengeReply,
  type ChallengeReply,
  enrolmentReply,
  type EnrolmentReply,
  pullReply,
  type PullReply,
  pullTokenReply,
  type PullTokenReply,
  pushReply,
  type PushReply,
  registrationReply,
  type RegistrationReply,
  releasesReply,
  type ReleasesReply,
} from "./replies.ts";

export interface EnrolmentRequest {
  enrolment: string;
  username: string;
  password: string;
  public_key: string;
  proof: string;
}

function post(path: string, token: string | null, body: object): Call {
  return { method: "POST", path, token, body: { v: 1, ...body } };
}

export function register(code: string, send?: Send): Promise<Outcome<RegistrationReply>> {
  return callForJson(post("registrations", null, { code }), registrationReply, send);
}

export function enrol(token: string, request: EnrolmentRequest, send?: Send): Promise<Outcome<EnrolmentReply>> {
  return callForJson(post("enrolments", token, request), enrolmentReply, send);
}

export function push(token: string, body: PushBody, send?: Send): Promise<Outcome<PushReply>> {
  return callForJson(post("push", token, body), pushReply, send);
}

/** One photograph, as it travels. */
export interface SealedBlob {
  envelope: EnvelopeRow;
  digest: string;
  sealed: string;
}

export function sendBlob(token: string, blob: SealedBlob, send?: Send): Promise<Outcome<BlobReply>> {
  return callForJson(post("blobs", token, blob), blobReply, send);
}

export function askChallenge(token: string, send?: Send): Promise<Outcome<ChallengeReply>> {
  return callForJson(post("challenges", token, {}), challengeReply, send);
}

export interface PullTokenRequest {
  enrolment: string;
  challenge: string;
  signature: string;
}

export function askPullToken(token: string, request: PullTokenRequest, send?: Send): Promise<Outcome<PullTokenReply>> {
  return callForJson(post("pull-tokens", token, request), pullTokenReply, send);
}

export interface Cursor {
  ward: string;
  position: number;
  /** Null asks for a start. */
  hash: string | null;
}

export function pull(pullToken: string, wards: readonly Cursor[], send?: Send): Promise<Outcome<PullReply>> {
  return callForJson(post("pull", pullToken, { wards }), pullReply, send);
}

export function pullCases(pullToken: string, cases: readonly string[], send?: Send): Promise<Outcome<CasesReply>> {
  return callForJson(post("pull/cases", pullToken, { cases }), casesReply, send);
}

export function listReleases(token: string, send?: Send): Promise<Outcome<ReleasesReply>> {
  return callForJson({ method: "GET", path: "releases", token }, releasesReply, send);
}

export function fetchRelease(token: string, digest: string, send?: Send): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  return callForBytes({ method: "GET", path: `releases/${digest}`, token }, send);
}
