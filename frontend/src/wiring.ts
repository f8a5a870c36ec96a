// Wires the tablet together: storage, sending, the screens, the worker.

import { db } from "./opening.ts";
import { type Component, mount } from "svelte";
import { deviceOf } from "./store/device.ts";
import type { Access } from "./sync/pulling.ts";
import { Runner } from "./sync/runner.ts";
import { App, type Session } from "./ui/app.svelte.ts";
import { painted } from "./ui/pieces/painted.ts";
import { language } from "./ui/look/language.svelte.ts";
import { theme } from "./ui/look/theme.svelte.ts";
import { Turns } from "./turns.ts";
import { registerWorker, type Updates } from "./worker.ts";

/** Whoever unlocks first sees what is here: what others wrote meanwhile is asked for when that has been read and drawn. */
const FIRST_SCREEN_MS = 300;
/** Tells the other tabs of this tablet that something was written or heard. */
const channel = new BroadcastChannel("bedside");
const turns = new Turns({
  begin,
  isUnlocked: () => app.session !== null,
  offer: () => { channel.postMessage("turn-offered"); },
});
let updates: Updates | null = null;

const app = new App(db, {
  written: () => {
    void turns.current?.written();
    channel.postMessage("written");
  },
  nudge: () => {
    if (turns.current === null) channel.postMessage("nudge");
    else turns.current.nudge();
  },
  unlocked: (session) => {
    setTimeout(() => { if (app.session === session) takeTurn(session); }, FIRST_SCREEN_MS);
  },
  locked: () => {
    turns.current?.lock();
    turns.locked();
  },
  takeOverUpdate: () => updates?.takeOver(),
});

function takeTurn(session: Session): void {
  if (turns.current === null) turns.goToTheFront();
  else turns.current.unlock(accessOf(session));
}

function accessOf({ person, keys, desk }: Session): Access {
  return { enrolment: person.enrolment, signing: keys.signing, desk };
}

async function begin(): Promise<Runner> {
  await untilRegistered();
  const runner = await Runner.start({ db, now_ms: () => Date.now(), changed, arrived });
  if (app.session !== null) runner.unlock(accessOf(app.session));
  return runner;
}

function changed(): void {
  channel.postMessage("heard");
  void app.refresh();
}

function arrived(): void {
  channel.postMessage("arrived");
  app.arrived();
}

async function untilRegistered(): Promise<void> {
  while ((await deviceOf(db)) === null) await new Promise((resolve) => setTimeout(resolve, 500));
}

function listenToOtherTabs(): void {
  channel.addEventListener("message", ({ data }) => {
    if (data === "written" || data === "arrived") app.writings += 1;
    if (data === "written") void turns.current?.written();
    if (data === "nudge") turns.current?.nudge();
    if (data === "turn-offered") turns.offered();
    void app.refresh();
  });
}

/** Asked again at every start: a browser that refuses today may grant it once the page is installed. */
async function askForPersistence(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

async function open(): Promise<void> {
  try {
    await app.refresh();
    app.stage = "ready";
  } catch {
    app.stage = "broken";
    return;
  }
  listenToOtherTabs();
}

/** What the first screen does not need. Nothing here waits for another: a browser may ask about storage, and nobody answer. */
function goOn(): void {
  lookForUpdates().catch(() => undefined);
  if (app.stage !== "ready") return;
  window.addEventListener("online", () => { app.outside.nudge(); });
  void askForPersistence().then((granted) => (app.persistent = granted));
  turns.standInLine();
}

/** Shows the tablet in the page's place for it. `view`: the screens, bare or with something around them. */
export function start(view: Component<{ app: App }>): void {
  const target = document.getElementById("app");
  if (target === null) return;
  document.documentElement.lang = language.code;
  theme.apply();
  // Asked for before the frame around it is drawn.
  const opened = open();
  mount(view, { target, props: { app } });
  void opened.then(painted).then(goOn);
}

async function lookForUpdates(): Promise<void> {
  updates = await registerWorker(() => (app.updateReady = true), () => { app.replaced(); });
}
