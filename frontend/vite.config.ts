import { defineConfig } from "vitest/config";
import { tabletBuild } from "./build/tablet.ts";

export default defineConfig({
  ...tabletBuild(import.meta.dirname, { folder: "tablet", entry: "src/main.ts" }),
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    setupFiles: ["src/testing/browser.ts"],
  },
});
