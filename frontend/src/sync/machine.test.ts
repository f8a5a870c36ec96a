import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begin, type CallOutcome, type Effect, restsForMs, step, type SyncEvent, type SyncState, troubleOf } from "./machine.ts";

const NOW = 1_790_000_000_000;

/** How one call ends. "lost" arrives, but its answer does not; "large" refuses more than two entries at once. */
type Fault = "none" | "unreachable" | "lost" | "portal" | "broken" | "large" | "busy";
/** What an entry itself does to the server. */
type Kind = "sound" | "refused" | "poison" | "malformed";

interface Row {
  digest: string;
  kind: Kind;
  state: "waiting" | "sent" | "needs-help";
  code: string | null;
}

/** A tablet's outbox and a server, with faults in between; the clock is that of the machine's own waits. */
class World {
  rows: Row[] = [];
  readonly held = new Map<string, number>();
  state: SyncState;
  now_ms = NOW;
  calls = 0;

  constructor(
    kinds: readonly Kind[],
    private readonly faults: Fault[],
  ) {
    this.rows = kinds.map((kind, index) => ({ digest: `entry-${index}`, kind, state: "waiting", code: null }));
    this.state = begin(this.waiting, this.now_ms);
  }

  get waiting(): number {
    return this.rows.filter((row) => row.state === "waiting").length;
  }

