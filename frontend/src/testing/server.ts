// A server for tests of the tablet: keeps one ward's log, certifies writers, opens what is pushed, and answers pulls as
// docs/wire-format.md has it. It can be restored from an earlier position, cut its pages small, and be bent.

import { AEAD_AES_128_GCM, CipherSuite, KDF_HKDF_SHA256, type KeyPair, KEM_DHKEM_P256_HKDF_SHA256 } from "hpke";
import { encode, type JsonObject } from "../core/canonical.ts";
import type { Send } from "../sync/api.ts";
import type { PushBody } from "../sync/batch.ts";
import type { SealedBlob } from "../sync/calls.ts";
import { type Bytes, digestOf, fromBase64url, fromHex, join, newSalt, toBase64url, u64, utf8, uuidBytes } from "../vault/bytes.ts";
import type { SignedCertificate } from "../vault/certificate.ts";
import type { ServerKey } from "../vault/envelope.ts";
import { newPair, type NewPair, sign, signFor, verifies, withPurpose } from "../vault/keys.ts";
import { follow, startHash } from "../vault/log.ts";
import type { Row } from "../vault/proof.ts";
import type { SignedKey } from "../vault/succession.ts";
import { WARD } from "./tablet.ts";

const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM);

interface Cursor {
  ward: string;
  position: number;
  hash: string | null;
}

export interface Facts {
  enrolment: string;
  device: string;
  name: string;
  public_key: string;
}

function canonical(value: JsonObject): string {
  const encoded = encode(value);
  if (!encoded.ok) throw new Error(encoded.code);
  return new TextDecoder().decode(encoded.value);
}

interface RootKey {
  key: ServerKey;
  signing: CryptoKey;
  hpke: KeyPair<CryptoKey>;
}

async function rootKey(key: number): Promise<RootKey> {
  const signing = await newPair();
  const hpke = await suite.GenerateKeyPair();
  const hpkePublic = toBase64url((await suite.SerializePublicKey(hpke.publicKey)));
  return { key: { key, hpke: hpkePublic, signing: toBase64url(signing.publicKey) }, signing: signing.privateKey, hpke };
}

/** A statement about a server key, signed by whoever's key it is. */
export async function vouch(signing: CryptoKey, stated: ServerKey & { by: number }): Promise<SignedKey> {
  const statement = canonical({ v: 1, ...stated });
  return { statement, signature: await signFor("server-key", signing, utf8(statement)) };
}

export class Server {
  rows: Row[] = [];
  /** Photographs, by digest. */
  blobs = new Map<string, Bytes>();
  readonly certificates = new Map<string, SignedCertificate & Facts>();
  /** Cases that it no longer counts among the open ones, and those that are in no ward of the tablet. */
  readonly closed = new Set<string>();
  readonly elsewhere = new Set<string>();
  maxRows = 500;
  maxCases = 100;
  /** The token that it takes; a new one ends the last. */
  private token = 0;
  calls: string[] = [];
  bodies: unknown[] = [];
  /** Before a call is served: an answer of its own, or a throw. */
  bend: ((path: string) => Response | null) | null = null;
  /** After a pull was answered. */
  bendReply: ((path: string, reply: Record<string, unknown>) => void) | null = null;

  /** What it says of its newer keys. */
  newKeys: SignedKey[] = [];

  private constructor(private readonly roots: RootKey[]) {}

  static async start(): Promise<Server> {
    return new Server([await rootKey(1)]);
  }

  private get root(): RootKey {
    return this.roots.at(-1) as RootKey;
  }

  /** The public half of the newest. */
  get key(): ServerKey {
    return this.root.key;
  }

  /** A new root key, vouched for by the one before it; it certifies from now on. */
  async addRootKey(): Promise<void> {
    const before = this.root;
    const added = await rootKey(before.key.key + 1);
    this.newKeys.push(await vouch(before.signing, { ...added.key, by: before.key.key }));
    this.roots.push(added);
  }

  async certify(facts: Facts, type: "person" | "server" = "person"): Promise<SignedCertificate> {
    const { enrolment, device, name, public_key } = facts;
    const roles = type === "person" ? ["nurse"] : ["server"];
    const certificate = canonical({
      v: 1, type, key: this.key.key, enrolment, device, wards: [WARD], person: crypto.randomUUID(), name, roles, public_key, issued_ms: 0,
    });
    const signed = { certificate, signature: await signFor("certificate", this.root.signing, utf8(certificate)) };
    this.certificates.set(enrolment, { ...facts, ...signed });
    return signed;
  }

