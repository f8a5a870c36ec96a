import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** The page's own way to the server, which answers when it is told to. */
function slowServer() {
  const answers: (() => void)[] = [];
  const through = vi.fn((_: unknown, init?: RequestInit) => new Promise<Response>((resolve, reject) => {
    const { signal } = init ?? {};
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener("abort", () => { reject(signal.reason as Error); });
    answers.push(() => { resolve(new Response("there")); });
  }));
  return { through, answer: () => { answers.splice(0).forEach((one) => { one(); }); } };
}

const server = slowServer();
let heard: string[] = [];

/** As a page that is loaded: the switch stands where it was left. */
async function loaded() {
  vi.resetModules();
  window.fetch = server.through;
  return (await import("./network.svelte.ts")).network;
}

beforeEach(() => {
  const kept = new Map<string, string>();
  heard = [];
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => { kept.set(key, value); },
    removeItem: (key: string) => { kept.delete(key); },
  });
  vi.stubGlobal("window", {
    fetch: server.through,
    addEventListener: () => undefined,
    dispatchEvent: ({ type }: Event) => heard.push(type),
  });
});

afterEach(() => { vi.unstubAllGlobals(); });

describe("the demo's switch", () => {
  it("lets everything through while the network is there", async () => {
    await loaded();
    const asked = window.fetch("/api/v1/push");
    server.answer();
    expect(await (await asked).text()).toBe("there");
  });

  it("fails what is asked afterwards, and what is under way, as a dead network does", async () => {
    const network = await loaded();
    const underWay = window.fetch("/api/v1/pull");
    network.set(true);
    await expect(underWay).rejects.toBeInstanceOf(TypeError);
    await expect(window.fetch("/api/v1/push")).rejects.toBeInstanceOf(TypeError);
    expect(heard).toEqual(["offline"]);
  });

  it("is where it was left when the page is loaded again, and says when the network is back", async () => {
    (await loaded()).set(true);
    const network = await loaded();
    expect(network.cut).toBe(true);
    await expect(window.fetch("/api/v1/push")).rejects.toBeInstanceOf(TypeError);
    network.set(false);
    const asked = window.fetch("/api/v1/push");
    server.answer();
    expect((await asked).ok).toBe(true);
    expect(heard).toEqual(["offline", "online"]);
  });

  it("keeps to the caller's own patience", async () => {
    await loaded();
    const patience = new AbortController();
    const asked = window.fetch("/api/v1/push", { signal: patience.signal });
    patience.abort(new DOMException("too late", "TimeoutError"));
    await expect(asked).rejects.toHaveProperty("name", "TimeoutError");
  });
});
