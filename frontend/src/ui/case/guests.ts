// What somebody fills in and draws who signs a phase and is not enrolled on this tablet.

import type { PhaseView } from "../../core/readiness.ts";
import { Paper } from "../signature/paper.svelte.ts";

export type GuestPaper = Paper<PhaseView, { role: string | null }, object>;

export function guestPaper(): GuestPaper {
  return new Paper({ role: null }, {});
}
