// The server's signed statement about a writer: a person on a tablet, or itself on a ward (docs/wire-format.md, "Certificate").

import { decode, isObject, type JsonObject } from "../core/canonical.ts";
import { digestOf, utf8 } from "./bytes.ts";
import type { ServerKey } from "./envelope.ts";
import { verifies, withPurpose } from "./keys.ts";

export interface SignedCertificate {
  certificate: string;
  signature: string;
}

export interface Certificate {
  /** Of a "server", `device` is the ward and `person` the enrolment. */
  type: "person" | "server";
  enrolment: string;
  device: string;
  wards: string[];
  person: string;
  name: string;
  roles: string[];
  public_key: string;
  issued_ms: number;
  /** SHA-256 of its bytes: the `prev` of the first entry. */
  digest: string;
}

function textsIn(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : null;
}

function certificateFrom(value: JsonObject, digest: string): Certificate | null {
  const { v, type, enrolment, device, wards, person, name, roles, public_key, issued_ms } = value;
  const wardList = textsIn(wards);
  const roleList = textsIn(roles);
  if (v !== 1 || (type !== "person" && type !== "server")) return null;
  if (wardList === null || roleList === null || typeof issued_ms !== "number") return null;
  if (typeof enrolment !== "string" || typeof device !== "string" || typeof person !== "string") return null;
  if (typeof name !== "string" || typeof public_key !== "string") return null;
  return { type, enrolment, device, wards: wardList, person, name, roles: roleList, public_key, issued_ms, digest };
}

/** Null unless one of these server keys signed it and it says all that a certificate says. */
export async function readCertificate(signed: SignedCertificate, keys: readonly ServerKey[]): Promise<Certificate | null> {
  const bytes = utf8(signed.certificate);
  const read = decode(bytes);
  if (!read.ok || !isObject(read.value)) return null;
  const number = read.value["key"];
  const key = keys.find((one) => one.key === number);
  if (key === undefined) return null;
  if (!(await verifies(key.signing, signed.signature, withPurpose("certificate", bytes)))) return null;
  return certificateFrom(read.value, await digestOf(bytes));
}
