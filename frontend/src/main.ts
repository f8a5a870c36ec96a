// Wires the tablet together: storage, sending, the screens, the worker.

import { mount } from "svelte";
import { Database } from "./store/database.ts";
import { deviceOf } from "./store/device.ts";
import { Runner } from "./sync/runner.ts";
import { App } from "./ui/app.svelte.ts";
import AppView from "./ui/App.svelte";
import { language } from "./ui/look/language.svelte.ts";
import { theme } from "./ui/look/theme.svelte.ts";
import { registerWorker, type Updates } from "./worker.ts";
import "./ui/look/tokens.css";
import "./ui/look/base.css";

/** Tells the other tabs of this tablet that something was written or heard. */
const channel = new BroadcastChannel("bedside");
const db = new Database();
let runner: Runner | null = null;
let updates: Updates | null = null;

const app = new App(db, {
  written: () => {
    void runner?.written();
    channel.postMessage("written");
  },
  nudge: () => {
    if (runner === null) channel.postMessage("nudge");
    else runner.nudge();
  },
  takeOverUpdate: () => updates?.takeOver(),
});

/** Only one tab talks to the server; the others wait in line for the lock and take over when it is closed. */
async function sendWhileOpen(): Promise<void> {
  await navigator.locks.request("bedside sync", async () => {
    await untilRegistered();
    runner = await Runner.start({
      db,
      now_ms: () => Date.now(),
      changed: () => {
        channel.postMessage("heard");
        void app.refresh();
      },
    });
    await new Promise(() => undefined);
  });
}

async function untilRegistered(): Promise<void> {
  while ((await deviceOf(db)) === null) await new Promise((resolve) => setTimeout(resolve, 500));
}

function listenToOtherTabs(): void {
  channel.addEventListener("message", ({ data }) => {
    if (data === "written") {
      app.writings += 1;
      void runner?.written();
    }
    if (data === "nudge") runner?.nudge();
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
    await db.open();
    await app.refresh();
    app.stage = "ready";
  } catch {
    app.stage = "broken";
    return;
  }
  listenToOtherTabs();
  window.addEventListener("online", () => { app.outside.nudge(); });
  app.persistent = await askForPersistence();
  void sendWhileOpen();
}

function start(target: HTMLElement): void {
  document.documentElement.lang = language.code;
  theme.apply();
  mount(AppView, { target, props: { app } });
  void open();
  void registerWorker(() => (app.updateReady = true), () => { app.replaced(); }).then(
    (registered) => (updates = registered),
    () => undefined,
  );
}

const target = document.getElementById("app");
if (target !== null) start(target);
