// One opened case: its entries, what they fold to, what the release makes of that, and the acts that write to it.

import type { Json, JsonObject } from "../../core/canonical.ts";
import { type AnswerGiven, bodyOf, correctedMs, type EntryType, type Seen } from "../../core/entry.ts";
import { fold, type State, type Written } from "../../core/fold.ts";
import { Judge } from "../../core/judge.ts";
import type { Moment } from "../../core/moment.ts";
import { type Certificates, type ConsentView, type HoldView, type ItemView, type PhaseView, readiness, type Readiness } from "../../core/readiness.ts";
import { type Item, itemsOf, type Release, type Words } from "../../core/release.ts";
import { begunIn, keepBegun, type Whose } from "../../store/begun.ts";
import type { PersonRow } from "../../store/database.ts";
import { type Draft, write, type Written as Outcome } from "../../store/journal.ts";
import { unsentDigests } from "../../store/outbox.ts";
import { type HeldEntry, type OpenedPack, openPack } from "../../store/packs.ts";
import { certificatesOf, signersIn } from "../../store/people.ts";
import { patientIn, writtenFrom } from "../../store/summary.ts";
import type { OpenKeys } from "../../vault/pin.ts";
import type { Timing } from "../answer/timing.ts";
import { valueWords } from "../answer/words.ts";
import { language } from "../look/language.svelte.ts";
import { zoneMinAt } from "../look/when.ts";
import type { App, Session } from "../app.svelte.ts";
import type { Begun } from "../begun.ts";
import { putAsideWritten } from "../consent/papers.ts";
import { isRecalled, releaseOf } from "../releases.svelte.ts";
import { type Line, linesIn } from "../signature/drawing.ts";
import { lastAnswers } from "./lasttime.ts";
import { same } from "./same.ts";
import { type Answer, answerDraft, type Guest, holdDraft, noteDraft, signatureDraft } from "./drafts.ts";

/** Who wrote something and when, by the server's clock as well as it was known. */
export interface Authorship {
  name: string;
  at_ms: number;
  unsent: boolean;
}

export type Loaded = "loading" | "ready" | "unknown" | "unreadable" | "no-release";

/** Somebody who has just entered their PIN. */
export interface Signing {
  person: PersonRow;
  keys: OpenKeys;
}

/** What an answer entry says; text and reason where they are known here. */
export interface Said {
  value: Json;
  text: string | null;
  reason: string | null;
  timing: { occurred_ms: number; late: boolean } | null;
}

/** Where a note stands that is about the case as a whole. */
export const CASE_PLACE = { key: null, part: "" };

/** A question, or the case as a whole. */
export interface Place {
  key: string | null;
  part: string;
}

/** What acts that are written elsewhere need of an opened case. */
export type Acting = Pick<CaseModel, "release" | "state" | "view" | "act">;

/** A case as it is under the writer's lock, and the head of the ward's log as last pulled, which who signs signs too. */
export interface Now {
  view: Readiness;
  state: State;
  seen: Seen | null;
}

/** What to write; false: the case is not what the person saw. */
export type Compose = (now: Now) => readonly Draft[] | false;

type Saved = Extract<Outcome, { kind: "saved" }>;

export class CaseModel {
  loaded = $state<Loaded>("loading");
  private held = $state.raw<readonly HeldEntry[]>([]);
  private unsent = $state.raw<ReadonlySet<string>>(new Set());
  private ward = "";
  private version = 0;
  private loading: { writings: number; done: Promise<void> } | null = null;
  /** The count of writings up to which this is what the disk has. */
  private upTo = -1;
  private lastAct: Promise<boolean> = Promise.resolve(true);
  private keeping: Promise<void> = Promise.resolve();
  private toKeep: string | null = null;
  /** What the disk has of what is begun; undefined: not known. */
  private kept: string | null | undefined = undefined;
  release = $state.raw<Release | null>(null);
  recalled = $state(false);
  private signers = $state.raw<Certificates>({});
  /** The case that this one was opened from; null where there is none, or until it is looked for. */
  last = $state.raw<CaseModel | null>(null);

  /** Typed, chosen or drawn, not yet saved; outlives an automatic locking. */
  readonly begun: Begun;

  private readonly written = $derived<Written[]>(writtenFrom(this.held));
  readonly state = $derived(fold(this.written));
  private readonly byDigest = $derived(new Map(this.written.map((one) => [one.digest, one])));
  readonly patient = $derived(patientIn(this.state));
  readonly view = $derived(this.release === null ? null : this.judged(this.release, this.state));

  readonly lastAnswers = $derived(lastAnswers(this.release, this.patient, this.last));

  constructor(
    private readonly app: App,
    readonly session: Session,
    readonly caseId: string,
  ) {
    this.begun = app.begunBy(session.person.enrolment, caseId);
  }

