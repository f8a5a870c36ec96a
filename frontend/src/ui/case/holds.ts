// What a hold says: its own message, that of "not so", or that of a reason for absence.

import type { Item, Words } from "../../core/release.ts";

export function holdMessage(item: Item, key: string): Words | null {
  const own = item.holds.find((hold) => hold.key === key);
  if (own !== undefined) return own.message;
  if (key === "not-so") return item.not_so?.message ?? null;
  return item.absent.find((reason) => `absent.${reason.key}` === key)?.message ?? null;
}
