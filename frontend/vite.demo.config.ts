import { svelte } from "@sveltejs/vite-plugin-svelte";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { SCANNER } from "./build/scanner.ts";
import { serviceWorker } from "./build/service-worker.ts";

const base = "/static/demo/";
const here = import.meta.dirname;
const outDir = resolve(here, "static/demo");

// The tablet's program with the demo's strip above it, apart from the tablet's own: it must not grow by this. Its worker
// keeps it for when there is no network, as that of vite.config.ts does.
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
    manifest: "vite-manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { main: resolve(here, "src/demo/main.ts") },
      output: { codeSplitting: false },
    },
  },
});
