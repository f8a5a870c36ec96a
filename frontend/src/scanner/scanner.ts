// Reads codes from pictures, where the browser has no reader of its own. A program apart from the tablet's: it is loaded
// when somebody scans, off the page's thread, and alone may run WebAssembly (frontend/views.py gives it the policy).

/// <reference lib="webworker" />

import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import { FORMATS, type Sighting } from "./messages.ts";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

declare const self: DedicatedWorkerGlobalScope;

// By default it would be fetched from a server of somebody else's.
prepareZXingModule({ overrides: { locateFile: () => wasm } });
const detector = new BarcodeDetector({ formats: [...FORMATS] });

async function read(picture: ImageBitmap): Promise<Sighting> {
  try {
    return (await detector.detect(picture)).map(({ rawValue }) => rawValue);
  } catch {
    return null;
  } finally {
    picture.close();
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ImageBitmap>) => {
  void read(data).then((sighting) => { self.postMessage(sighting); });
});