  private dispatch(event: SyncEvent): void {
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  write(kind: Kind): void {
    this.rows.push({ digest: `entry-${this.rows.length}`, kind, state: "waiting", code: null });
    this.dispatch({ type: "written", now_ms: this.now_ms, waiting: this.waiting });
  }

  /** Until all faults are over and the machine has nothing left to send. */
  run(): void {
    for (let turn = 0; turn < 5_000 && (this.faults.length > 0 || this.waiting > 0); turn++) {
      this.now_ms += Math.max(1, restsForMs(this.state, this.now_ms));
      this.dispatch({ type: "tick", now_ms: this.now_ms });
    }
  }

  private carryOut(effect: Effect): void {
    this.now_ms += 50;
    const now_ms = this.now_ms;
    if (effect.do === "push") this.push(effect.limit, effect.skip);
    if (effect.do === "list") this.dispatch({ type: "listed", now_ms, outcome: this.answered(() => ({ kind: "ok", wanted: [] })) });
    if (effect.do === "fetch") this.dispatch({ type: "fetched", now_ms, digest: effect.digest, outcome: { kind: "ok" } });
    if (effect.do !== "set-aside") return;
    const row = this.rows.find(({ digest }) => digest === effect.digest);
    if (row !== undefined) Object.assign(row, { state: "needs-help", code: effect.code });
  }

  private push(limit: number, skip: readonly string[]): void {
    const batch = this.rows.filter((row) => row.state === "waiting" && !skip.includes(row.digest)).slice(0, limit);
    const outcome = this.answered<{ waiting: number }>((fault) => this.server(batch, fault));
    this.dispatch({ type: "pushed", now_ms: this.now_ms, batch: batch.map(({ digest }) => digest), outcome });
  }

  private answered<T>(serve: (fault: Fault) => CallOutcome<T>): CallOutcome<T> {
    this.calls += 1;
    const fault = this.faults.shift() ?? "none";
    if (fault === "unreachable") return { kind: "outage", why: "unreachable" };
    if (fault === "portal") return { kind: "outage", why: "not-our-server" };
    if (fault === "broken") return { kind: "problem", status: 500, code: "server-error" };
    if (fault === "busy") return { kind: "problem", status: 429, code: "too-many-tries" };
    const outcome = serve(fault);
    return fault === "lost" ? { kind: "outage", why: "timeout" } : outcome;
  }

  private server(batch: readonly Row[], fault: Fault): CallOutcome<{ waiting: number }> {
    if (fault === "large" && batch.length > 2) return { kind: "problem", status: 413, code: "too-large" };
    if (batch.some(({ kind }) => kind === "poison")) return { kind: "problem", status: 500, code: "server-error" };
    if (batch.some(({ kind }) => kind === "malformed")) return { kind: "problem", status: 400, code: "shape-wrong" };
    for (const row of batch) {
      if (row.kind === "sound") this.held.set(row.digest, this.held.has(row.digest) ? 1 : (this.held.get(row.digest) ?? 0) + 1);
      if (fault !== "lost") Object.assign(row, row.kind === "sound" ? { state: "sent" } : { state: "needs-help", code: "seal-broken" });
    }
    return { kind: "ok", waiting: this.waiting };
  }
}

const kinds = fc.array(
  fc.oneof({ weight: 12, arbitrary: fc.constant<Kind>("sound") }, fc.constantFrom<Kind>("refused", "poison", "malformed")),
  { maxLength: 40 },
);
const faults = fc.array(fc.constantFrom<Fault>("none", "unreachable", "lost", "portal", "broken", "large", "busy"), { maxLength: 30 });

function expectAtRest(world: World, count: number): void {
  expect(world.rows).toHaveLength(count);
  for (const row of world.rows) {
    if (row.kind === "sound") expect([row.state, row.code]).not.toEqual(["needs-help", null]);
    if (row.state === "sent") expect(world.held.get(row.digest)).toBe(1);
    else expect(row).toMatchObject({ state: "needs-help", code: expect.any(String) as string });
    if (row.kind === "sound") expect(row.state).toBe("sent");
  }
  expect(world.state.waiting).toBe(0);
}

describe("sending, whatever happens", () => {
  it("comes to rest with an empty outbox, or with what needs help named", () => {
    fc.assert(
      fc.property(kinds, faults, (given, trouble) => {
        const world = new World(given, [...trouble]);
        world.run();
        expectAtRest(world, given.length);
      }),
      { numRuns: 300 },
    );
  });

  it("also while people go on writing", () => {
    fc.assert(
      fc.property(kinds, kinds, faults, (before, later, trouble) => {
        const world = new World(before, [...trouble]);
        for (const kind of later) world.write(kind);
        world.run();
        expectAtRest(world, before.length + later.length);
      }),
      { numRuns: 200 },
    );
  });

  it("does not wedge behind one bad entry: the others go first", () => {
    const world = new World(["poison", ...Array.from({ length: 30 }, () => "sound" as const)], []);
    for (let turn = 0; turn < 60 && world.held.size < 30; turn++) {
      world.now_ms += Math.max(1, restsForMs(world.state, world.now_ms));
      (world as unknown as { dispatch: (event: SyncEvent) => void }).dispatch({ type: "tick", now_ms: world.now_ms });
    }
    expect(world.held.size).toBe(30);
    expect(world.rows[0]?.state).toBe("waiting");
  });
});

describe("when to call", () => {
  const quiet = (): SyncState => {
    let state = begin(0, NOW);
    state = step(state, { type: "tick", now_ms: NOW }).state;
    return step(state, { type: "listed", now_ms: NOW, outcome: { kind: "ok", wanted: [] } }).state;
  };

  it("sends at once what is written while calls succeed", () => {
    expect(step(quiet(), { type: "written", now_ms: NOW + 1, waiting: 1 }).effects).toMatchObject([{ do: "push" }]);
  });

  it("does not turn each tap into a call while calls fail, but a nudge does", () => {
    let state = step(quiet(), { type: "tick", now_ms: NOW }).state;
    const outage = { kind: "outage", why: "unreachable" } as const;
    state = step(state, { type: "pushed", now_ms: NOW, batch: [], outcome: outage }).state;
    expect(step(state, { type: "written", now_ms: NOW + 1, waiting: 1 }).effects).toEqual([]);
    expect(step(state, { type: "nudged", now_ms: NOW + 1 }).effects).toHaveLength(1);
  });

  it("waits longer with each failure, a minute at most", () => {
    let state = quiet();
    const waits: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      state = step({ ...state, due_ms: NOW }, { type: "tick", now_ms: NOW }).state;
      state = step(state, { type: "pushed", now_ms: NOW, batch: [], outcome: { kind: "outage", why: "timeout" } }).state;
      waits.push(restsForMs(state, NOW) / 1000);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  describe("for what others wrote", () => {
    const listed = (at_ms: number): SyncState => ({ ...quiet(), due_ms: at_ms + 60_000, list_due_ms: at_ms + 60_000 });
    const open = (): SyncState => ({ ...step(listed(NOW), { type: "unlocked", now_ms: NOW }).state, list_due_ms: NOW + 600_000 });
    const well = { kind: "ok", arrived: 0, more: false, waiting: 0 } as const;
    const pulled = (state: SyncState, outcome: CallOutcome<{ arrived: number; more: boolean; waiting: number }>, now_ms = NOW) =>
      step({ ...state, doing: "pull" }, { type: "pulled", now_ms, outcome }).state;

    it("pulls at once when somebody unlocks, and never while locked", () => {
      expect(step(listed(NOW), { type: "unlocked", now_ms: NOW }).effects).toEqual([{ do: "pull" }]);
      const locked = step({ ...open(), doing: "nothing" }, { type: "locked", now_ms: NOW }).state;
      for (const now_ms of [NOW, NOW + 100_000]) expect(step(locked, { type: "tick", now_ms }).effects).not.toContainEqual({ do: "pull" });
    });

    it("polls as for pushing: often while somebody works on the ward, else less", () => {
      expect(pulled(open(), well).pull_due_ms).toBe(NOW + 10_000);
      const late = NOW + 600_000;
      expect(pulled(open(), well, late).pull_due_ms).toBe(late + 45_000);
      expect(pulled(open(), { ...well, arrived: 1 }, late).pull_due_ms).toBe(late + 10_000);
      expect(pulled(open(), { ...well, more: true }, late).pull_due_ms).toBe(late);
    });

    it("sends first what a restored server is offered, and only then starts again", () => {
      const offered = pulled(open(), { ...well, more: true, waiting: 3 });
      expect(step(offered, { type: "tick", now_ms: NOW }).effects).toMatchObject([{ do: "push" }]);
      const sent = step({ ...offered, doing: "push" }, { type: "pushed", now_ms: NOW, batch: ["a", "b", "c"], outcome: { kind: "ok", waiting: 0 } }).state;
      expect(step(sent, { type: "tick", now_ms: NOW }).effects).toEqual([{ do: "pull" }]);
    });

    it("says what is wrong until a pull goes well, though pushes do; and waits longer each time", () => {
      const broken = { kind: "problem", status: 0, code: "log-broken" } as const;
      let state = pulled(open(), broken);
      expect(state.pull_due_ms).toBe(NOW + 10_000);
      state = step({ ...state, doing: "push" }, { type: "pushed", now_ms: NOW, batch: [], outcome: { kind: "ok", waiting: 0 } }).state;
      expect(troubleOf(state)).toEqual({ kind: "problem", code: "log-broken" });
      for (let failure = 0; failure < 8; failure++) state = pulled(state, broken);
      expect(state.pull_due_ms).toBe(NOW + 60_000);
      expect(troubleOf(pulled(state, well))).toBeNull();
    });

    it("lets a push find out whether it is the server that is away, and goes on as soon as it is back", () => {
      const away = { kind: "outage", why: "unreachable" } as const;
      let state = pulled(open(), away);
      expect(step(state, { type: "tick", now_ms: NOW }).effects).toMatchObject([{ do: "push" }]);
      state = step({ ...state, doing: "push" }, { type: "pushed", now_ms: NOW, batch: [], outcome: away }).state;
      for (const now_ms of [NOW + 30_000, NOW + 120_000]) expect(step(state, { type: "tick", now_ms }).effects).not.toContainEqual({ do: "pull" });
      state = step({ ...state, doing: "push" }, { type: "pushed", now_ms: NOW + 3_000, batch: [], outcome: { kind: "ok", waiting: 0 } }).state;
      expect(step(state, { type: "tick", now_ms: NOW + 3_000 }).effects).toEqual([{ do: "pull" }]);
    });

    it("takes a pull that the lock cut short for nothing", () => {
      const locked = step({ ...open(), doing: "pull" }, { type: "locked", now_ms: NOW }).state;
      const state = pulled(locked, { kind: "outage", why: "locked" });
      expect([state.doing, troubleOf(state), state.failures]).toEqual(["nothing", null, 0]);
    });

    it("takes no hand-over for a fault: who unlocks while a pull is cut short gets one at once", () => {
      const locked = step({ ...open(), doing: "pull" }, { type: "locked", now_ms: NOW }).state;
      const handedOver = step(locked, { type: "unlocked", now_ms: NOW + 1 }).state;
      const state = pulled(handedOver, { kind: "outage", why: "locked" }, NOW + 2);
      expect([troubleOf(state), state.pull_failures]).toEqual([null, 0]);
      expect(step(state, { type: "tick", now_ms: NOW + 2 }).effects).toEqual([{ do: "pull" }]);
    });

    it("hears that the tablet was revoked, and sends what is left", () => {
      const state = pulled(open(), { kind: "problem", status: 403, code: "tablet-revoked" });
      expect(step(state, { type: "tick", now_ms: NOW }).effects).toMatchObject([{ do: "push" }]);
    });
  });

  it("erases what a revoked tablet can read only after all was sent", () => {
    let state: SyncState = { ...begin(1, NOW), doing: "list" };
    const revoked = { kind: "problem", status: 403, code: "tablet-revoked" } as const;
    state = step(state, { type: "listed", now_ms: NOW, outcome: revoked }).state;
    expect(state.revoked).toBe(true);
    let pushed = step({ ...state, doing: "push" }, { type: "pushed", now_ms: NOW, batch: ["a"], outcome: { kind: "ok", waiting: 1 } });
    expect(pushed.effects).toEqual([]);
    pushed = step({ ...pushed.state, doing: "push" }, { type: "pushed", now_ms: NOW, batch: ["b"], outcome: { kind: "ok", waiting: 0 } });
    expect(pushed.effects).toEqual([{ do: "erase" }]);
  });
});
