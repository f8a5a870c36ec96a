// What the tablet's program and its demo are built alike by.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { resolve } from "node:path";
import type { UserConfig } from "vite";
import { SCANNER } from "./scanner.ts";
import { serviceWorker } from "./service-worker.ts";

/** `folder`: below static/, also in the addresses of its files. `entry`: the program, from here. */
export function tabletBuild(here: string, { folder, entry }: { folder: string; entry: string }): UserConfig {
  const base = `/static/${folder}/`;
  const outDir = resolve(here, "static", folder);
  const kept = {
    source: resolve(here, "src/sw/serviceworker.ts"),
    publicDir: resolve(here, "public"),
    outDir,
    base,
    pages: ["/tablet/", "/manifest.json"],
    alongside: SCANNER,
  };
  return {
    base,
    plugins: [svelte(), serviceWorker(kept)],
    build: {
      outDir,
      emptyOutDir: true,
      // The page's template finds the hashed names here.
      manifest: "vite-manifest.json",
      target: "es2022",
      // One entry, not split: one script and one stylesheet. Nothing can be missing when the network is. The script is
      // a classic one: of these Chromium keeps, beside what a service worker has put away, the compiled code too, and
      // need not read 400 kB anew at each start.
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      // The content security policy allows no data: scripts, styles or fonts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { main: resolve(here, entry) },
        output: { codeSplitting: false, format: "iife" },
      },
    },
  };
}
