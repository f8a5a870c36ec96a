import { defineConfig } from "vite";
import { tabletBuild } from "./build/tablet.ts";

// The tablet's program with the demo's strip above it, apart from the tablet's own: it must not grow by this.
export default defineConfig(tabletBuild(import.meta.dirname, { folder: "demo", entry: "src/demo/main.ts" }));
