// Against tests/vectors/seal.json, whose statement the server's own code signed, and against forgers.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { vouch } from "../testing/server.ts";
import { toBase64url } from "./bytes.ts";
import { newPair, type NewPair } from "./keys.ts";
import { type SignedKey, withNewKeys } from "./succession.ts";

const vector = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../tests/vectors/seal.json"), "utf8")) as {
  derived: { signing_public: string; hpke_public: string };
  new_key: SignedKey & { key: number; hpke: string; signing: string };
};
const first = { key: 1, hpke: vector.derived.hpke_public, signing: vector.derived.signing_public };

it("takes the server's own word for its next key, twice as well as once", async () => {
  const { statement, signature, ...second } = vector.new_key;
  const signed = { statement, signature };
  expect(await withNewKeys([first], [signed])).toEqual([first, second]);
  expect(await withNewKeys([first, second], [signed, signed])).toEqual([first, second]);
  expect(await withNewKeys([first], [])).toEqual([first]);
});

describe("is forged", () => {
  let one: NewPair;
  let two: NewPair;
  const of = (pair: NewPair, key: number) => ({ key, hpke: toBase64url(pair.publicKey), signing: toBase64url(pair.publicKey) });
  const known = () => [of(one, 1), of(two, 2)];

  beforeAll(async () => {
    [one, two] = [await newPair(), await newPair()];
  });

  it("a key that an older one vouches for, under whatever number", async () => {
    for (const by of [1, 2]) expect(await withNewKeys(known(), [await vouch(one.privateKey, { ...of(one, 3), by })])).toBeNull();
    expect(await withNewKeys(known(), [await vouch(two.privateKey, { ...of(one, 3), by: 2 })])).toHaveLength(3);
  });

  it("a key with the number of another, or a lower one", async () => {
    for (const key of [0, 1]) expect(await withNewKeys(known(), [await vouch(two.privateKey, { ...of(two, key), by: 2 })])).toBeNull();
  });

  it("a key that is no point, or a statement that is none", async () => {
    expect(await withNewKeys(known(), [await vouch(two.privateKey, { ...of(one, 3), hpke: "AAAA", by: 2 })])).toBeNull();
    const { statement, signature } = await vouch(two.privateKey, { ...of(one, 3), by: 2 });
    expect(await withNewKeys(known(), [{ statement: `${statement} `, signature }])).toBeNull();
    expect(await withNewKeys(known(), [{ statement: "[]", signature }])).toBeNull();
  });

  it("all of a list in which one is", async () => {
    const good = await vouch(two.privateKey, { ...of(one, 3), by: 2 });
    const bad = await vouch(two.privateKey, { ...of(one, 4), by: 3 });
    expect(await withNewKeys(known(), [good, bad])).toBeNull();
  });
});
