// Against tests/vectors/seal.json, which the server answers too, and against the server's own code.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf, fromBase64url, fromHex, join, toBase64url, u64, utf8, uuidBytes } from "./bytes.ts";
import { readCertificate } from "./certificate.ts";
import { newEnvelope, sealBlob, sealEntry } from "./envelope.ts";
import { newPair, sign, signFor, verifies, withPurpose } from "./keys.ts";

const root = resolve(import.meta.dirname, "../../..");
const vector = JSON.parse(readFileSync(resolve(root, "tests/vectors/seal.json"), "utf8")) as {
  root_key: string;
  derived: { signing_public: string; hpke_public: string; hpke_private: string };
  device: string;
  certificate: { certificate: string; signature: string; digest: string };
  entry: { data: string; digest: string; private: string; signature: string };
  envelope: { id: string; key: number; sealed: string; aes_key: string };
  sealed: { enrolment: string; seq: number; digest: string; envelope: string; sealed: string };
};
const server = { key: 1, hpke: vector.derived.hpke_public, signing: vector.derived.signing_public };

describe("the vector's parts", () => {
  it("takes the server's certificate, and no other", async () => {
    const certificate = await readCertificate(vector.certificate, [server]);
    expect(certificate?.digest).toBe(vector.certificate.digest);
    expect(certificate?.roles).toEqual(["nurse"]);
    const bent = { ...vector.certificate, certificate: vector.certificate.certificate.replace("nurse", "clinician") };
    expect(await readCertificate(bent, [server])).toBeNull();
    expect(await readCertificate(vector.certificate, [{ ...server, key: 2 }])).toBeNull();
  });

  it("names and verifies the entry", async () => {
    const certificate = await readCertificate(vector.certificate, [server]);
    expect(await digestOf(utf8(vector.entry.data))).toBe(vector.entry.digest);
    expect(await verifies(certificate?.public_key ?? "", vector.entry.signature, utf8(vector.entry.data))).toBe(true);
    expect(await verifies(certificate?.public_key ?? "", vector.entry.signature, utf8(`${vector.entry.data} `))).toBe(false);
  });

  it("seals in the vector's form: its sealed entry opens by the same rule", async () => {
    const key = await crypto.subtle.importKey("raw", fromBase64url(vector.envelope.aes_key), "AES-GCM", false, ["decrypt"]);
    const sealed = fromBase64url(vector.sealed.sealed);
    const additionalData = join(fromHex(vector.envelope.id), uuidBytes(vector.sealed.enrolment), u64(vector.sealed.seq));
    const iv = sealed.slice(0, 12);
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.slice(12)));
    const length = new DataView(plain.buffer).getUint32(64);
    expect(toBase64url(plain.slice(0, 64))).toBe(vector.entry.signature);
    expect(new TextDecoder().decode(plain.slice(68, 68 + length))).toBe(vector.entry.data);
    expect(new TextDecoder().decode(plain.slice(68 + length))).toBe(vector.entry.private);
  });
});

const OPEN_IN_PYTHON = `
import json, sys, uuid
from procedures.core import blob, derivation, seal
given = json.load(sys.stdin)
secret = seal.from_text(given["root_key"].split(":")[1])
hpke = derivation.private_key(secret, b"bedside/1 hpke")
device = uuid.UUID(given["device"])
envelope = given["envelope"]
aes = seal.open_envelope(hpke, device, envelope["key"], envelope["id"], seal.from_text(envelope["sealed"]))
aad = seal.entry_aad(envelope["id"], uuid.UUID(given["enrolment"]), given["seq"])
opened = seal.open_entry(aes, aad, seal.from_text(given["sealed"]))
proof = seal.purpose_bytes("enrolment", b"statement")
key = seal.read_public_key(given["public_key"])
sealed_blob = blob.SealedBlob(1, blob.Envelope(**envelope), given["blob"]["digest"], given["blob"]["sealed"])
photograph = blob.open_blob(sealed_blob, device, lambda number: hpke)
print(json.dumps({
    "entry": opened.data.decode(),
    "private": (opened.private or b"").decode(),
    "signed": seal.verifies(key, opened.signature, opened.data),
    "proved": seal.verifies(key, seal.from_text(given["proof"]), proof),
    "photograph": seal.to_text(photograph),
}))
`;

const python = resolve(root, ".venv/bin/python");

describe.skipIf(!existsSync(python))("the server's code", () => {
  it("opens what this tablet seals, and verifies what it signs", async () => {
    const pair = await newPair();
    const entry = utf8('{"name":"Nora Åsen"}');
    const enrolment = crypto.randomUUID();
    const envelope = await newEnvelope(vector.device, server);
    const signature = await sign(pair.privateKey, entry);
    const sealed = await sealEntry(envelope, { enrolment, seq: 7, signature, entry, private_part: utf8("private") });
    const photograph = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3);
    const digest = await digestOf(photograph);
    const given = {
      blob: { digest, sealed: toBase64url(await sealBlob(envelope, digest, photograph)) },
      root_key: vector.root_key,
      device: vector.device,
      envelope: envelope.envelope,
      enrolment,
      seq: 7,
      sealed: toBase64url(sealed),
      public_key: toBase64url(pair.publicKey),
      proof: await signFor("enrolment", pair.privateKey, utf8("statement")),
    };
    const said = execFileSync(python, ["-c", OPEN_IN_PYTHON], { cwd: root, input: JSON.stringify(given), encoding: "utf8" });
    expect(JSON.parse(said)).toEqual({ entry: '{"name":"Nora Åsen"}', private: "private", signed: true, proved: true, photograph: toBase64url(photograph) });
  });
});

it("keeps purposes apart", async () => {
  const pair = await newPair();
  const signature = toBase64url(await sign(pair.privateKey, withPurpose("challenge", utf8("x"))));
  const key = toBase64url(pair.publicKey);
  expect(await verifies(key, signature, withPurpose("challenge", utf8("x")))).toBe(true);
  expect(await verifies(key, signature, withPurpose("enrolment", utf8("x")))).toBe(false);
  expect(await verifies(key, signature, utf8("x"))).toBe(false);
});
