// The server's newer public keys, each vouched for by the one before it (docs/wire-format.md, "A new root key").

import { decode, isObject } from "../core/canonical.ts";
import { type Bytes, utf8 } from "./bytes.ts";
import type { ServerKey } from "./envelope.ts";
import { isPublicKey, verifies, withPurpose } from "./keys.ts";

export interface SignedKey {
  statement: string;
  signature: string;
}

/** The keys known so far, by number, and those that a reply adds. Null: one of them is forged, and none is to be taken. */
export async function withNewKeys(known: readonly ServerKey[], signed: readonly SignedKey[]): Promise<readonly ServerKey[] | null> {
  let keys: readonly ServerKey[] | null = known;
  for (const one of signed) keys = keys === null ? null : await withKey(keys, one);
  return keys;
}

async function withKey(known: readonly ServerKey[], { statement, signature }: SignedKey): Promise<readonly ServerKey[] | null> {
  const bytes = utf8(statement);
  const stated = statedIn(bytes);
  const newest = known.at(-1);
  if (stated === null || newest === undefined) return null;
  const { by, ...key } = stated;
  const held = known.find((one) => one.key === key.key);
  if (held !== undefined) return held.hpke === key.hpke && held.signing === key.signing ? known : null;
  // Only the newest vouches: an older root key that leaks later brings nothing to a tablet that has gone on.
  if (by !== newest.key || key.key < newest.key) return null;
  const vouched = await verifies(newest.signing, signature, withPurpose("server-key", bytes));
  return vouched && (await isPublicKey(key.hpke)) && (await isPublicKey(key.signing)) ? [...known, key] : null;
}

function statedIn(bytes: Bytes): (ServerKey & { by: number }) | null {
  const read = decode(bytes);
  if (!read.ok || !isObject(read.value)) return null;
  const { v, key, by, hpke, signing } = read.value;
  if (v !== 1 || typeof key !== "number" || typeof by !== "number") return null;
  return typeof hpke === "string" && typeof signing === "string" ? { key, by, hpke, signing } : null;
}
