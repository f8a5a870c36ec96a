import { beforeAll, describe, expect, it } from "vitest";
import { Server } from "../testing/server.ts";
import { WARD } from "../testing/tablet.ts";
import { digestOf, toBase64url, utf8 } from "./bytes.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { newPair, type NewPair, sign } from "./keys.ts";
import { judge, type Row } from "./proof.ts";

const CASE = "ca5e0000-0000-4000-8000-000000000002";
const [NORA, NOAH, SERVER, OTHER_WARDS] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
const ANSWER = { item: "a", part: "", value: "yes", replaces: [], occurred_ms: null, late: false };

const pairs = new Map<string, NewPair>();
const signers = new Map<string, Certificate>();
let server: Server;

beforeAll(async () => {
  server = await Server.start();
  for (const [enrolment, device, type] of [
    [NORA, crypto.randomUUID(), "person"],
    [NOAH, crypto.randomUUID(), "person"],
    [SERVER, WARD, "server"],
    [OTHER_WARDS, crypto.randomUUID(), "server"],
  ] as const) {
    const pair = await newPair();
    pairs.set(enrolment, pair);
    const signed = await server.certify({ enrolment, device, name: enrolment, public_key: toBase64url(pair.publicKey) }, type);
    const certificate = await readCertificate(signed, [server.key]);
    if (certificate !== null) signers.set(enrolment, certificate);
  }
});

async function written(by: string, count: number, type = "answer.given", body: object = ANSWER): Promise<Row[]> {
  server.restore(0);
  for (let number = 0; number < count; number++) await server.write(pairs.get(by) as NewPair, by, CASE, type, body as typeof ANSWER);
  return server.rows;
}

async function doubts(rows: readonly Row[]): Promise<(string | null)[]> {
  return (await judge(rows, signers)).map(({ doubt }) => doubt);
}

const UNSIGNED = "A".repeat(86);

describe("rows", () => {
  it("are proved, person's and server's", async () => {
    expect(await judge(await written(NORA, 3), signers)).toMatchObject([1, 2, 3].map(() => ({ doubt: null, counts: true })));
    const quarantined = await written(SERVER, 1, "entry.quarantined", { target: "0".repeat(64), code: "fork" });
    expect(await judge(quarantined, signers)).toMatchObject([{ doubt: null, counts: true }]);
  });

  it.each([
    ["another text", (row: Row) => ({ entry: row.entry.replace('"yes"', '"no"') }), "entry-digest-wrong"],
    ["another case", () => ({ case: crypto.randomUUID() }), "entry-place-wrong"],
    ["no case", () => ({ case: null }), "entry-place-wrong"],
    ["another ward", () => ({ ward: crypto.randomUUID() }), "entry-place-wrong"],
    ["another writer", () => ({ enrolment: NOAH }), "entry-place-wrong"],
    ["a private part that it does not name", () => ({ private: `{"salt":"${"A".repeat(22)}"}` }), "private-wrong"],
    ["another signature", () => ({ signature: UNSIGNED }), "entry-signature-wrong"],
  ])("are doubted with %s", async (_, bend, code) => {
    const [first, second] = await written(NORA, 2);
    if (first === undefined || second === undefined) throw new Error("no rows");
    expect(await doubts([first, { ...second, ...bend(second) }])).toEqual([null, code]);
  });

  it("are proved without their private part, which may have been erased, and doubted with another's", async () => {
    const part = `{"salt":"${"A".repeat(22)}","text":"x"}`;
    server.restore(0);
    const named = await server.write(pairs.get(NORA) as NewPair, NORA, CASE, "answer.given", ANSWER, {}, part);
    expect(await doubts([named])).toEqual([null]);
    expect(await doubts([{ ...named, private: null }])).toEqual([null]);
    expect(await doubts([{ ...named, private: part.replace("x", "y") }])).toEqual(["private-wrong"]);
  });

  it("are doubted when their writer is not certified", async () => {
    const rows = await written(NORA, 1);
    expect((await judge(rows, new Map())).map(({ doubt }) => doubt)).toEqual(["certificate-missing"]);
  });

  it("are doubted when they are no entry", async () => {
    const entry = '{"v":1}';
    const [row] = await written(NORA, 1);
    expect(await doubts([{ ...(row as Row), entry, digest: await digestOf(utf8(entry)) }])).toEqual(["shape-wrong"]);
  });
});

describe("a run", () => {
  it("is proved by its last signature, and only up to the last good one", async () => {
    const rows = await written(NORA, 4);
    const unsigned = (...places: number[]) => rows.map((row, index) => (places.includes(index) ? { ...row, signature: UNSIGNED } : row));
    expect(await doubts(unsigned(0, 1))).toEqual([null, null, null, null]);
    expect(await doubts(unsigned(1, 3))).toEqual([null, null, null, "entry-signature-wrong"]);
    expect(await doubts(unsigned(2, 3))).toEqual([null, null, "entry-signature-wrong", "entry-signature-wrong"]);
  });

  it("is not mended by a row that is not here", async () => {
    const [first, , third] = (await written(NORA, 3)).map((row, index) => (index === 0 ? { ...row, signature: UNSIGNED } : row));
    expect(await doubts([first, third] as Row[])).toEqual(["entry-signature-wrong", null]);
  });

  it("is one writer's: who names another's entry as predecessor has not signed it for them", async () => {
    const [forged] = await written(NORA, 1);
    if (forged === undefined) throw new Error("no row");
    const noahs = await server.write(pairs.get(NOAH) as NewPair, NOAH, CASE, "answer.given", ANSWER);
    const entry = noahs.entry.replace(/"prev":"\w+"/, `"prev":"${forged.digest}"`);
    const signature = toBase64url(await sign((pairs.get(NOAH) as NewPair).privateKey, utf8(entry)));
    const follower = { ...noahs, entry, digest: await digestOf(utf8(entry)), signature };
    expect(await doubts([{ ...forged, signature: UNSIGNED }, follower])).toEqual(["entry-signature-wrong", null]);
  });
});

describe("what only the server may write", () => {
  it.each([
    ["by a person", () => NORA],
    ["by the server of another ward", () => OTHER_WARDS],
  ])("is proved but does not count %s", async (_, by) => {
    const rows = await written(by(), 1, "entry.quarantined", { target: "0".repeat(64), code: "fork" });
    expect(await judge(rows, signers)).toMatchObject([{ doubt: null, counts: false }]);
  });
});
