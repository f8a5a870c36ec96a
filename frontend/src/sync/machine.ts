// When to push, pull, list and fetch, and what to do about trouble: (state, event) -> state and effects. Pure: the clock
// comes in with the events, and runner.ts carries out the effects.

export const MAX_BATCH_ENTRIES = 200;
/** While somebody is writing, and when nobody is. */
const POLL_BUSY_MS = 10_000;
const POLL_QUIET_MS = 45_000;
const BUSY_FOR_MS = 120_000;
const LIST_EVERY_MS = 10 * 60_000;
const BACKOFF_FIRST_MS = 2_000;
const BACKOFF_MOST_MS = 60_000;
/** So often an entry alone may meet a server error, while others go through, before a person is told. */
const STRIKES = 5;

export type Trouble = { kind: "outage"; why: string } | { kind: "problem"; code: string };

export interface SyncState {
  doing: "nothing" | "push" | "pull" | "list" | "fetch";
  /** Entries in the outbox that wait to be sent. */
  waiting: number;
  /** The most entries in the next batch. */
  limit: number;
  /** Failed calls in a row. */
  failures: number;
  due_ms: number;
  list_due_ms: number;
  /** When somebody last unlocked or wrote here or, as a pull has shown, wrote elsewhere on the ward. */
  last_active_ms: number;
  /** Somebody is working here: only then can what is pulled be checked, read and put away. */
  unlocked: boolean;
  pull_due_ms: number;
  /** Failed pulls in a row, and why; apart from the other calls, which may go well meanwhile. */
  pull_failures: number;
  pull_trouble: Trouble | null;
  /** Digests of releases that the server lists and this tablet lacks. */
  wanted: readonly string[];
  /** Server errors met by entries sent alone, by digest. */
  strikes: Readonly<Record<string, number>>;
  /** Left out of the next batches, so that one bad entry does not hold up the others. */
  skipped: readonly string[];
  trouble: Trouble | null;
  revoked: boolean;
  erased: boolean;
}

export type CallOutcome<T> = ({ kind: "ok" } & T) | { kind: "problem"; status: number; code: string } | { kind: "outage"; why: string };

export type SyncEvent =
  | { type: "tick"; now_ms: number }
  | { type: "written"; now_ms: number; waiting: number }
  /** Something says that it may work now: the browser's "online", a tap, an unlocking. */
  | { type: "nudged"; now_ms: number }
  | { type: "unlocked"; now_ms: number }
  | { type: "locked"; now_ms: number }
  | { type: "pushed"; now_ms: number; batch: readonly string[]; outcome: CallOutcome<{ waiting: number }> }
  /** `arrived`: entries that were not here before; `more`: there is more to get at once. */
  | { type: "pulled"; now_ms: number; outcome: CallOutcome<{ arrived: number; more: boolean; waiting: number }> }
  | { type: "listed"; now_ms: number; outcome: CallOutcome<{ wanted: readonly string[] }> }
  | { type: "fetched"; now_ms: number; digest: string; outcome: CallOutcome<object> };

export type Effect =
  | { do: "push"; limit: number; skip: readonly string[] }
  | { do: "pull" }
  | { do: "list" }
  | { do: "fetch"; digest: string }
  /** Mark an entry as needing help, by name of what is wrong. Never deletes. */
  | { do: "set-aside"; digest: string; code: string }
  /** The tablet was revoked and has sent all it had: drop what it can read. */
  | { do: "erase" };

export interface Step {
  state: SyncState;
  effects: readonly Effect[];
}

export function begin(waiting: number, now_ms: number): SyncState {
  return {
    doing: "nothing",
    waiting,
    limit: MAX_BATCH_ENTRIES,
    failures: 0,
    due_ms: now_ms,
    list_due_ms: now_ms,
    last_active_ms: 0,
    unlocked: false,
    pull_due_ms: now_ms,
    pull_failures: 0,
    pull_trouble: null,
    wanted: [],
    strikes: {},
    skipped: [],
    trouble: null,
    revoked: false,
    erased: false,
  };
}

export function step(state: SyncState, event: SyncEvent): Step {
  switch (event.type) {
    case "tick":
      return next(state, event.now_ms);
    case "written":
      return next(written(state, event.now_ms, event.waiting), event.now_ms);
    case "nudged":
      return next(nudged(state, event.now_ms), event.now_ms);
    case "unlocked":
      return next({ ...nudged(state, event.now_ms), unlocked: true, pull_failures: 0, last_active_ms: event.now_ms }, event.now_ms);
    case "locked":
      return { state: { ...state, unlocked: false }, effects: [] };
    case "pushed":
      return pushed(state, event);
    case "pulled":
      return { state: pulled(state, event), effects: [] };
    case "listed":
      return { state: listed(state, event), effects: [] };
    case "fetched":
      return { state: fetched(state, event), effects: [] };
  }
}

