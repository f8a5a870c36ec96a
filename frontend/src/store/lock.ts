// One writer at a time across all tabs of this browser.

/** Whoever writes entries or packs, by a tap or by a pull. */
export const WRITER = "bedside writer";

const chains = new Map<string, Promise<unknown>>();

/**
 * Runs `work` alone among all that ask for the same name. Where Web Locks are missing the line is kept within this
 * page only; the check of heads and versions inside the transaction then still keeps two tabs from forking.
 */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Absent outside secure contexts and in older engines, whatever the type says.
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks !== undefined) return locks.request(name, work);
  const before = chains.get(name) ?? Promise.resolve();
  const turn = before.then(work, work);
  chains.set(name, turn.catch(() => undefined));
  return turn;
}
