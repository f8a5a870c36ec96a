// Who reads codes: the browser itself where it can, else the scanner, a worker that the service worker keeps.

import { FORMATS, type Sighting } from "../../scanner/messages.ts";
import { scriptAddress } from "../../trusted.ts";

export interface Reader {
  /** What the codes in the picture say; null where this reader cannot read at all. */
  read: (video: HTMLVideoElement) => Promise<Sighting>;
  close: () => void;
}

/** The Shape Detection API, which TypeScript does not know. */
interface Detector {
  detect: (video: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats: () => Promise<string[]>;
}

export async function openReader(): Promise<Reader> {
  return (await browsersReader()) ?? scannerReader();
}

/** Some browsers have the class and nothing behind it, or read some of the codes only. */
async function browsersReader(): Promise<Reader | null> {
  const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const supported = await known?.getSupportedFormats().catch((): string[] => []);
  if (known === undefined || supported === undefined || !FORMATS.every((format) => supported.includes(format))) return null;
  const detector = new known({ formats: FORMATS });
  return {
    read: (video) => detector.detect(video).then((codes) => codes.map(({ rawValue }) => rawValue), () => null),
    close: () => undefined,
  };
}

function scannerReader(): Reader {
  const worker = new Worker(scriptAddress("scanner"));
  return {
    read: async (video) => {
      const picture = await createImageBitmap(video);
      return new Promise((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<Sighting>) => { resolve(data); };
        worker.onerror = () => { resolve(null); };
        worker.postMessage(picture, [picture]);
      });
    },
    close: () => { worker.terminate(); },
  };
}
