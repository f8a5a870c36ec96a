// Six steps from a cut network to a green proof. Each is done when it has happened, not when somebody says so.

import { writtenFrom } from "../store/summary.ts";
import { openPack } from "../store/packs.ts";
import type { App } from "../ui/app.svelte.ts";
import { router } from "../ui/route.svelte.ts";
import { network } from "./network.svelte.ts";

export const STEPS = ["cut", "tick", "sign", "reconnect", "row", "verify"] as const;
export type Step = (typeof STEPS)[number];

const KEPT_AS = "bedside-demo-tour";

/** `since_ms`: when the network was cut; only what is written from then on counts. `caseId`: what was signed. */
interface Kept {
  on: boolean;
  done: Step[];
  since_ms: number;
  caseId: string | null;
}

const FRESH: Kept = { on: true, done: [], since_ms: 0, caseId: null };

function kept(): Kept {
  return JSON.parse(localStorage.getItem(KEPT_AS) ?? JSON.stringify(FRESH)) as Kept;
}

class Tour {
  private state = $state.raw<Kept>(kept());

  get on(): boolean {
    return this.state.on;
  }

  /** The case that was signed without a network. */
  get caseId(): string | null {
    return this.state.caseId;
  }

  /** Null when all is done. */
  get step(): Step | null {
    return STEPS.find((step) => !this.isDone(step)) ?? null;
  }

  isDone(step: Step): boolean {
    return this.state.done.includes(step);
  }

  begin(): void {
    this.become(FRESH);
  }

  end(): void {
    this.become({ ...this.state, on: false });
  }

  did(step: Step): void {
    if (this.step === step) this.become({ ...this.state, done: [...this.state.done, step] });
  }

  /** Looks at how things are; called whenever something may have changed. */
  async look(app: App): Promise<void> {
    if (!this.on) return;
    if (this.step === "cut" && network.cut) this.become({ ...this.state, done: ["cut"], since_ms: Date.now() });
    if (this.step === "tick" || this.step === "sign") await this.lookIntoCase(app);
    if (this.step === "reconnect" && !network.cut && app.counts.waiting === 0) this.did("reconnect");
  }

  private async lookIntoCase(app: App): Promise<void> {
    const { current } = router;
    if (current.screen !== "case" || app.session === null) return;
    const pack = await openPack(app.db, app.session.keys.data, current.case);
    const fresh = writtenFrom(pack?.content ?? []).filter(({ entry }) => entry.clock.at_ms >= this.state.since_ms);
    const here = fresh.filter(({ entry }) => app.people.some(({ enrolment }) => enrolment === entry.enrolment));
    if (here.some(({ entry }) => entry.type === "answer.given")) this.did("tick");
    if (!here.some(({ entry }) => entry.type === "phase.signed") || this.step !== "sign") return;
    this.become({ ...this.state, caseId: current.case });
    this.did("sign");
  }

  private become(state: Kept): void {
    this.state = state;
    localStorage.setItem(KEPT_AS, JSON.stringify(state));
  }
}

export const tour = new Tour();