/** Ms until a tick could do something. */
export function restsForMs(state: SyncState, now_ms: number): number {
  if (state.doing !== "nothing") return BACKOFF_MOST_MS;
  const due_ms = mayPull(state) ? Math.min(state.due_ms, state.pull_due_ms) : state.due_ms;
  return Math.max(0, due_ms - now_ms);
}

/** What the status line says is wrong. */
export function troubleOf(state: SyncState): Trouble | null {
  return state.trouble ?? state.pull_trouble;
}

function nudged(state: SyncState, now_ms: number): SyncState {
  return { ...state, due_ms: now_ms, pull_due_ms: now_ms, list_due_ms: Math.min(state.list_due_ms, now_ms) };
}

function written(state: SyncState, now_ms: number, waiting: number): SyncState {
  // While calls fail, a new entry does not shorten the wait: twenty taps must not become twenty calls.
  const due_ms = state.failures === 0 && waiting > 0 ? now_ms : state.due_ms;
  return { ...state, waiting, last_active_ms: now_ms, due_ms, pull_due_ms: Math.min(state.pull_due_ms, now_ms + POLL_BUSY_MS) };
}

/**
 * What is most pressing, if anything is due: entries, then releases that are named, then what others wrote, then whether
 * there are new releases, then a sign of life.
 * Entries go before the pull: what a tablet offers to a restored server is sent before it starts again.
 */
function next(state: SyncState, now_ms: number): Step {
  if (state.doing !== "nothing") return { state, effects: [] };
  const due = now_ms >= state.due_ms;
  if (due && (state.waiting > state.skipped.length || state.revoked)) return pushing(state);
  const [digest] = state.wanted;
  if (due && digest !== undefined) return { state: { ...state, doing: "fetch" }, effects: [{ do: "fetch", digest }] };
  if (mayPull(state) && now_ms >= state.pull_due_ms) return { state: { ...state, doing: "pull" }, effects: [{ do: "pull" }] };
  if (due && now_ms >= state.list_due_ms) return { state: { ...state, doing: "list" }, effects: [{ do: "list" }] };
  return due ? pushing(state) : { state, effects: [] };
}

function pushing(state: SyncState): Step {
  return { state: { ...state, doing: "push" }, effects: [{ do: "push", limit: state.limit, skip: state.skipped }] };
}

/** While calls fail only pushes knock: pulls go on as soon as one is answered. */
function mayPull(state: SyncState): boolean {
  return state.unlocked && !state.revoked && state.failures === 0;
}

function pollAfterMs(state: SyncState, now_ms: number): number {
  return now_ms - state.last_active_ms < BUSY_FOR_MS ? POLL_BUSY_MS : POLL_QUIET_MS;
}

function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, failures - 1));
}

function failed(state: SyncState, now_ms: number, trouble: Trouble): SyncState {
  const failures = state.failures + 1;
  return { ...state, doing: "nothing", failures, trouble, due_ms: now_ms + backoffMs(failures) };
}

function worked(state: SyncState, now_ms: number): SyncState {
  // The server is back: what others wrote meanwhile is wanted at once.
  const pull_due_ms = state.failures > 0 ? Math.min(state.pull_due_ms, now_ms) : state.pull_due_ms;
  return { ...state, doing: "nothing", failures: 0, trouble: null, pull_due_ms };
}

type Pushed = Extract<SyncEvent, { type: "pushed" }>;

function pushed(state: SyncState, { now_ms, batch, outcome }: Pushed): Step {
  if (outcome.kind === "ok") return pushedWell(state, now_ms, batch, outcome.waiting);
  if (outcome.kind === "outage") return { state: failed(state, now_ms, { kind: "outage", why: outcome.why }), effects: [] };
  return pushRefused(state, now_ms, batch, outcome);
}

function pushedWell(state: SyncState, now_ms: number, batch: readonly string[], waiting: number): Step {
  // The server works, so whoever kept failing alone is at fault; what else was left out gets another try when all
  // others have gone.
  const toHelp = state.skipped.filter((digest) => (state.strikes[digest] ?? 0) >= STRIKES);
  const left = waiting - toHelp.length;
  const skipped = left > state.skipped.length - toHelp.length ? state.skipped.filter((digest) => !toHelp.includes(digest)) : [];
  const more = left > 0 && batch.length > 0;
  const retry = left > 0 && batch.length === 0;
  const calm: SyncState = {
    ...worked(state, now_ms),
    waiting: left,
    limit: Math.min(MAX_BATCH_ENTRIES, Math.max(1, state.limit) * 2),
    skipped,
    strikes: Object.fromEntries(Object.entries(state.strikes).filter(([digest]) => !toHelp.includes(digest))),
    due_ms: more || state.wanted.length > 0 ? now_ms : now_ms + (retry ? BACKOFF_FIRST_MS : pollAfterMs(state, now_ms)),
    erased: state.erased || (state.revoked && left === 0),
  };
  const effects: Effect[] = toHelp.map((digest) => ({ do: "set-aside", digest, code: "server-error" }));
  if (calm.erased && !state.erased) effects.push({ do: "erase" });
  return { state: calm, effects };
}

