import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

// The guard of the admin's pages, apart from their program: it comes before every other script and leaves no names behind.
export default defineConfig({
  base: "/static/guard/",
  publicDir: false,
  build: {
    outDir: resolve(here, "static/guard"),
    emptyOutDir: true,
    target: "es2022",
    rolldownOptions: {
      input: { guard: resolve(here, "src/desk/guard.ts") },
      output: { format: "iife", codeSplitting: false, entryFileNames: "guard.js" },
    },
  },
});
