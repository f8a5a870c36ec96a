import { expect, it } from "vitest";
import { voiceFor } from "./speech.ts";

const ANDROID = [
  { lang: "en_US", localService: false, name: "far" },
  { lang: "en_GB", localService: true, name: "near" },
  { lang: "no_NO", localService: true, name: "Norwegian" },
  { lang: "enm", localService: true, name: "Middle English" },
];

it.each([
  { code: "en", name: "near" },
  { code: "nb", name: "Norwegian" },
  { code: "se", name: undefined },
])("$code is read by $name", ({ code, name }) => {
  expect(voiceFor(ANDROID, code)?.name).toBe(name);
});

it("no voice that needs the network reads", () => {
  expect(voiceFor(ANDROID.slice(0, 1), "en")).toBeNull();
});
