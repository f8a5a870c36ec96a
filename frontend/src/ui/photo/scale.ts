// A picture from the camera or a file, made into what is kept: a JPEG in which a paper can be read, small enough to be
// sent. Drawn anew, so that nothing comes along that the camera wrote beside it: where it was taken, and when.

import { MAX_BLOB_BYTES } from "../../core/entry.ts";
import type { Photograph } from "../../store/blobs.ts";
import { type Bytes, digestOf } from "../../vault/bytes.ts";

export type PictureProblem = "not-a-picture" | "too-large";
export type Taken = { kind: "taken"; photograph: Photograph } | { kind: "problem"; problem: PictureProblem };

/** A larger file is no photograph of a paper, and takes more memory than a tablet has. */
export const MOST_FILE_BYTES = 40 * 1024 * 1024;
/** The longest side, and how well it is drawn: the first that fits is taken. */
const SIDES_PX = [1800, 1350, 900];
const QUALITIES = [0.85, 0.75, 0.65, 0.55, 0.45];

export async function photographFrom(file: Blob): Promise<Taken> {
  if (file.size > MOST_FILE_BYTES) return { kind: "problem", problem: "too-large" };
  // Upright, as the camera says that it was held.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (picture === null) return { kind: "problem", problem: "not-a-picture" };
  const bytes = await firstThatFits(picture);
  picture.close();
  return bytes === null ? { kind: "problem", problem: "too-large" } : { kind: "taken", photograph: { digest: await digestOf(bytes), bytes } };
}

async function firstThatFits(picture: ImageBitmap): Promise<Bytes | null> {
  for (const side_px of SIDES_PX) {
    const canvas = drawn(picture, side_px);
    for (const quality of QUALITIES) {
      const bytes = await jpegOf(canvas, quality);
      if (bytes !== null && bytes.length <= MAX_BLOB_BYTES) return bytes;
    }
  }
  return null;
}

/** Never larger than it is. */
function drawn(picture: ImageBitmap, side_px: number): HTMLCanvasElement {
  const scale = Math.min(1, side_px / Math.max(picture.width, picture.height));
  const size = { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) };
  const canvas = Object.assign(document.createElement("canvas"), size);
  const pen = canvas.getContext("2d");
  if (pen === null) return canvas;
  // What is transparent would be black in a JPEG.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size.width, size.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, size.width, size.height);
  return canvas;
}

/** Null where the browser makes no JPEG of it. */
async function jpegOf(canvas: HTMLCanvasElement, quality: number): Promise<Bytes | null> {
  const made = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
  return made?.type === "image/jpeg" ? new Uint8Array(await made.arrayBuffer()) : null;
}
