// The tablet's database, asked for before the rest of the program is evaluated: the disk answers meanwhile. It is
// therefore what the program imports first.

import { Database } from "./store/database.ts";

export const db = new Database();
// Whether it opens is told to whoever asks for it next.
db.open().catch(() => undefined);
