// How far a case has come, for the ward list. The list's own lines hold what an entry alone tells; this needs the release.

import { fold } from "../../core/fold.ts";
import { type CaseStatus, readiness } from "../../core/readiness.ts";
import { openPack } from "../../store/packs.ts";
import { certificatesOf } from "../../store/people.ts";
import { type CaseLine, writtenFrom } from "../../store/summary.ts";
import type { App, Session } from "../app.svelte.ts";
import { signersIn } from "../case/case.svelte.ts";
import { zoneMinAt } from "../look/when.ts";
import { releaseOf } from "../releases.svelte.ts";

export interface Standing {
  status: CaseStatus;
  /** Put off, and not begun anew since. */
  postponed: boolean;
}

/** Null where the case or its release cannot be read on this tablet. */
export async function standingOf(app: App, session: Session, line: CaseLine): Promise<Standing | null> {
  const release = line.release === null ? null : await releaseOf(app.db, line.release);
  const pack = await openPack(app.db, session.keys.data, line.case);
  if (release === null || pack === null) return null;
  const written = writtenFrom(pack.content);
  const state = fold(written);
  const now_ms = app.correctedNowMs();
  const { status } = readiness(release, signersIn(await certificatesOf(app.db)), state, now_ms, zoneMinAt(now_ms));
  const put_off = written.some(({ digest, entry }) => entry.type === "case.postponed" && !(digest in state.voided));
  return { status, postponed: put_off && status === "preparation" };
}
