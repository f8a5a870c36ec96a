import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

// The admin's program, apart from the tablet's: other pages, another way to be fetched, nothing to keep for later.
export default defineConfig({
  base: "/static/desk/",
  publicDir: false,
  build: {
    outDir: resolve(here, "static/desk"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { desk: resolve(here, "src/desk/main.ts") },
      // Names without a hash: the admin is online, and asks whether what it has is still right.
      output: { codeSplitting: false, entryFileNames: "desk.js", assetFileNames: "desk[extname]" },
    },
  },
});
