// What the screens show of the tablet as a whole, read at one moment and at once.

import type { Database } from "./database.ts";
import { NO_CONTACT } from "./device.ts";
import { countsIn } from "./outbox.ts";
import { endedIn, namesIn, peopleIn } from "./people.ts";

export async function overviewOf(db: Database) {
  return db.read(["device", "contact", "people", "certificates", "outbox"], async (tx) => {
    const [device, contact, people, certificates, counts] = await Promise.all([
      tx.objectStore("device").get(1),
      tx.objectStore("contact").get(1),
      tx.objectStore("people").getAll(),
      tx.objectStore("certificates").getAll(),
      countsIn(tx),
    ]);
    return {
      device: device ?? null,
      contact: contact ?? NO_CONTACT,
      people: peopleIn(people),
      ended: endedIn(people),
      names: namesIn(certificates),
      counts,
    };
  });
}
