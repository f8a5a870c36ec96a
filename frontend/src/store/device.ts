// What the tablet is: its registration, and what it last heard from the server.

import type { ServerKey } from "../vault/envelope.ts";
import { type SignedKey, withNewKeys } from "../vault/succession.ts";
import type { ContactRow, Database, DeviceRow } from "./database.ts";

export const NO_CONTACT: ContactRow = {
  id: 1,
  offset_ms: null,
  last_reply_ms: null,
  last_sent_ms: null,
  trouble: null,
  revoked: false,
};

export async function deviceOf(db: Database): Promise<DeviceRow | null> {
  return (await db.get("device", 1)) ?? null;
}

export async function keepDevice(db: Database, device: Omit<DeviceRow, "id">): Promise<void> {
  await db.put("device", { ...device, id: 1 });
}

export async function contactOf(db: Database): Promise<ContactRow> {
  return (await db.get("contact", 1)) ?? NO_CONTACT;
}

export async function noteContact(db: Database, change: Partial<Omit<ContactRow, "id">>): Promise<void> {
  await db.write(["contact"], async (tx) => {
    const contact = tx.objectStore("contact");
    await contact.put({ ...((await contact.get(1)) ?? NO_CONTACT), ...change });
  });
}

/**
 * Keeps the server's keys that a reply adds to those that are known. The device as it is then; null if one of them is
 * forged: nothing of that reply is to be taken.
 */
export async function learnKeys(db: Database, device: DeviceRow, signed: readonly SignedKey[]): Promise<DeviceRow | null> {
  const keys = await withNewKeys(device.keys, signed);
  if (keys === null) return null;
  if (keys.length > device.keys.length) await keepDevice(db, { ...device, keys: [...keys] });
  return { ...device, keys: [...keys] };
}

/** The key to seal to: the last of the list. Null if the registration named none. */
export function sealingKey(device: DeviceRow): ServerKey | null {
  return device.keys.at(-1) ?? null;
}

/** A revoked tablet that has sent all it had forgets what it could read. What is sealed to the server stays. */
export async function eraseReadable(db: Database): Promise<void> {
  const readable = ["packs", "summaries", "begun", "people", "pending", "cursors"] as const;
  await db.write([...readable, "blobs"], async (tx) => {
    await Promise.all(readable.map((table) => tx.objectStore(table).clear()));
    for await (const cursor of tx.objectStore("blobs").iterate()) await cursor.update({ ...cursor.value, kept: new Uint8Array() });
  });
}
