// Keeps the screen on while it is read from. Browsers let go of it when the page is hidden, and some cannot at all.

/** Gives what lets the screen sleep again. */
export function awake(): () => void {
  let held: Promise<WakeLockSentinel | null> = Promise.resolve(null);
  const hold = () => {
    if (document.visibilityState === "visible") held = asked();
  };
  document.addEventListener("visibilitychange", hold);
  hold();
  return () => {
    document.removeEventListener("visibilitychange", hold);
    void held.then((lock) => lock?.release());
  };
}

async function asked(): Promise<WakeLockSentinel | null> {
  if (!("wakeLock" in navigator)) return null;
  // Refused when the battery is low, or where the browser was told so: the screen then sleeps as always.
  return navigator.wakeLock.request("screen").catch(() => null);
}
