// The entries that open a case, in the order in which they are written.

import type { Release } from "../../core/release.ts";
import type { Draft } from "../../store/journal.ts";

export interface NewCaseForm {
  identifier: string;
  name: string;
  birth_date: string;
  sex: string;
  start_ms: number;
}

export type FormProblem = "missing" | "wrongDate" | "futureDate" | "oldDate";

/** By field; empty when the form can be written. */
export function problemsOf(form: NewCaseForm, now_ms: number): Partial<Record<keyof NewCaseForm, FormProblem>> {
  const problems: Partial<Record<keyof NewCaseForm, FormProblem>> = {};
  if (form.identifier.trim() === "") problems.identifier = "missing";
  if (form.name.trim() === "") problems.name = "missing";
  if (form.sex === "") problems.sex = "missing";
  const birth = birthProblem(form.birth_date, now_ms);
  if (birth !== null) problems.birth_date = birth;
  if (Number.isNaN(form.start_ms)) problems.start_ms = "missing";
  return problems;
}

function birthProblem(birth_date: string, now_ms: number): FormProblem | null {
  if (birth_date === "") return "missing";
  const at_ms = Date.parse(`${birth_date}T00:00:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(birth_date) || Number.isNaN(at_ms)) return "wrongDate";
  if (at_ms > now_ms) return "futureDate";
  return Number(birth_date.slice(0, 4)) < new Date(now_ms).getFullYear() - 120 ? "oldDate" : null;
}

/** `previous`: the case of the same patient from which this one is opened. */
export function openingDrafts(release: Release, form: NewCaseForm, previous: string | null = null): Draft[] {
  const clean = (text: string) => text.normalize("NFC").trim();
  const { protocol } = release.document;
  return [
    { type: "case.opened", body: { protocol, release: release.digest, session: null, previous }, private: null },
    {
      type: "subject.given",
      body: { sex: form.sex, birth_year: Number(form.birth_date.slice(0, 4)), replaces: [] },
      private: { identifier: clean(form.identifier), name: clean(form.name), birth_date: form.birth_date },
    },
    { type: "case.planned", body: { start_ms: form.start_ms, replaces: [] }, private: null },
  ];
}
