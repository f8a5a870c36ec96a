// Whether a consent suffices: its state at a moment, judged by the release's rules. Twin of
// procedures/core/granting.py.

import { localDate, sameDate } from "./dates.ts";
import { consentReads } from "./closure.ts";
import { type Confirmation, consentOf, type ConsentState, type Decision } from "./consents.ts";
import type { Cover } from "./covers.ts";
import type { Digest, Key } from "./entry.ts";
import type { Moment } from "./moment.ts";
import type { ConsentKind, SignerRule } from "./release.ts";

export type ConsentStatus =
  | "draft" | "informed" | "partly-signed" | "valid" | "confirmed" | "used"
  | "refused" | "withdrawn" | "needs-reconfirmation" | "entered-in-error";

const DAY_MS = 86_400_000;
/** Outcomes after which a consent that stood is used. */
const USED = new Set<unknown>(["done", "exception"]);

export interface Judged {
  readonly status: ConsentStatus;
  /** Granted after the item that it must come before: marked, not accepted. */
  readonly late: readonly Digest[];
}

/** Judge one consent of a release at a moment. An unknown consent key is a draft. */
export function judgeConsent(key: Key, moment: Moment, cover: Cover): Judged {
  const kind = moment.catalog.consents.get(key);
  const given = consentOf(moment.state.consents, key);
  if (kind === undefined) return { status: "draft", late: [] };
  const live = given.decided.filter(({ defeated, superseded }) => !defeated && !superseded);
  const granted = live.filter(({ decision }) => decision === "granted");
  const late = granted.filter((decision) => isLate(decision, kind, moment));
  const accepted = granted.filter((decision) => !late.includes(decision));
  const status = early(given, live) ?? judgeGranted(accepted, kind, given, moment, cover);
  return { status, late: late.map(({ digest }) => digest) };
}

/** What decides before anything granted is weighed. */
function early(given: ConsentState, live: readonly Decision[]): ConsentStatus | null {
  if (live.some(({ decision }) => decision === "refused")) return "refused";
  if (live.some(({ decision }) => decision === "granted")) return null;
  if (given.withdrawn.length > 0) return "withdrawn";
  if (given.informed.length > 0) return "informed";
  return given.voided.length > 0 ? "entered-in-error" : "draft";
}

function judgeGranted(
  accepted: readonly Decision[], kind: ConsentKind, given: ConsentState, moment: Moment, cover: Cover,
): ConsentStatus {
  if (!suffices(accepted, kind, moment)) return "partly-signed";
  const places = cover.places(consentReads(kind));
  const read = accepted.filter((decision) => isOfText(decision, kind, moment));
  const fresh = read.filter(({ covers, at_ms }) => cover.stands(places, covers) && !isExpired(at_ms, kind, moment));
  const confirmed = given.confirmed.some((each) => confirms(each, moment) && cover.stands(places, each.covers));
  const stands = suffices(fresh, kind, moment) || (confirmed && suffices(read, kind, moment));
  if (!stands) return "needs-reconfirmation";
  if (USED.has(moment.register("closing").value)) return "used";
  return confirmed ? "confirmed" : "valid";
}

/** Enough different relations have granted, by the first rule that applies. An unknown rule does not suffice. */
function suffices(granted: readonly Decision[], kind: ConsentKind, moment: Moment): boolean {
  const rule = applicable(kind.rules, moment);
  if (rule === null) return false;
  return rule.signers.every(({ relations, count }) => {
    const different = new Set(granted.map(({ relation }) => relation).filter((relation) => relations.includes(relation)));
    return different.size >= count;
  });
}

/** Rules after the first that applies are not even judged: what they read would be remembered half known. */
function applicable(rules: readonly SignerRule[], moment: Moment): SignerRule | null {
  for (const rule of rules) {
    const truth = moment.judge(rule.when);
    if (truth !== false) return truth === true ? rule : null;
  }
  return null;
}

/** On the text of this release, as shown in the language that was read. */
function isOfText({ release, language, text }: Decision, kind: ConsentKind, moment: Moment): boolean {
  const shown = Object.hasOwn(kind.text, language) ? kind.text[language] : undefined;
  return release === moment.catalog.release.digest && shown?.digest === text;
}

function isExpired(at_ms: number, kind: ConsentKind, moment: Moment): boolean {
  return kind.valid_days !== null && moment.now_ms - at_ms >= kind.valid_days * DAY_MS;
}

function isLate({ at_ms }: Decision, kind: ConsentKind, moment: Moment): boolean {
  const item = kind.before === null ? undefined : moment.catalog.items.get(kind.before);
  if (item === undefined) return false;
  const reading = moment.reading(item, "");
  return reading.kind === "value" && typeof reading.value === "number" && at_ms > reading.value;
}

/** Confirmed on the day: the local date of the confirmation is the local date of the moment. */
function confirms({ defeated, reopened, release, at_ms, zone_min }: Confirmation, moment: Moment): boolean {
  if (defeated || reopened || release !== moment.catalog.release.digest) return false;
  return sameDate(localDate(at_ms, zone_min), moment.today);
}
