// The tablet's camera: whether there is one, and its picture while somebody scans.

export type CameraProblem = "refused" | "missing" | "broken";

class Cameras {
  /** Browsers count cameras before anybody has allowed them, without their names. */
  present = $state(false);

  constructor() {
    // Absent outside secure contexts, whatever the type says.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) return;
    devices.addEventListener("devicechange", () => void this.count(devices));
    void this.count(devices);
  }

  private async count(devices: MediaDevices): Promise<void> {
    const found = await devices.enumerateDevices().catch(() => []);
    this.present = found.some(({ kind }) => kind === "videoinput");
  }
}

export const cameras = new Cameras();

export type Opened = { kind: "open"; stream: MediaStream } | { kind: "problem"; problem: CameraProblem };

/** The camera that looks away from whoever holds the tablet, where there are two. */
export async function openCamera(): Promise<Opened> {
  const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    return { kind: "open", stream: await navigator.mediaDevices.getUserMedia({ video, audio: false }) };
  } catch (failure) {
    return { kind: "problem", problem: problemIn(failure) };
  }
}

function problemIn(failure: unknown): CameraProblem {
  const name = failure instanceof DOMException ? failure.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "broken";
}

export function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What some cameras have and the types do not know. */
interface Light {
  torch?: boolean;
}

export function hasLight(stream: MediaStream): boolean {
  const track = stream.getVideoTracks()[0];
  return (track?.getCapabilities() as Light | undefined)?.torch === true;
}

export async function setLight(stream: MediaStream, on: boolean): Promise<void> {
  await stream.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => undefined);
}
