// Builds src/sw/serviceworker.ts after the page's own bundle, with the list of what that bundle consists of.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build as viteBuild, type Plugin, type Rolldown } from "vite";

export interface ServiceWorkerOptions {
  /** The worker's source. */
  source: string;
  /** Where Vite's publicDir is: its files land in the build root as they are. */
  publicDir: string;
  outDir: string;
  base: string;
  /** Addresses outside the build that belong to it: the page and the web manifest. */
  pages: readonly string[];
  /** By address: files that were built apart and are kept with the build. */
  alongside: Readonly<Record<string, string>>;
}

/** Every file below a folder, as paths relative to it with forward slashes, sorted. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(folder, join(found.parentPath, found.name)).split(sep).join("/"))
    .sort();
}

/** One hash over names and contents: a build that differs in a byte is another build. */
function hashOf(parts: ReadonlyMap<string, string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [name, content] of [...parts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${name}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

function contentsOf(bundle: Rolldown.OutputBundle, options: ServiceWorkerOptions): Map<string, string | Uint8Array> {
  const parts = new Map<string, string | Uint8Array>();
  for (const [name, output] of Object.entries(bundle)) {
    if (name.endsWith(".map") || name.endsWith("manifest.json")) continue;
    parts.set(name, output.type === "chunk" ? output.code : output.source);
  }
  for (const name of filesBelow(options.publicDir)) parts.set(name, readFileSync(join(options.publicDir, name)));
  return parts;
}

export function serviceWorker(options: ServiceWorkerOptions): Plugin {
  return {
    name: "bedside-service-worker",
    apply: "build",
    async writeBundle(_, bundle) {
      const parts = contentsOf(bundle, options);
      const worker = readFileSync(options.source);
      const apart = Object.keys(options.alongside);
      const precache = [...options.pages, ...apart, ...[...parts.keys()].sort().map((name) => options.base + name)];
      for (const [address, file] of Object.entries(options.alongside)) parts.set(address, readFileSync(file));
      await viteBuild({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        define: {
          __PRECACHE__: JSON.stringify(precache),
          __BUILD__: JSON.stringify(hashOf(parts.set("worker", worker))),
        },
        build: {
          outDir: options.outDir,
          emptyOutDir: false,
          rolldownOptions: {
            input: options.source,
            output: { format: "iife", entryFileNames: "serviceworker.js" },
          },
        },
      });
    },
  };
}