  /** A backup was put back: what came after this position is gone. */
  restore(position: number): void {
    this.rows = this.rows.slice(0, position);
  }

  /** Ends the pull token that was given last. */
  expireToken(): void {
    this.token += 1;
  }

  async append(row: Omit<Row, "position" | "received_ms">): Promise<void> {
    if (this.rows.some(({ digest }) => digest === row.digest)) return;
    const position = this.rows.length + 1;
    this.rows.push({ ...row, position, received_ms: 1_790_000_000_000 + position });
    await Promise.resolve();
  }

  /** An entry by any writer whose pair is known, put straight into the log. */
  async write(
    pair: NewPair, enrolment: string, caseId: string | null, type: string, body: JsonObject, bent: Partial<Row> = {}, part: string | null = null,
  ): Promise<Row> {
    const own = this.rows.filter((row) => row.enrolment === enrolment);
    const entry = canonical({
      v: 1, enrolment, seq: own.length + 1, prev: own.at(-1)?.digest ?? "0".repeat(64), ward: WARD, case: caseId, type, salt: newSalt(),
      clock: { at_ms: 1_790_000_000_000, zone_min: 60, offset_ms: 0, boot: crypto.randomUUID(), mono_ms: 0 }, body,
      private: part === null ? null : await digestOf(utf8(part)),
    });
    const signature = toBase64url(await sign(pair.privateKey, utf8(entry)));
    await this.append({ ward: WARD, case: caseId, enrolment, digest: await digestOf(utf8(entry)), entry, private: part, signature, ...bent });
    return this.rows.at(-1) as Row;
  }

  async hashes(): Promise<string[]> {
    const start = await startHash(WARD);
    return [start, ...((await follow({ position: 0, hash: start }, this.rows)) ?? [])];
  }

  readonly send: Send = async (url, init) => {
    const path = url.replace("/api/v1/", "");
    const body = (init.body === undefined ? {} : JSON.parse(init.body as string)) as Record<string, unknown>;
    this.calls.push(path);
    this.bodies.push(body);
    const bent = this.bend?.(path) ?? null;
    if (bent !== null) return bent;
    const bearer = new Headers(init.headers).get("Authorization") ?? "";
    if (path.startsWith("pull") && path !== "pull-tokens" && bearer !== `Bearer ${this.pullToken}`) return problem(401, "token-expired");
    const reply = await this.serve(path, body);
    if (reply instanceof Response) return reply;
    this.bendReply?.(path, reply);
    return Response.json({ v: 1, server_ms: Date.now(), ...reply });
  };

  private get pullToken(): string {
    return `bd1.pull.1.${WARD}.${this.token}.AAAA`;
  }

  private async serve(path: string, body: Record<string, unknown>): Promise<Record<string, unknown> | Response> {
    if (path === "challenges") return { challenge: "Y2hhbGxlbmdl" };
    if (path === "pull-tokens") return this.giveToken(body as { enrolment: string; challenge: string; signature: string });
    if (path === "pull") return this.pull(body["wards"] as Cursor[]);
    if (path === "pull/cases") return this.cases(body["cases"] as string[]);
    if (path === "releases") return { releases: [], new_keys: this.newKeys };
    if (path === "blobs") return this.keep(body as unknown as SealedBlob);
    return this.push(body as unknown as PushBody);
  }

  private async giveToken({ enrolment, challenge, signature }: { enrolment: string; challenge: string; signature: string }) {
    const key = this.certificates.get(enrolment)?.public_key ?? "";
    const signed = await verifies(key, signature, withPurpose("challenge", fromBase64url(challenge)));
    return signed ? { token: this.pullToken, expires_ms: 1 } : problem(403, "challenge-wrong");
  }

  private async pull(cursors: readonly Cursor[]) {
    const pages = await Promise.all(cursors.filter(({ ward }) => ward === WARD).map((cursor) => this.page(cursor)));
    return { wards: pages, left: [], certificates: this.certificatesOf(pages.flatMap((page) => page.rows)), new_keys: this.newKeys };
  }

  private async page({ ward, position, hash }: Cursor) {
    const hashes = await this.hashes();
    const head = this.rows.length;
    const open = [...new Set(this.rows.map((row) => row.case))].filter((one): one is string => one !== null && !this.closed.has(one) && !this.elsewhere.has(one));
    if (hash === null) return { ward, state: "start", position: head, hash: hashes[head], rows: [], cases: open, more: false };
    if (hashes[position] !== hash) return { ward, state: "differs", position, hash, rows: [], cases: [], more: false };
    const rows = this.rows.slice(position, position + this.maxRows);
    const end = position + rows.length;
    return { ward, state: "rows", position: end, hash: hashes[end], rows, cases: [], more: end < head };
  }

