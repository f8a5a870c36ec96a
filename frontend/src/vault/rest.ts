// What lies on the tablet, encrypted under the tablet's data key.

import { type Bytes, join, randomBytes, utf8 } from "./bytes.ts";

const NONCE_LENGTH = 12;

/** `place` names what is sealed ("case <uuid>"): one pack put in the place of another does not open. */
export async function sealAtRest(data: CryptoKey, place: string, plain: Bytes): Promise<Bytes> {
  const nonce = randomBytes(NONCE_LENGTH);
  const additionalData = utf8(`bedside/1 rest ${place}`);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData }, data, plain);
  return join(nonce, new Uint8Array(sealed));
}

/** Null when it cannot be opened: another key, another place, or damage. */
export async function openAtRest(data: CryptoKey, place: string, sealed: Bytes): Promise<Bytes | null> {
  const additionalData = utf8(`bedside/1 rest ${place}`);
  const iv = sealed.slice(0, NONCE_LENGTH);
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, data, sealed.slice(NONCE_LENGTH));
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}
