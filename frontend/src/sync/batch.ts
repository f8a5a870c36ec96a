// One push request, cut so that it stays within the limits of docs/wire-format.md.

import type { Batch } from "../store/outbox.ts";
import type { CertificateRow, EntryRow, EnvelopeRow } from "../store/database.ts";
import { toBase64url, utf8 } from "../vault/bytes.ts";

export const MAX_BATCH_BYTES = 1024 * 1024;
const MAX_ENROLMENTS = 200;
/** The brackets, the keys and the list of enrolments. */
const ROOM_FOR_THE_REST = 16 * 1024;

export interface PushBody {
  v: 1;
  certificates: { certificate: string; signature: string }[];
  envelopes: EnvelopeRow[];
  entries: { enrolment: string; seq: number; digest: string; envelope: string; sealed: string }[];
  enrolments: string[];
}

function bytesOf(value: unknown): number {
  return utf8(JSON.stringify(value)).length + 1;
}

function entryOf(row: EntryRow): PushBody["entries"][number] {
  const { enrolment, seq, digest, envelope, sealed } = row;
  return { enrolment, seq, digest, envelope, sealed: toBase64url(sealed) };
}

/** Takes rows from the front while they fit; the first is always taken. The server says if it alone is too large. */
export function pushBody({ rows, certificates, envelopes }: Omit<Batch, "photograph">, enrolments: readonly string[]): PushBody {
  const certificateOf = new Map<string, CertificateRow>(certificates.map((row) => [row.enrolment, row]));
  const envelopeOf = new Map<string, EnvelopeRow>(envelopes.map((row) => [row.id, row]));
  const body: PushBody = { v: 1, certificates: [], envelopes: [], entries: [], enrolments: enrolments.slice(0, MAX_ENROLMENTS) };
  const taken = new Set<string>();
  let room = MAX_BATCH_BYTES - ROOM_FOR_THE_REST;
  for (const row of rows) {
    const entry = entryOf(row);
    const certificate = taken.has(row.enrolment) ? undefined : certificateOf.get(row.enrolment);
    const envelope = taken.has(row.envelope) ? undefined : envelopeOf.get(row.envelope);
    room -= bytesOf(entry) + bytesOf(certificate ?? null) + bytesOf(envelope ?? null);
    if (room < 0 && body.entries.length > 0) break;
    body.entries.push(entry);
    if (certificate !== undefined) {
      body.certificates.push({ certificate: certificate.certificate, signature: certificate.signature });
    }
    if (envelope !== undefined) body.envelopes.push(envelope);
    taken.add(row.enrolment).add(row.envelope);
  }
  return body;
}
