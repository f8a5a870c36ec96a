// Sealing entries to the server: what a locked tablet sends without being able to read it.
// Formats: docs/wire-format.md, "Envelope and sealed entry".

import { AEAD_AES_128_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from "hpke";
import { type Bytes, digestOf, fromBase64url, fromHex, join, randomBytes, toBase64url, u32, u64, utf8, uuidBytes } from "./bytes.ts";

/** As it travels. */
export interface Envelope {
  id: string;
  key: number;
  sealed: string;
}

/** An envelope whose AES key is still in memory: entries can be put in. */
export interface OpenEnvelope {
  envelope: Envelope;
  key: CryptoKey;
}

/** One of the server's public keys, as a registration lists them. */
export interface ServerKey {
  key: number;
  hpke: string;
  signing: string;
}

const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM);

export async function newEnvelope(device: string, server: ServerKey): Promise<OpenEnvelope> {
  const raw = randomBytes(32);
  const recipient = await suite.DeserializePublicKey(fromBase64url(server.hpke));
  const info = join(utf8("bedside/1 envelope"), uuidBytes(device), u64(server.key));
  const { encapsulatedSecret, ciphertext } = await suite.Seal(recipient, raw, { info });
  const sealed = join(encapsulatedSecret, ciphertext);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  raw.fill(0);
  return { envelope: { id: await digestOf(sealed), key: server.key, sealed: toBase64url(sealed) }, key };
}

export interface ToSeal {
  enrolment: string;
  seq: number;
  signature: Bytes;
  entry: Bytes;
  /** Empty where the entry names no private part. */
  private_part: Bytes;
}

/** nonce ‖ AES-256-GCM(signature ‖ length ‖ entry ‖ private part), bound to its place. */
export async function sealEntry(open: OpenEnvelope, part: ToSeal): Promise<Bytes> {
  const place = join(uuidBytes(part.enrolment), u64(part.seq));
  return seal(open, place, join(part.signature, u32(part.entry.length), part.entry, part.private_part));
}

/** A photograph, nonce ‖ AES-256-GCM(its bytes), bound to its name. */
export async function sealBlob(open: OpenEnvelope, digest: string, bytes: Bytes): Promise<Bytes> {
  return seal(open, fromHex(digest), bytes);
}

async function seal({ envelope, key }: OpenEnvelope, place: Bytes, plain: Bytes): Promise<Bytes> {
  const nonce = randomBytes(12);
  const additionalData = join(fromHex(envelope.id), place);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData }, key, plain);
  return join(nonce, new Uint8Array(sealed));
}