  private cases(names: readonly string[]) {
    const here = names.filter((name) => !this.elsewhere.has(name) && this.rows.some((row) => row.case === name));
    const found = here.slice(0, this.maxCases).map((name) => ({ case: name, ward: WARD, rows: this.rows.filter((row) => row.case === name) }));
    return { cases: found, left: here.slice(this.maxCases), certificates: this.certificatesOf(found.flatMap((one) => one.rows)) };
  }

  private certificatesOf(rows: readonly Row[]): SignedCertificate[] {
    const writers = [...new Set(rows.map((row) => row.enrolment))];
    return writers.flatMap((writer) => this.certificates.get(writer) ?? []).map(({ certificate, signature }) => ({ certificate, signature }));
  }

  private async push(body: PushBody) {
    for (const { certificate, signature } of body.certificates) {
      const facts = JSON.parse(certificate) as Facts;
      this.certificates.set(facts.enrolment, { ...facts, certificate, signature });
    }
    const keys = new Map(await Promise.all(body.envelopes.map(async (one) => [one.id, await this.open(one.sealed, one.key)] as const)));
    for (const sealed of body.entries) await this.append(await opened(sealed, keys.get(sealed.envelope) as CryptoKey));
    const receipts = body.entries.map(({ digest }) => ({ digest, ward: WARD, position: 1, received_ms: 1 }));
    return { receipts, refused: [], enrolments: body.enrolments.map((enrolment) => this.holding(enrolment)) };
  }

  private async keep({ envelope, digest, sealed }: SealedBlob) {
    const key = await this.open(envelope.sealed, envelope.key);
    const bytes = fromBase64url(sealed);
    const additionalData = join(fromHex(envelope.id), fromHex(digest));
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12), additionalData }, key, bytes.slice(12)));
    if ((await digestOf(plain)) !== digest) return problem(400, "blob-digest-wrong");
    this.blobs.set(digest, plain);
    return { digest, received_ms: 1 };
  }

  private async open(sealed: string, key: number): Promise<CryptoKey> {
    const bytes = fromBase64url(sealed);
    const info = join(utf8("bedside/1 envelope"), uuidBytes(this.device), u64(key));
    const recipient = (this.roots.find((root) => root.key.key === key) as RootKey).hpke;
    const raw = (await suite.Open(recipient, bytes.slice(0, 65), bytes.slice(65), { info })) as Bytes;
    return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  }

  /** The device that pushes: all test tablets call themselves the same. */
  device = "5b3b3d52-6a0c-4b9f-8f0a-0d6c1e9a7b11";

  private holding(enrolment: string) {
    const held = new Map(this.rows.filter((row) => row.enrolment === enrolment).map((row) => [(JSON.parse(row.entry) as { seq: number }).seq, row.digest]));
    let upto = 0;
    while (held.has(upto + 1)) upto += 1;
    const highest = Math.max(0, ...held.keys());
    const missing = Array.from({ length: highest }, (_, index) => index + 1).filter((seq) => seq > upto && !held.has(seq));
    const bodies = this.rows.filter((row) => row.enrolment === enrolment).map((row) => (JSON.parse(row.entry) as { body: { blobs?: string[] } }).body);
    const blobs = bodies.flatMap((body) => body.blobs ?? []).filter((digest) => !this.blobs.has(digest));
    return { enrolment, upto, digest: held.get(upto) ?? null, highest, missing: missing.map((seq) => [seq, seq]), blobs };
  }
}

async function opened(sealed: PushBody["entries"][number], key: CryptoKey): Promise<Omit<Row, "position" | "received_ms">> {
  const bytes = fromBase64url(sealed.sealed);
  const additionalData = join(fromHex(sealed.envelope), uuidBytes(sealed.enrolment), u64(sealed.seq));
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12), additionalData }, key, bytes.slice(12)));
  const end = 68 + new DataView(plain.buffer).getUint32(64);
  const [entry, part] = [plain.slice(68, end), plain.slice(end)].map((text) => new TextDecoder().decode(text));
  const { ward, case: caseId } = JSON.parse(entry ?? "") as { ward: string; case: string | null };
  const signature = toBase64url(plain.slice(0, 64));
  return { ward, case: caseId, enrolment: sealed.enrolment, digest: sealed.digest, entry: entry ?? "", private: part === "" ? null : (part ?? null), signature };
}

export function problem(status: number, code: string): Response {
  return Response.json({ type: "about:blank", title: code, status, code, where: "" }, { status, headers: { "Content-Type": "application/problem+json" } });
}
