// A person's key pair on this tablet, and the server's public keys.

import { type Bytes, fromBase64url, join, toBase64url, utf8 } from "./bytes.ts";

const ECDSA = { name: "ECDSA", namedCurve: "P-256" } as const;
const ECDSA_SHA256 = { name: "ECDSA", hash: "SHA-256" } as const;

/** What is signed beside entries, so that nothing can pass for an entry (docs/wire-format.md). */
export type Purpose = "certificate" | "enrolment" | "challenge" | "manifest" | "server-key";

export interface NewPair {
  /** Extractable, only until the PIN has wrapped it. */
  privateKey: CryptoKey;
  /** Uncompressed point, 65 bytes. */
  publicKey: Bytes;
}

export async function newPair(): Promise<NewPair> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** Raw r‖s, 64 bytes. */
export async function sign(privateKey: CryptoKey, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(ECDSA_SHA256, privateKey, bytes));
}

export function withPurpose(purpose: Purpose, bytes: Uint8Array): Bytes {
  return join(utf8(`bedside/1 ${purpose}`), bytes);
}

/** Whether this is a point on the curve, in base64url. */
export async function isPublicKey(text: string): Promise<boolean> {
  try {
    await crypto.subtle.importKey("raw", fromBase64url(text), ECDSA, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** False also for a key or signature that cannot be read. */
export async function verifies(publicKey: string, signature: string, bytes: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", fromBase64url(publicKey), ECDSA, false, ["verify"]);
    return await crypto.subtle.verify(ECDSA_SHA256, key, fromBase64url(signature), bytes);
  } catch {
    return false;
  }
}

/** A signature for a purpose, base64url. */
export async function signFor(purpose: Purpose, privateKey: CryptoKey, bytes: Bytes): Promise<string> {
  return toBase64url(await sign(privateKey, withPurpose(purpose, bytes)));
}