  /** As it is after the last writing known here; asked for again meanwhile, it is read once. */
  load(): Promise<void> {
    const { writings } = this.app;
    if (this.upTo === writings) return Promise.resolve();
    if (this.loading?.writings !== writings) this.loading = { writings, done: this.read(writings) };
    return this.loading.done;
  }

  private async read(writings: number): Promise<void> {
    const { db } = this.app;
    const [pack, unsent, certificates] = await Promise.all([
      openPack(db, this.session.keys.data, this.caseId),
      unsentDigests(db),
      certificatesOf(db),
    ]);
    // Written to meanwhile: an earlier reading must not come after a later one.
    if (writings !== this.app.writings) return this.load();
    if (pack === null || pack.version === 0) {
      this.loaded = pack === null ? "unreadable" : "unknown";
      return;
    }
    this.unsent = unsent;
    this.signers = signersIn(certificates);
    this.take(pack);
    const digest = this.state.opened[0]?.release ?? "";
    await this.recall();
    this.release = await releaseOf(db, digest);
    this.recalled = await isRecalled(db, digest);
    this.loaded = this.release === null ? "no-release" : "ready";
    this.upTo = writings;
  }

  /** What was begun before the browser ended, at the first reading. */
  private async recall(): Promise<void> {
    if (this.begun.known) return;
    // It is worth less than the case: where it cannot be read now, that opens all the same.
    const text = await begunIn(this.app.db, this.session.keys.data, this.whose()).catch(() => undefined);
    if (text === undefined) return;
    this.begun.known = true;
    this.kept = text !== null && this.begun.take(text) ? text : null;
    putAsideWritten(this.begun, this.state.consents);
  }

  /** Keeps on the disk what is begun; of several texts the last. It is no act: nobody is told that it is saved. */
  keep(text: string | null): void {
    this.toKeep = text;
    this.keeping = this.keeping.then(() => this.keepNow()).catch(() => undefined);
  }

  private async keepNow(): Promise<void> {
    const { toKeep } = this;
    if (toKeep === this.kept || (toKeep === null && this.kept === undefined)) return;
    await keepBegun(this.app.db, this.session.keys.data, this.whose(), toKeep);
    this.kept = toKeep;
  }

  private whose(): Whose {
    return { enrolment: this.session.person.enrolment, case: this.caseId };
  }

  /** What is read may be older than what was written meanwhile. */
  private take({ version, ward, content }: OpenedPack): void {
    if (version <= this.version) return;
    this.version = version;
    this.ward = ward ?? "";
    this.held = content;
  }

  /** Others may have written in it meanwhile, too. */
  async loadLast(): Promise<void> {
    const previous = this.state.opened[0]?.previous ?? null;
    if (previous === null || previous === this.caseId) return;
    const last = this.last ?? new CaseModel(this.app, this.session, previous);
    await last.load();
    this.last = last;
  }

  /** The server may have confirmed entries meanwhile, or taken the release back. */
  async hear(): Promise<void> {
    this.unsent = await unsentDigests(this.app.db);
    this.recalled = this.release !== null && (await isRecalled(this.app.db, this.release.digest));
  }

  phase(key: string): PhaseView | null {
    return this.view?.phases.find((phase) => phase.key === key) ?? null;
  }

  consent(key: string): ConsentView | null {
    return this.view?.consents.find((consent) => consent.key === key) ?? null;
  }

  authorship(digest: string | undefined): Authorship | null {
    const one = digest === undefined ? undefined : this.byDigest.get(digest);
    if (digest === undefined || one === undefined) return null;
    const { enrolment, clock } = one.entry;
    return { name: this.signers[enrolment]?.name ?? "?", at_ms: correctedMs(clock), unsent: this.unsent.has(digest) };
  }

  private answerIn(digest: string): AnswerGiven | null {
    const one = this.byDigest.get(digest);
    return one === undefined ? null : bodyOf(one.entry, "answer.given");
  }

  said(digest: string): Said | null {
    const one = this.byDigest.get(digest);
    const body = this.answerIn(digest);
    if (one === undefined || body === null) return null;
    const field = (name: string) => (typeof one.private?.[name] === "string" ? one.private[name] : null);
    const { occurred_ms, late } = body;
    return { value: body.value, text: field("text"), reason: field("reason"), timing: occurred_ms === null ? null : { occurred_ms, late } };
  }

  /** The last answer that those which stand replace, if it said something else. */
  replacedBy({ heads }: ItemView): { said: Said; by: Authorship } | null {
    const content = (digest: string) => this.state.claims[digest]?.content;
    const before = heads.flatMap((digest) => this.answerIn(digest)?.replaces ?? []);
    const other = before.filter((digest) => !heads.some((head) => content(head) === content(digest)));
    const told = other.flatMap((digest) => {
      const [said, by] = [this.said(digest), this.authorship(digest)];
      return said === null || by === null ? [] : [{ said, by }];
    });
    return told.sort((one, two) => one.by.at_ms - two.by.at_ms).at(-1) ?? null;
  }