/** A problem that a smaller batch may get round: too much at once, or one entry that upsets the server. */
function mayBeTheBatch(status: number, code: string): boolean {
  if (code === "version-unknown") return false;
  return status === 413 || status === 400 || status === 422 || status >= 500;
}

type Problem = Extract<CallOutcome<object>, { kind: "problem" }>;

function pushRefused(state: SyncState, now_ms: number, batch: readonly string[], problem: Problem): Step {
  const after = failed(state, now_ms, { kind: "problem", code: problem.code });
  if (!mayBeTheBatch(problem.status, problem.code) || batch.length === 0) return { state: after, effects: [] };
  const [digest] = batch;
  if (batch.length === 1 && digest !== undefined) return aloneRefused(after, now_ms, digest, problem);
  // The first 5xx may be a hiccup of the server's; a refusal for size or shape will not go away by itself.
  const halve = problem.status < 500 || after.failures > 1;
  const limit = halve ? Math.max(1, Math.ceil(batch.length / 2)) : state.limit;
  const due_ms = problem.status < 500 ? now_ms : after.due_ms;
  return { state: { ...after, limit, due_ms }, effects: [] };
}

function aloneRefused(after: SyncState, now_ms: number, digest: string, problem: Problem): Step {
  if (problem.status < 500) {
    const state = { ...after, waiting: after.waiting - 1, due_ms: now_ms };
    return { state, effects: [{ do: "set-aside", digest, code: problem.code }] };
  }
  const strikes = { ...after.strikes, [digest]: (after.strikes[digest] ?? 0) + 1 };
  return { state: { ...after, strikes, skipped: [...after.skipped, digest] }, effects: [] };
}

type Pulled = Extract<SyncEvent, { type: "pulled" }>;

function pulled(state: SyncState, { now_ms, outcome }: Pulled): SyncState {
  const rested: SyncState = { ...state, doing: "nothing" };
  if (outcome.kind === "ok") return pulledWell(rested, now_ms, outcome);
  // Locked meanwhile: it was given up, and says nothing about the server. Whoever has unlocked since has a pull due.
  if (!state.unlocked || (outcome.kind === "outage" && outcome.why === "locked")) return rested;
  const pull_failures = state.pull_failures + 1;
  const pull_due_ms = now_ms + Math.max(POLL_BUSY_MS, backoffMs(pull_failures));
  const after: SyncState = { ...rested, pull_failures, pull_due_ms };
  // Whether it is the server that cannot be reached, a push will tell.
  if (outcome.kind === "outage") return { ...after, pull_trouble: { kind: "outage", why: outcome.why }, due_ms: now_ms };
  const revoked = state.revoked || outcome.code === "tablet-revoked";
  return { ...after, pull_trouble: { kind: "problem", code: outcome.code }, revoked, due_ms: revoked ? now_ms : state.due_ms };
}

function pulledWell(state: SyncState, now_ms: number, { arrived, more, waiting }: { arrived: number; more: boolean; waiting: number }): SyncState {
  const calm: SyncState = { ...state, waiting, pull_failures: 0, pull_trouble: null, last_active_ms: arrived > 0 ? now_ms : state.last_active_ms };
  // More waits than before: the pull has put entries into the outbox, for a server that has lost them.
  const due_ms = waiting > state.waiting ? now_ms : state.due_ms;
  return { ...calm, due_ms, pull_due_ms: more ? now_ms : now_ms + pollAfterMs(calm, now_ms) };
}

type Listed = Extract<SyncEvent, { type: "listed" }>;

function listed(state: SyncState, { now_ms, outcome }: Listed): SyncState {
  if (outcome.kind === "ok") {
    return { ...worked(state, now_ms), revoked: false, wanted: outcome.wanted, list_due_ms: now_ms + LIST_EVERY_MS, due_ms: now_ms };
  }
  return callFailed(state, now_ms, outcome);
}

type Fetched = Extract<SyncEvent, { type: "fetched" }>;

function fetched(state: SyncState, { now_ms, digest, outcome }: Fetched): SyncState {
  // Failed ones go to the end of the line and come back with the next list.
  const wanted = state.wanted.filter((other) => other !== digest);
  if (outcome.kind === "ok") return { ...worked(state, now_ms), wanted, due_ms: now_ms };
  return callFailed({ ...state, wanted }, now_ms, outcome);
}

function callFailed(state: SyncState, now_ms: number, outcome: Exclude<CallOutcome<object>, { kind: "ok" }>): SyncState {
  if (outcome.kind === "outage") return failed(state, now_ms, { kind: "outage", why: outcome.why });
  const after = failed(state, now_ms, { kind: "problem", code: outcome.code });
  const list_due_ms = now_ms + Math.max(BACKOFF_MOST_MS, after.due_ms - now_ms);
  // Pushing goes on for a revoked tablet: what was written is still wanted.
  return { ...after, list_due_ms, revoked: outcome.code === "tablet-revoked", due_ms: now_ms + BACKOFF_FIRST_MS };
}
