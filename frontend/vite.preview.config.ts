import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = import.meta.dirname;

// The tablet's screens in a page of the admin, apart from the tablet's own program: it must not grow by this.
export default defineConfig({
  base: "/static/preview/",
  publicDir: false,
  plugins: [svelte()],
  build: {
    outDir: resolve(here, "static/preview"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { preview: resolve(here, "src/preview/main.ts") },
      // Names without a hash: the admin is online, and asks whether what it has is still right.
      output: { codeSplitting: false, entryFileNames: "preview.js", assetFileNames: "preview[extname]" },
    },
  },
});
