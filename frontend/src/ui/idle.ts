// Locks the tablet when nobody has touched it for a while.

const CHECK_EVERY_MS = 5_000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** Returns what ends the watching. */
export function lockWhenIdle(after_ms: () => number, lock: () => void): () => void {
  let touched_ms = Date.now();
  const touched = () => {
    // A tablet that slept past its time must not be woken into the last person's session by the waking tap.
    if (Date.now() - touched_ms >= after_ms()) lock();
    touched_ms = Date.now();
  };
  const check = () => {
    if (Date.now() - touched_ms >= after_ms()) lock();
  };
  for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, touched, { capture: true, passive: true });
  document.addEventListener("visibilitychange", check);
  const timer = setInterval(check, CHECK_EVERY_MS);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", check);
    for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, touched, { capture: true });
  };
}
