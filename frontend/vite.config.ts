import { svelte } from "@sveltejs/vite-plugin-svelte";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { SCANNER } from "./build/scanner.ts";
import { serviceWorker } from "./build/service-worker.ts";

const base = "/static/tablet/";
const here = import.meta.dirname;
const outDir = resolve(here, "static/tablet");

export default defineConfig({
  base,
  plugins: [
    svelte(),
    serviceWorker({
      source: resolve(here, "src/sw/serviceworker.ts"),
      publicDir: resolve(here, "public"),
      outDir,
      base,
      pages: ["/tablet/", "/manifest.json"],
      alongside: SCANNER,
    }),
  ],
  build: {
    outDir,
    emptyOutDir: true,
    // The page's template finds the hashed names here.
    manifest: "vite-manifest.json",
    target: "es2022",
    // One entry, not split: one script and one stylesheet. Nothing can be missing when the network is.
    modulePreload: { polyfill: false },
    // The content security policy allows no data: scripts, styles or fonts.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { main: resolve(here, "src/main.ts") },
      output: { codeSplitting: false },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    setupFiles: ["src/testing/browser.ts"],
  },
});