  /** What an entry says in private, where that is known here. */
  privateOf(digest: string | undefined): JsonObject {
    return (digest === undefined ? undefined : this.byDigest.get(digest)?.private) ?? {};
  }

  /** Who signed by drawing, and what they drew, where it is known here. */
  drawnIn(digest: string | undefined): { name: string; lines: readonly Line[] } | null {
    const part = this.privateOf(digest);
    const [name, lines] = [part["name"], linesIn(part["strokes"])];
    return typeof name === "string" && lines !== null ? { name, lines } : null;
  }

  /** The entries of a type, in the order in which they were written on their clocks. */
  entriesOf(type: EntryType): readonly Written[] {
    const found = this.written.filter(({ entry }) => bodyOf(entry, type) !== null);
    return found.sort((one, other) => correctedMs(one.entry.clock) - correctedMs(other.entry.clock));
  }

  /** Who answers for the case; nobody, until somebody has taken it over. */
  readonly keepers = $derived(this.state.taken.flatMap(({ digest }) => this.authorship(digest) ?? []));
  readonly opener = $derived(this.authorship(this.state.opened[0]?.digest));

  /** What people noted beside an item, or about the case, in the order in which it was written on their clocks. */
  notesAt(item: Place): { digest: string; text: string; by: Authorship }[] {
    const notes = this.state.notes.filter((note) => note.item === item.key && note.part === item.part);
    const told = notes.flatMap(({ digest }) => {
      const by = this.authorship(digest);
      const { text } = this.privateOf(digest);
      return by === null || typeof text !== "string" ? [] : [{ digest, text, by }];
    });
    return told.sort((one, other) => one.by.at_ms - other.by.at_ms);
  }

  reasonOf(digest: string): string | null {
    const { reason } = this.privateOf(digest);
    return typeof reason === "string" ? reason : null;
  }

  /** The text that settled heads carry; null where there is none or it is not known here. */
  textAt(heads: readonly string[]): string | null {
    for (const digest of heads) {
      const text = this.said(digest)?.text;
      if (text !== null && text !== undefined) return text;
    }
    return null;
  }

  /** Earlier answers that belong beside a question, in words. */
  shownBeside(item: Item): { key: string; text: Words; value: string }[] {
    const views = this.view?.phases.flatMap((phase) => phase.items) ?? [];
    const items = this.release === null ? [] : itemsOf(this.release.document);
    return item.shows.flatMap((key) => {
      const shown = items.find((one) => one.key === key);
      const answered = views.filter((view) => view.key === key && view.state === "answered");
      if (shown === undefined || answered.length === 0) return [];
      const values = answered.map((view) => valueWords(shown, view.value, this.textAt(view.heads), this.release, language));
      return [{ key, text: shown.text, value: values.join("; ") }];
    });
  }

  /** What a confirmation was given over and is no longer so, in words. */
  confirmedThen({ heads, covers }: ItemView): string {
    const items = this.release === null ? [] : itemsOf(this.release.document);
    const then = heads.flatMap((digest) => this.state.confirmations[digest] ?? []).filter((digest) => covers?.includes(digest) !== true);
    return [...new Set(then)].flatMap((digest) => {
      const said = this.said(digest);
      const item = items.find(({ key }) => key === this.byDigest.get(digest)?.entry.body["item"]);
      if (said === null || item === undefined) return [];
      return [`${language.of(item.text)} ${valueWords(item, said.value, said.text, this.release, language)}`];
    }).join("; ");
  }

  /** Keys of the choices that the release suggests while nobody has answered. */
  suggestedFor(item: Item, view: ItemView): readonly string[] {
    const { release } = this;
    if (release === null || view.state !== "unanswered" || item.suggest.length === 0) return [];
    const moment = this.moment(release);
    const { value } = item.suggest.find(({ when }) => moment.judge(when) === true) ?? { value: null };
    return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  }

  /** The people who signed the slots of a phase before this one. */
  signersBefore(phase: PhaseView, index: number): ReadonlySet<string> {
    const before = phase.signatures.slice(0, index);
    const enrolments = before.flatMap(({ standing }) => standing).map((digest) => this.byDigest.get(digest)?.entry.enrolment ?? "");
    return new Set(enrolments.map((enrolment) => this.signers[enrolment]?.person ?? ""));
  }

  /** Keeps what is chosen or typed and not saved, with the question as it was when that was begun. */
  begin(name: string, said: string | string[], over: ItemView): void {
    this.begun.answers.set(name, { said, over });
  }

