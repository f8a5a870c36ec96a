// The reader of codes, as vite.scanner.config.ts has built it before: by the address under which the page asks for it. The
// script stands below the service worker's scope, since a worker is looked for by its own address.

import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../static/scanner");

export const SCANNER: Readonly<Record<string, string>> = {
  "/tablet/scanner.js": resolve(folder, "scanner.js"),
  "/static/scanner/zxing_reader.wasm": resolve(folder, "zxing_reader.wasm"),
};
