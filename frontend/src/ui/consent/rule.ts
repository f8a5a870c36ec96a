// Who must grant a consent by its form's rules, and what each has said.

import { consentOf, type Decision } from "../../core/consents.ts";
import { applicable } from "../../core/granting.ts";
import type { ConsentKind, SignerRule } from "../../core/release.ts";
import type { CaseModel } from "../case/case.svelte.ts";
import { cleanText } from "../case/drafts.ts";

/** A decision that stands: no withdrawal has ended it, and no later one of the same relation. */
export interface Said extends Pick<Decision, "digest" | "relation"> {
  decision: "granted" | "refused";
  /** As it was printed; "" where it is not known here. */
  name: string;
  /** When it was decided, by the server's clock. */
  at_ms: number;
  /** A refusal always does. */
  counts: boolean;
}

export function ruleOf(model: CaseModel, { rules }: ConsentKind): SignerRule | null {
  return model.release === null ? null : applicable(rules, model.moment(model.release));
}

export function saidOf(model: Pick<CaseModel, "state" | "consent" | "privateOf">, key: string): readonly Said[] {
  const uncounted = model.consent(key)?.uncounted ?? {};
  const standing = consentOf(model.state.consents, key).decided.filter(({ defeated, superseded }) => !defeated && !superseded);
  return standing.map(({ digest, relation, decision, decided_ms, at_ms }) => {
    const { name } = model.privateOf(digest);
    return {
      digest, relation,
      decision: decision === "refused" ? "refused" : "granted",
      name: typeof name === "string" ? name : "",
      at_ms: decided_ms ?? at_ms,
      counts: !(digest in uncounted),
    };
  });
}

/** Who said no though no rule asks them: that refuses the consent all the same. */
export function unaskedRefusals(rule: SignerRule | null, said: readonly Said[]): readonly Said[] {
  const asked = rule?.signers.flatMap(({ relations }) => relations) ?? [];
  return said.filter(({ decision, relation }) => decision === "refused" && !asked.includes(relation));
}

/** A printed name as it is compared with another. */
export function foldedName(name: string): string {
  return cleanText(name).toLowerCase();
}

/** Who has decided in another relation under the printed name: nobody is two of those who must agree. */
export function namesakesOf(name: string, relation: string | null, said: readonly Said[]): readonly Said[] {
  const printed = foldedName(name);
  return printed === "" ? [] : said.filter((one) => one.relation !== relation && foldedName(one.name) === printed);
}
