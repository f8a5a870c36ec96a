// The entries of one case, each once, with what stands and what does not. Twin of procedures/core/book.py.

import { byBytes, isAscii, type JsonObject } from "./canonical.ts";
import { type Bodies, bodyProblem, correctedMs, type Digest, type Entry, type EntryType, SERVER_TYPES, type Uuid } from "./entry.ts";

/** An entry as it is held: its digest, and its private part where that is known here. */
export interface Written {
  readonly digest: Digest;
  readonly entry: Entry;
  readonly private: JsonObject | null;
}

/** A readable entry with its typed body. */
export interface Held<T extends EntryType> extends Written {
  readonly body: Bodies[T];
}

/** Who wrote an act and when; `at_ms` is the writer's corrected clock, `zone_min` their minutes east of UTC. */
export interface Act {
  readonly digest: Digest;
  readonly enrolment: Uuid;
  readonly at_ms: number;
  readonly zone_min: number;
}

const FINAL: ReadonlySet<string> = new Set(["entry.voided", "consent.withdrawn"]);

export class Book {
  readonly case: Uuid | null;
  /** Sorted by digest. */
  readonly readable: readonly Written[];
  readonly unreadable: readonly Digest[];
  readonly voided: ReadonlyMap<Digest, readonly Digest[]>;
  readonly quarantined: ReadonlyMap<Digest, readonly string[]>;

  /** Throws when entries of several cases are mixed, which is a fault of the caller. */
  constructor(written: readonly Written[]) {
    const entries = onePerDigest(written);
    this.case = onlyCase(entries);
    this.readable = entries.filter(({ entry }) => isReadable(entry));
    this.quarantined = this.judgeQuarantines();
    this.voided = this.judgeVoids();
    this.unreadable = entries
      .filter(({ digest, entry }) => !isReadable(entry) && !this.voided.has(digest))
      .map(({ digest }) => digest);
  }

  /** Neither voided nor quarantined. */
  stands(digest: Digest): boolean {
    return !this.voided.has(digest) && !this.quarantined.has(digest);
  }

  /** The readable entries of a type, standing or not. */
  all<T extends EntryType>(type: T): readonly Held<T>[] {
    return this.readable
      .filter(({ entry }) => entry.type === type)
      .map((written) => ({ ...written, body: written.entry.body as unknown as Bodies[T] }));
  }

  standing<T extends EntryType>(type: T): readonly Held<T>[] {
    return this.all(type).filter(({ digest }) => this.stands(digest));
  }

  /** A release names the quarantine that it ends, so that a later quarantine of the same entry is its own. */
  private judgeQuarantines(): ReadonlyMap<Digest, readonly string[]> {
    const released = new Set(this.all("entry.released").map(({ body }) => body.target));
    const servers = this.digestsOf((type) => SERVER_TYPES.has(type));
    return byTarget(
      this.all("entry.quarantined")
        .filter(({ digest, body }) => !released.has(digest) && !servers.has(body.target))
        .map(({ body }) => [body.target, body.code]),
    );
  }

  /** A void cannot be voided, nor a withdrawal, which is final, nor what the server wrote. */
  private judgeVoids(): ReadonlyMap<Digest, readonly Digest[]> {
    const beyond = this.digestsOf((type) => FINAL.has(type) || SERVER_TYPES.has(type));
    return byTarget(
      this.all("entry.voided")
        .filter(({ digest, body }) => !this.quarantined.has(digest) && !beyond.has(body.target))
        .map(({ digest, body }) => [body.target, digest]),
    );
  }

  private digestsOf(chosen: (type: string) => boolean): ReadonlySet<Digest> {
    return new Set(this.readable.filter(({ entry }) => chosen(entry.type)).map(({ digest }) => digest));
  }
}

export function actOf({ digest, entry }: Written): Act {
  return { digest, enrolment: entry.enrolment, at_ms: correctedMs(entry.clock), zone_min: entry.clock.zone_min };
}

/** A copy without duplicates, sorted. */
export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort(byBytes);
}

/** Duplicates fold into one; the one that has its private part wins. */
function onePerDigest(written: readonly Written[]): readonly Written[] {
  const found = new Map<Digest, Written>();
  for (const each of written) {
    if (each.entry.case !== null && (found.get(each.digest)?.private ?? null) === null) found.set(each.digest, each);
  }
  return [...found.values()].sort((left, right) => byBytes(left.digest, right.digest));
}

function onlyCase(entries: readonly Written[]): Uuid | null {
  const cases = new Set(entries.map(({ entry }) => entry.case));
  if (cases.size > 1) throw new Error("entries of several cases cannot be folded together");
  return [...cases][0] ?? null;
}

/** The name of a part becomes part of a register's key, which is ASCII. */
function isReadable(entry: Entry): boolean {
  const part = entry.body["part"];
  return bodyProblem(entry) === null && (typeof part !== "string" || isAscii(part));
}

function byTarget(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [target, name] of pairs) found.set(target, [...(found.get(target) ?? []), name]);
  return new Map(sorted(found.keys()).map((target) => [target, sorted(found.get(target) ?? [])]));
}
