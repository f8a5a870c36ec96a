// A person's signing key and the tablet's data key, wrapped under the person's PIN.
//
// What this protects against and what not: six digits fall to anyone who copies the disk and tries them all. The
// wrapping keeps a locked tablet unreadable to a passer-by; disk encryption does the rest (docs/design.md).

import { type Bytes, join, randomBytes, utf8, uuidBytes } from "./bytes.ts";

/** OWASP's figure for PBKDF2-HMAC-SHA256; stored with each wrapping, so that it can grow. */
export const PBKDF2_ITERATIONS = 600_000;
export const PIN_LENGTH = 6;

/** A signing key alone: an enrolment that the server has not answered yet. */
export interface WrappedSigning {
  salt: Bytes;
  iterations: number;
  signing: Sealed;
}

export interface Wrapped extends WrappedSigning {
  data: Sealed;
}

export interface Sealed {
  nonce: Bytes;
  sealed: Bytes;
}

/** Keys in memory while unlocked; neither can be exported. */
export interface OpenKeys {
  signing: CryptoKey;
  data: CryptoKey;
}

export function isPin(text: string): boolean {
  return new RegExp(`^[0-9]{${PIN_LENGTH}}$`).test(text);
}

/** One digit six times, or six in a row up or down: what people try first. */
export function isWeakPin(pin: string): boolean {
  const digits = Array.from(pin, Number);
  const steps = new Set(digits.slice(1).map((digit, index) => digit - (digits[index] ?? 0)));
  const [only] = steps;
  return steps.size === 1 && only !== undefined && Math.abs(only) <= 1;
}

async function keyFrom(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["wrapKey", "unwrapKey"],
  );
}

// The enrolment and the use stand in the additional data: one person's wrapping never opens as another's.
function aesFor(enrolment: string, use: "signing" | "data", nonce: Bytes) {
  return { name: "AES-GCM", iv: nonce, additionalData: join(utf8(`bedside/1 pin ${use}`), uuidBytes(enrolment)) };
}

async function wrapOne(
  key: CryptoKey,
  under: CryptoKey,
  enrolment: string,
  use: "signing" | "data",
): Promise<Sealed> {
  const nonce = randomBytes(12);
  const format = use === "signing" ? "pkcs8" : "raw";
  const sealed = await crypto.subtle.wrapKey(format, key, under, aesFor(enrolment, use, nonce));
  return { nonce, sealed: new Uint8Array(sealed) };
}

export interface ToWrap {
  enrolment: string;
  pin: string;
  /** Extractable. */
  signing: CryptoKey;
  iterations?: number;
}

/** A signing key under a PIN, with the PIN's own key still at hand, so that the data key can be added. */
export interface UnderPin {
  wrapped: WrappedSigning;
  signing: CryptoKey;
  under: CryptoKey;
}

export async function wrapSigning({ enrolment, pin, signing, iterations = PBKDF2_ITERATIONS }: ToWrap): Promise<UnderPin> {
  const salt = randomBytes(16);
  const under = await keyFrom(pin, salt, iterations);
  return { wrapped: { salt, iterations, signing: await wrapOne(signing, under, enrolment, "signing") }, signing, under };
}

/** `data`: the tablet's data key, 32 bytes, as the server derives it. */
export async function addData(enrolment: string, { wrapped, under }: UnderPin, data: Bytes): Promise<Wrapped> {
  const dataKey = await crypto.subtle.importKey("raw", data, "AES-GCM", true, ["encrypt", "decrypt"]);
  return { ...wrapped, data: await wrapOne(dataKey, under, enrolment, "data") };
}

/** Null when the PIN is wrong (or the wrapping was damaged: it cannot be told apart). */
export async function unwrapSigning(enrolment: string, pin: string, wrapped: WrappedSigning): Promise<UnderPin | null> {
  const under = await keyFrom(pin, wrapped.salt, wrapped.iterations);
  try {
    const signing = await crypto.subtle.unwrapKey(
      "pkcs8",
      wrapped.signing.sealed,
      under,
      aesFor(enrolment, "signing", wrapped.signing.nonce),
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["sign"],
    );
    return { wrapped, signing, under };
  } catch {
    return null;
  }
}

/** Null as for `unwrapSigning`. */
export async function unwrap(enrolment: string, pin: string, wrapped: Wrapped): Promise<OpenKeys | null> {
  const opened = await unwrapSigning(enrolment, pin, wrapped);
  if (opened === null) return null;
  try {
    const data = await crypto.subtle.unwrapKey(
      "raw",
      wrapped.data.sealed,
      opened.under,
      aesFor(enrolment, "data", wrapped.data.nonce),
      "AES-GCM",
      false,
      ["encrypt", "decrypt"],
    );
    return { signing: opened.signing, data };
  } catch {
    return null;
  }
}
