// The tables of the tablet's IndexedDB. Patient data stands only in `packs` and `summaries` (under the data key) and
// in `outbox` (sealed to the server); the rest is readable on a locked tablet and holds no patient.

import { Dexie, type EntityTable } from "dexie";
import type { Bytes } from "../vault/bytes.ts";
import type { ServerKey } from "../vault/envelope.ts";
import type { Wrapped, WrappedSigning } from "../vault/pin.ts";
import type { Tries } from "../vault/waits.ts";

export interface Ward {
  ward: string;
  name: string;
}

/** What the registration gave. One row, id 1. */
export interface DeviceRow {
  id: 1;
  device: string;
  name: string;
  wards: Ward[];
  token: string;
  keys: ServerKey[];
}

/** What the last calls to the server told, for the status line. One row, id 1. */
export interface ContactRow {
  id: 1;
  /** server − tablet, as last measured; null if never. */
  offset_ms: number | null;
  last_reply_ms: number | null;
  last_sent_ms: number | null;
  trouble: { kind: "outage"; why: string } | { kind: "problem"; code: string } | null;
  revoked: boolean;
}

export interface PersonRow {
  enrolment: string;
  person: string;
  username: string;
  name: string;
  roles: string[];
  enrolled_ms: number;
  wrapped: Wrapped;
  tries: Tries;
  /** The server knows another history of this enrolment: it writes no more, its outbox still goes out. */
  ended: boolean;
}

/** An enrolment that was asked for and not answered yet: the next try asks for the same one. */
export interface PendingRow {
  username: string;
  enrolment: string;
  public_key: string;
  /** The new signing key, under the PIN that was chosen. */
  wrapped: WrappedSigning;
}

/** Of everybody whose entries this tablet holds, and of those enrolled on it. */
export interface CertificateRow {
  enrolment: string;
  certificate: string;
  signature: string;
}

/** The last entry that an enrolment of this tablet wrote. */
export interface HeadRow {
  enrolment: string;
  /** 0 before the first entry; `digest` is then that of the certificate. */
  seq: number;
  digest: string;
}

export type OutboxState = "waiting" | "sent" | "needs-help";

export interface OutboxRow {
  /** The order in which the tablet wrote, across its people. */
  n: number;
  enrolment: string;
  seq: number;
  digest: string;
  envelope: string;
  sealed: Bytes;
  state: OutboxState;
  /** Why it needs help. */
  code: string | null;
  sent_ms: number | null;
}

export interface EnvelopeRow {
  id: string;
  key: number;
  sealed: string;
}

export interface PackRow {
  case: string;
  ward: string;
  /** Grows by one with each writing; checked inside the transaction that writes. */
  version: number;
  /** All of the case up to the ward's cursor is here; else the next row of it has it fetched by name. */
  whole: boolean;
  sealed: Bytes;
}

export interface SummaryRow {
  ward: string;
  version: number;
  sealed: Bytes;
}

export interface ReleaseRow {
  digest: string;
  protocol: string;
  number: number;
  status: string;
  effective_from_ms: number;
  /** Null while only listed. */
  bytes: Bytes | null;
}

/** How far a ward's log has been pulled. */
export interface CursorRow {
  ward: string;
  position: number;
  hash: string;
}

export class Database extends Dexie {
  device!: EntityTable<DeviceRow, "id">;
  contact!: EntityTable<ContactRow, "id">;
  people!: EntityTable<PersonRow, "enrolment">;
  pending!: EntityTable<PendingRow, "username">;
  certificates!: EntityTable<CertificateRow, "enrolment">;
  heads!: EntityTable<HeadRow, "enrolment">;
  outbox!: EntityTable<OutboxRow, "n">;
  envelopes!: EntityTable<EnvelopeRow, "id">;
  packs!: EntityTable<PackRow, "case">;
  summaries!: EntityTable<SummaryRow, "ward">;
  releases!: EntityTable<ReleaseRow, "digest">;
  cursors!: EntityTable<CursorRow, "ward">;

  constructor(name = "bedside") {
    // "strict": a transaction is complete only when the disk has it. Without it Chromium says "complete" earlier, and
    // a power cut takes what the screen called saved.
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      device: "id",
      contact: "id",
      people: "enrolment",
      pending: "username",
      certificates: "enrolment",
      heads: "enrolment",
      outbox: "++n, digest, state, envelope, [enrolment+seq]",
      envelopes: "id",
      packs: "case, ward",
      summaries: "ward",
      releases: "digest, protocol",
      cursors: "ward",
    });
  }
}
