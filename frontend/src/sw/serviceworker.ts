// Keeps the tablet's program on the tablet. Nothing else: it never sees an API reply, and whatever it does not hold
// goes to the network untouched.
//
// A new build is fetched whole, then waits. It takes over when the page at the lock screen says so, never in the middle
// of a checklist: the page that runs and the files that it may still ask for belong together.

/// <reference lib="webworker" />

export {};

declare const self: ServiceWorkerGlobalScope;
/** Put in by build/service-worker.ts: the addresses of this build, and one hash over all that it consists of. */
declare const __PRECACHE__: readonly string[];
declare const __BUILD__: string;

const PAGE = "/tablet/";
const PREFIX = "bedside-tablet-";
const CACHE = PREFIX + __BUILD__;
const HELD: ReadonlySet<string> = new Set(__PRECACHE__);

/** All or nothing: a build with a file missing never becomes one. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(__PRECACHE__.map((address) => fetchInto(cache, address)));
}

async function fetchInto(cache: Cache, address: string): Promise<void> {
  // Past the browser's own cache, so that an old file is not taken for a new one.
  const response = await fetch(new Request(address, { cache: "reload", credentials: "omit", redirect: "error" }));
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  if (address === PAGE && !(await isOurPage(response.clone()))) throw new Error(`${address} belongs to another build`);
  await cache.put(address, response);
}

/** The page names the files of its build: one that names others came from elsewhere, or from another version. */
async function isOurPage(response: Response): Promise<boolean> {
  const text = await response.text();
  const scripts = __PRECACHE__.filter((address) => /\/assets\/.*\.js$/.test(address));
  return scripts.every((address) => text.includes(address));
}

async function dropOtherBuilds(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The address under which this build holds what is asked for; null if it does not. */
function heldAddress(request: Request): string | null {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (request.mode === "navigate") return url.pathname.startsWith(PAGE) ? PAGE : null;
  return HELD.has(url.pathname) ? url.pathname : null;
}

/** From the cache first. If the browser has thrown the cache away, the network is the second best. */
async function answer(address: string, request: Request): Promise<Response> {
  const held = await (await caches.open(CACHE)).match(address);
  return held ?? fetch(request);
}

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOtherBuilds().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const address = heldAddress(event.request);
  if (address !== null) event.respondWith(answer(address, event.request));
});
