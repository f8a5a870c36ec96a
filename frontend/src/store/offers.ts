// After the server was restored: everything that this tablet holds of a ward goes out again, whoever wrote it.

import { type Entry, SERVER_TYPES } from "../core/entry.ts";
import { fromBase64url, utf8 } from "../vault/bytes.ts";
import { sealEntry } from "../vault/envelope.ts";
import type { CursorRow } from "./database.ts";
import type { Desk } from "./journal.ts";
import { exclusively, WRITER } from "./lock.ts";
import { enqueue, type NewRow, rowsOf } from "./outbox.ts";
import { type HeldEntry, openPack } from "./packs.ts";

/**
 * Puts all entries of a ward's packs into the outbox, sealed anew, and forgets the cursor, in one transaction: the next
 * pull asks for a start. Deletes nothing. What waits already or needs help stays as it is. False: a pack does not open.
 */
export async function offerAll(desk: Desk, from: CursorRow): Promise<boolean> {
  return exclusively(WRITER, async () => {
    const { db } = desk;
    const held = await heldOf(desk, from.ward);
    if (held === null) return false;
    const offers = await Promise.all(inOrder(held).map((one) => offerOf(desk, one)));
    await db.write(["outbox", "envelopes", "cursors"], async (tx) => {
      const known = await rowsOf(tx, offers.map((offer) => offer.digest));
      const sent = known.filter((row) => row.state === "sent");
      const onTheirWay = new Set(known.filter((row) => row.state !== "sent").map((row) => row.digest));
      await tx.objectStore("envelopes").put(desk.envelope.envelope);
      // In one transaction with their successors: nothing is without a row at any time.
      await Promise.all(sent.map((row) => tx.objectStore("outbox").delete(row.n)));
      await enqueue(tx, offers.filter((offer) => !onTheirWay.has(offer.digest)));
      await tx.objectStore("cursors").delete(from.ward);
    });
    return true;
  });
}

interface Held {
  entry: Entry;
  held: HeldEntry;
}

async function heldOf({ db, data }: Desk, ward: string): Promise<Held[] | null> {
  const cases = await db.read(["packs"], (tx) => tx.objectStore("packs").index("ward").getAllKeys(ward));
  const packs = await Promise.all(cases.map((caseId) => openPack(db, data, caseId)));
  if (packs.includes(null)) return null;
  return packs.flatMap((pack) => pack?.content ?? []).map((held) => ({ held, entry: JSON.parse(held.entry) as Entry }));
}

/**
 * The server's own first, so that it need not judge again what it has judged; then writer by writer, along their
 * chains: a run is proved by its last signature.
 */
function inOrder(held: readonly Held[]): Held[] {
  const rank = ({ entry }: Held) => (SERVER_TYPES.has(entry.type) ? "0" : "1") + entry.enrolment;
  return [...held].sort((one, other) => (rank(one) === rank(other) ? one.entry.seq - other.entry.seq : rank(one) < rank(other) ? -1 : 1));
}

async function offerOf(desk: Desk, { entry, held }: Held): Promise<NewRow> {
  const { enrolment, seq } = entry;
  const sealed = await sealEntry(desk.envelope, {
    enrolment,
    seq,
    signature: fromBase64url(held.signature),
    entry: utf8(held.entry),
    private_part: utf8(held.private ?? ""),
  });
  return { enrolment, seq, digest: held.digest, envelope: desk.envelope.envelope.id, sealed, state: "waiting", code: null, sent_ms: null };
}
