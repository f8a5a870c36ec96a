// Registers the service worker and tells when a newer build waits.

import { scriptAddress } from "./trusted.ts";

const SCOPE = "/tablet/";
const LOOK_EVERY_MS = 30 * 60_000;

export interface Updates {
  takeOver: () => void;
}

function watch(registration: ServiceWorkerRegistration, ready: () => void): void {
  const check = () => {
    // Without a controller this is the first installation, not an update.
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) ready();
  };
  check();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", check);
  });
}

/**
 * `ready`: a newer build waits. `tookOver`: it has taken over, asked by this tab or by another; this page is then of
 * the build before and loads again when nobody is in the middle of something.
 *
 * Without a worker (an old browser, plain HTTP) everything works but opening without a network.
 */
export async function registerWorker(ready: () => void, tookOver: () => void): Promise<Updates> {
  if (!("serviceWorker" in navigator)) return { takeOver: () => undefined };
  const hadController = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadController) tookOver();
  });
  const registration = await navigator.serviceWorker.register(scriptAddress("serviceWorker"), { scope: SCOPE });
  watch(registration, ready);
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
  return {
    takeOver: () => {
      registration.waiting?.postMessage("take-over");
    },
  };
}
