// The replies of the tablet API, as docs/wire-format.md has them. Whatever is not of these shapes came from somebody
// else: a captive portal, a proxy, a page of the firewall.

import type { SignedCertificate } from "../vault/certificate.ts";
import type { Row } from "../vault/proof.ts";
import type { SignedKey } from "../vault/succession.ts";
import {
  base64url,
  count,
  digest,
  exactly,
  flag,
  integer,
  list,
  matching,
  oneOf,
  orNull,
  type Reader,
  shape,
  text,
  uuid,
  wrong,
} from "./shapes.ts";

const version = exactly(1);

export const signedCertificate = shape<{ certificate: string; signature: string }>({
  certificate: text,
  signature: base64url,
});

const serverKey = shape<{ key: number; hpke: string; signing: string }>({ key: count, hpke: base64url, signing: base64url });

const newKeys = list(shape<SignedKey>({ statement: text, signature: base64url }));

const ward = shape<{ ward: string; name: string }>({ ward: uuid, name: text });

export interface RegistrationReply {
  v: 1;
  server_ms: number;
  device: string;
  name: string;
  wards: { ward: string; name: string }[];
  token: string;
  keys: { key: number; hpke: string; signing: string }[];
}

export const registrationReply: Reader<RegistrationReply> = shape<RegistrationReply>({
  v: version,
  server_ms: count,
  device: uuid,
  name: text,
  wards: list(ward),
  token: matching(/^bd1\.device\.[0-9]+\.[0-9a-f-]{36}\.[A-Za-z0-9_-]+$/),
  keys: list(serverKey),
});

export interface EnrolmentReply {
  v: 1;
  server_ms: number;
  certificate: { certificate: string; signature: string };
  data_key: string;
  new_keys: SignedKey[];
}

export const enrolmentReply: Reader<EnrolmentReply> = shape<EnrolmentReply>({
  v: version,
  server_ms: count,
  certificate: signedCertificate,
  data_key: matching(/^[A-Za-z0-9_-]{43}$/),
  new_keys: newKeys,
});

export interface ListedRelease {
  digest: string;
  protocol: string;
  number: number;
  status: string;
  effective_from_ms: number;
}

export interface ReleasesReply {
  v: 1;
  server_ms: number;
  releases: ListedRelease[];
  new_keys: SignedKey[];
}

export const releasesReply: Reader<ReleasesReply> = shape<ReleasesReply>({
  v: version,
  server_ms: count,
  releases: list(
    shape<ListedRelease>({ digest, protocol: text, number: count, status: text, effective_from_ms: integer }),
  ),
  new_keys: newKeys,
});

export interface Receipt {
  digest: string;
  ward: string;
  position: number;
  received_ms: number;
}

export interface RefusedEntry {
  digest: string;
  code: string;
  words: string;
}

/**
 * What the server holds of one enrolment: an unbroken chain up to `upto`, and gaps between it and `highest`. It lacks
 * `blobs`: photographs that entries of this enrolment name.
 */
export interface Holding {
  enrolment: string;
  upto: number;
  digest: string | null;
  highest: number;
  missing: [number, number][];
  blobs: string[];
}

export interface PushReply {
  v: 1;
  server_ms: number;
  receipts: Receipt[];
  refused: RefusedEntry[];
  enrolments: Holding[];
}

const range: Reader<[number, number]> = (value) => {
  const [from, to, ...more] = list(count)(value);
  if (from === undefined || to === undefined || more.length > 0 || from > to) return wrong("range");
  return [from, to];
};

export const pushReply: Reader<PushReply> = shape<PushReply>({
  v: version,
  server_ms: count,
  receipts: list(shape<Receipt>({ digest, ward: uuid, position: count, received_ms: count })),
  refused: list(shape<RefusedEntry>({ digest, code: text, words: text })),
  enrolments: list(
    shape<Holding>({ enrolment: uuid, upto: count, digest: orNull(digest), highest: count, missing: list(range), blobs: list(digest) }),
  ),
});

export interface BlobReply {
  v: 1;
  server_ms: number;
  digest: string;
  received_ms: number;
}

export const blobReply: Reader<BlobReply> = shape<BlobReply>({ v: version, server_ms: count, digest, received_ms: count });

export interface ChallengeReply {
  v: 1;
  server_ms: number;
  challenge: string;
}

export const challengeReply: Reader<ChallengeReply> = shape<ChallengeReply>({ v: version, server_ms: count, challenge: base64url });

export interface PullTokenReply {
  v: 1;
  server_ms: number;
  token: string;
  expires_ms: number;
}

export const pullTokenReply: Reader<PullTokenReply> = shape<PullTokenReply>({
  v: version,
  server_ms: count,
  token: matching(/^bd1\.pull\.[0-9]+\.[0-9a-f-]{36}\.[0-9]+\.[A-Za-z0-9_-]+$/),
  expires_ms: count,
});

const row: Reader<Row> = shape<Row>({
  ward: uuid,
  position: count,
  received_ms: count,
  case: orNull(uuid),
  enrolment: uuid,
  digest,
  entry: text,
  private: orNull(text),
  signature: base64url,
});

/** One ward's answer. `position` and `hash` are where the tablet stands once it has taken this in. */
export interface Page {
  ward: string;
  state: "rows" | "start" | "differs";
  position: number;
  hash: string;
  rows: Row[];
  cases: string[];
  more: boolean;
}

export interface PullReply {
  v: 1;
  server_ms: number;
  wards: Page[];
  left: string[];
  certificates: SignedCertificate[];
  new_keys: SignedKey[];
}

export const pullReply: Reader<PullReply> = shape<PullReply>({
  v: version,
  server_ms: count,
  wards: list(
    shape<Page>({
      ward: uuid,
      state: oneOf("rows", "start", "differs"),
      position: count,
      hash: digest,
      rows: list(row),
      cases: list(uuid),
      more: flag,
    }),
  ),
  left: list(uuid),
  certificates: list(signedCertificate),
  new_keys: newKeys,
});

/** A case with all its entries, and the ward where it stands now. */
export interface FoundCase {
  case: string;
  ward: string;
  rows: Row[];
}

export interface CasesReply {
  v: 1;
  server_ms: number;
  cases: FoundCase[];
  /** Did not fit; may be asked for again. */
  left: string[];
  certificates: SignedCertificate[];
}

export const casesReply: Reader<CasesReply> = shape<CasesReply>({
  v: version,
  server_ms: count,
  cases: list(shape<FoundCase>({ case: uuid, ward: uuid, rows: list(row) })),
  left: list(uuid),
  certificates: list(signedCertificate),
});

export interface ProblemReply {
  status: number;
  code: string;
}

export const problemReply: Reader<ProblemReply> = shape<ProblemReply>({ status: count, code: matching(/^[a-z][a-z-]*$/) });
