// Whom a screen is about: it says so once, and every dialog that opens on it names them, for it covers what else does.

import { getContext, setContext } from "svelte";
import type { Catalogue } from "../../i18n/catalogue.ts";
import type { Patient } from "../../store/summary.ts";

/** Null: different details were given. */
export type Whom = () => Patient | null;

const KEY = Symbol("whom");

export function isAbout(whom: Whom): void {
  setContext(KEY, whom);
}

/** Undefined: the screen is about nobody. */
export function aboutWhom(): Whom | undefined {
  return getContext<Whom | undefined>(KEY);
}

export function nameInWords(patient: Patient, words: Catalogue["patient"]): string {
  return patient.name === "" ? words.noName : patient.name;
}