  answer(item: ItemView, answer: Answer, timing: Timing | null = null): Promise<boolean> {
    return this.act(() => [answerDraft(item, answer, timing)]);
  }

  /** The answer that stands, given again for when it was done; null: for now. */
  retime(item: ItemView, timing: Timing | null): Promise<boolean> {
    const said = this.said(item.heads[0] ?? "");
    if (said === null) return Promise.resolve(false);
    // Why it was entered later stands on the last line of an answer that was.
    const lines = said.reason?.split("\n") ?? [];
    const reason = (said.timing?.late === true ? lines.slice(0, -1) : lines).join("\n");
    return this.answer(item, { value: said.value, reason, ...(said.text === null ? {} : { text: said.text }) }, timing);
  }

  note(item: Place, text: string): Promise<boolean> {
    return this.act(() => [noteDraft(item, text)]);
  }

  acknowledge(item: ItemView, hold: HoldView): Promise<boolean> {
    return this.act(({ view }) => this.unchangedHold(view, item, hold) && [holdDraft("hold.acknowledged", item, hold, null)]);
  }

  /** `basis`: on which of the hold's legal bases; null where it has none. */
  override(item: ItemView, hold: HoldView, reason: string, basis: string | null, by: Signing): Promise<boolean> {
    const draft = holdDraft("hold.overridden", item, hold, { reason, basis });
    return this.act(({ view }) => this.unchangedHold(view, item, hold) && [draft], by);
  }

  /** `index` of the signature within its phase: two may have one meaning. */
  sign(phase: PhaseView, index: number, by: Signing, guest: Guest | null = null): Promise<boolean> {
    const release = this.release?.digest ?? "";
    return this.act(({ view, seen }) => {
      const now = view.phases.find((one) => one.key === phase.key);
      const slot = now?.signatures[index];
      const unchanged = now !== undefined && slot?.signable === true && same(now.covers, phase.covers);
      return unchanged && [signatureDraft({ phase, slot, release, seen, guest })];
    }, by);
  }

  /** The case now, to ask it what the release's conditions are worth. */
  moment(release: Release): Moment {
    const now_ms = this.app.correctedNowMs();
    return new Judge(release, this.signers, this.state).at(now_ms, zoneMinAt(now_ms));
  }

  private unchangedHold(view: Readiness, item: ItemView, hold: HoldView): boolean {
    const items = view.phases.flatMap((phase) => phase.items);
    const now = items.find((one) => one.key === item.key && one.part === item.part)?.holds.find((one) => one.key === hold.key);
    return now !== undefined && same(now.covers, hold.covers);
  }

  private judged(release: Release, state: State): Readiness {
    const now_ms = this.app.correctedNowMs();
    return readiness(release, this.signers, state, now_ms, zoneMinAt(now_ms));
  }

  act(compose: Compose, by: Signing = this.session): Promise<boolean> {
    const { release } = this;
    if (release === null) return Promise.resolve(false);
    this.lastAct = this.app.whileWriting(() => this.write(release, compose, by));
    return this.lastAct;
  }

  /** What was tapped until now is saved, or said not to be, and shows. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.lastAct]);
  }

  private async write(release: Release, compose: Compose, by: Signing): Promise<boolean> {
    const written = await write(this.session.desk, {
      ward: this.ward,
      case: this.caseId,
      author: { enrolment: by.person.enrolment, signing: by.keys.signing },
      compose: (held, seen) => {
        const folded = () => fold(writtenFrom(held));
        const judged = () => this.judged(release, folded());
        // Most acts say only what was tapped: a case is folded and judged for those that look.
        return compose({ get view() { return judged(); }, get state() { return folded(); }, seen }) || null;
      },
    });
    const told = written.kind === "saved" ? this.show(written, by) : this.lookAgain(written);
    await Promise.all([told, this.load()]);
    return written.kind === "saved";
  }

  /** Takes over what is on the disk now, without reading it back. */
  private show({ entries, pack }: Saved, by: Signing): Promise<void> {
    // Another tab may have written too and told of it, or taken in the person: that must still be read.
    const current = this.upTo === this.app.writings && by.person.enrolment in this.signers;
    this.take(pack);
    this.unsent = new Set([...this.unsent, ...entries.map(({ digest }) => digest)]);
    const counted = this.app.saved(this.caseId);
    if (current) this.upTo = this.app.writings;
    return counted;
  }

  private lookAgain(unsaved: Exclude<Outcome, Saved>): null {
    this.app.notSaved(unsaved.kind === "changed" ? "case-changed" : unsaved.code);
    // What it was changed by may not have been told of yet.
    this.loading = null;
    this.upTo = -1;
    return null;
  }
}
