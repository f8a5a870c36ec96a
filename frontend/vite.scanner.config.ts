import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

// The reader of codes, apart from the tablet's own program, which must not grow by it. The service worker keeps both, so
// that it is there when the network is not. Names without a hash: the build that it belongs to is the worker's to know.
export default defineConfig({
  base: "/static/scanner/",
  publicDir: false,
  build: {
    outDir: resolve(here, "static/scanner"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { scanner: resolve(here, "src/scanner/scanner.ts") },
      output: { format: "iife", codeSplitting: false, entryFileNames: "scanner.js", assetFileNames: "[name][extname]" },
    },
  },
});
