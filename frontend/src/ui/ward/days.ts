// How the ward list is ordered, filtered and searched.

import type { CaseLine, Patient } from "../../store/summary.ts";

export const GROUPS = ["unfinished", "today", "tomorrow", "later", "earlier", "ended"] as const;
export type When = (typeof GROUPS)[number];

export interface Group {
  when: When;
  lines: CaseLine[];
}

const ENDED_SHOWN_MS = 3 * 24 * 3_600_000;

/** Open cases, and for some days after their closing those that have ended: a slip can then be found and mended. */
export function isListed({ outcome, closed_ms }: CaseLine, now_ms: number): boolean {
  return outcome === null || closed_ms === null || now_ms - closed_ms < ENDED_SHOWN_MS;
}

/** By name or identifier; case, accents and whatever is no letter or digit do not matter. */
export function isSought({ patient }: CaseLine, sought: string): boolean {
  const wanted = bare(sought);
  return wanted === "" || bare(patient?.name ?? "").includes(wanted) || bare(patient?.identifier ?? "").includes(wanted);
}

/** The cases of one patient, as far as the identifier tells. */
export function casesOf(lines: readonly CaseLine[], identifier: string): CaseLine[] {
  const wanted = bare(identifier);
  return wanted === "" ? [] : lines.filter((line) => bare(line.patient?.identifier ?? "") === wanted);
}

/** The open cases of a patient. */
export function othersOf(lines: readonly CaseLine[], identifier: string): CaseLine[] {
  return casesOf(lines, identifier).filter((line) => line.outcome === null);
}

/** Who else stands under the identifier that was typed; in an ended case, too, unless that was a mistake. */
export function anotherOf(lines: readonly CaseLine[], typed: Patient): Patient | null {
  const meant = casesOf(lines, typed.identifier).filter(({ outcome }) => outcome !== "entered-in-error");
  return meant.find(({ patient }) => patient !== null && isAnother(patient, typed))?.patient ?? null;
}

/** Whether what was typed of a patient is said otherwise there; what was not typed yet contradicts nothing. */
function isAnother(patient: Patient, { name, birth_date, sex }: Patient): boolean {
  const born = birth_date ?? "";
  if (born === "") return false;
  return (
    born !== (patient.birth_date ?? born) ||
    (isTold(sex) && isTold(patient.sex) && sex !== patient.sex) ||
    (bare(name) !== "" && bare(name) !== bare(patient.name))
  );
}

function isTold(sex: string): boolean {
  return sex !== "" && sex !== "unknown";
}

/** The open cases whose patient has another one, as far as the identifier tells; in one pass over a long list. */
export function twiceIn(lines: readonly CaseLine[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  const twice = new Set<string>();
  for (const { case: caseId, patient } of lines.filter(({ outcome }) => outcome === null)) {
    const identifier = bare(patient?.identifier ?? "");
    const other = first.get(identifier);
    if (identifier === "") continue;
    if (other === undefined) first.set(identifier, caseId);
    else twice.add(other).add(caseId);
  }
  return twice;
}

/** The patient's last case that has ended; what was entered in error is none. */
export function lastEndedOf(lines: readonly CaseLine[], identifier: string): CaseLine | null {
  const ended = casesOf(lines, identifier).filter(({ outcome }) => outcome !== null && outcome !== "entered-in-error");
  return ended.reduce<CaseLine | null>((last, one) => ((one.closed_ms ?? 0) >= (last?.closed_ms ?? 0) ? one : last), null);
}

/** What tells identifiers and names apart: letters and digits, whatever their case, accents and separators. */
export function bare(text: string): string {
  return text.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

function whenOf({ outcome, start_ms, status }: CaseLine, now_ms: number): When {
  if (outcome !== null) return "ended";
  const days = start_ms === null ? null : daysBetween(now_ms, start_ms);
  if (status === "in-progress") return days !== null && days >= 0 ? "today" : "unfinished";
  if (days === null || days > 1) return "later";
  if (days < 0) return "earlier";
  return days === 0 ? "today" : "tomorrow";
}

/** Calendar days of the tablet's zone. */
function daysBetween(from_ms: number, to_ms: number): number {
  const midnight = (at_ms: number) => new Date(at_ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(to_ms) - midnight(from_ms)) / 86_400_000);
}

/** What was begun on an earlier day first, then today's, then what is to come; within each by planned start, then by name. */
export function byDay(lines: readonly CaseLine[], now_ms: number): Group[] {
  const start = ({ start_ms }: CaseLine) => start_ms ?? Infinity;
  const name = ({ patient }: CaseLine) => patient?.name ?? "";
  const sorted = [...lines].sort((one, other) => (start(one) === start(other) ? name(one).localeCompare(name(other)) : start(one) - start(other)));
  return GROUPS
    .map((when) => ({ when, lines: sorted.filter((line) => whenOf(line, now_ms) === when) }))
    .filter((group) => group.lines.length > 0);
}
