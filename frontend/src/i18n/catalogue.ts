// The words of the screens, by language. English sets the shape; a language that lacks one of its keys, or has one
// more, fails the typecheck. What a release says stands in the release, not here.

import { en } from "./en.ts";
import { nb } from "./nb.ts";

/** The same tree of words and of functions that give words. */
export type SameAs<T> = {
  [K in keyof T]: T[K] extends (...given: infer G) => string
    ? (...given: G) => string
    : T[K] extends string
      ? string
      : SameAs<T[K]>;
};

export type Catalogue = SameAs<typeof en>;

export const CATALOGUES = { en, nb } as const satisfies Record<string, Catalogue>;

export type LanguageCode = keyof typeof CATALOGUES;
