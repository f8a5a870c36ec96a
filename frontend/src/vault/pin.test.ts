import { describe, expect, it } from "vitest";
import { randomBytes, utf8 } from "./bytes.ts";
import { newPair, sign, verifies } from "./keys.ts";
import { addData, isPin, isWeakPin, PBKDF2_ITERATIONS, unwrap, wrapSigning } from "./pin.ts";
import { openAtRest, sealAtRest } from "./rest.ts";
import { afterWrong, NO_TRIES, remainingWaitMs } from "./waits.ts";
import { toBase64url } from "./bytes.ts";

const FAST = 1_000;

async function wrapped(pin: string) {
  const pair = await newPair();
  const enrolment = crypto.randomUUID();
  const data = randomBytes(32);
  const underPin = await wrapSigning({ enrolment, pin, signing: pair.privateKey, iterations: FAST });
  return { pair, enrolment, wrapping: await addData(enrolment, underPin, data) };
}

describe("keys under a PIN", () => {
  it("come back with the right PIN, and cannot be exported", async () => {
    const { pair, enrolment, wrapping } = await wrapped("246813");
    const keys = await unwrap(enrolment, "246813", wrapping);
    if (keys === null) throw new Error("did not open");
    const signature = toBase64url(await sign(keys.signing, utf8("x")));
    expect(await verifies(toBase64url(pair.publicKey), signature, utf8("x"))).toBe(true);
    expect([keys.signing.extractable, keys.data.extractable]).toEqual([false, false]);
    await expect(crypto.subtle.exportKey("pkcs8", keys.signing)).rejects.toThrow();
  });

  it("do not come back with another PIN, nor as another person's", async () => {
    const { enrolment, wrapping } = await wrapped("246813");
    expect(await unwrap(enrolment, "246814", wrapping)).toBeNull();
    expect(await unwrap(crypto.randomUUID(), "246813", wrapping)).toBeNull();
  });

  it("take at least the iterations that the design asks for", () => {
    expect(PBKDF2_ITERATIONS).toBeGreaterThanOrEqual(600_000);
  });
});

it("tells PINs from other text, and weak ones from others", () => {
  expect(["246813", "24681", "2468135", "24681a"].map(isPin)).toEqual([true, false, false, false]);
  expect(["111111", "123456", "987654", "246813", "135790"].map(isWeakPin)).toEqual([true, true, true, false, false]);
});

describe("what lies on the tablet", () => {
  it("opens only in its own place and only unchanged", async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const sealed = await sealAtRest(key, "case 1", utf8("plain"));
    expect(await openAtRest(key, "case 1", sealed)).toEqual(utf8("plain"));
    expect(await openAtRest(key, "case 2", sealed)).toBeNull();
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(await openAtRest(key, "case 1", sealed)).toBeNull();
  });
});

describe("waits after wrong PINs", () => {
  const NOW = 1_790_000_000_000;
  const after = (wrong: number) => Array.from({ length: wrong }).reduce<typeof NO_TRIES>((tries) => afterWrong(tries, NOW), NO_TRIES);

  it("begin after the third and grow", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 20].map((wrong) => remainingWaitMs(after(wrong), NOW) / 1000);
    expect(waits).toEqual([0, 0, 0, 5, 15, 30, 60, 120, 300, 300]);
  });

  it("pass with time, and are not shortened by a clock that is set back", () => {
    expect(remainingWaitMs(after(4), NOW + 10_000)).toBe(5_000);
    expect(remainingWaitMs(after(4), NOW + 20_000)).toBe(0);
    expect(remainingWaitMs(after(4), NOW - 3_600_000)).toBe(15_000);
  });
});
