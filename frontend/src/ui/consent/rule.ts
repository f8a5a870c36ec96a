// Who must grant a consent by its form's rules, and who has.

import { consentOf } from "../../core/consents.ts";
import { applicable } from "../../core/granting.ts";
import type { ConsentKind, SignerRule } from "../../core/release.ts";
import type { CaseModel } from "../case/case.svelte.ts";

export function ruleOf(model: CaseModel, { rules }: ConsentKind): SignerRule | null {
  return model.release === null ? null : applicable(rules, model.moment(model.release));
}

/** The relations whose grant counts now. */
export function grantedBy(model: CaseModel, key: string): ReadonlySet<string> {
  const uncounted = model.view?.consents.find((view) => view.key === key)?.uncounted ?? {};
  const { decided } = consentOf(model.state.consents, key);
  const live = decided.filter((one) => one.decision === "granted" && !one.defeated && !one.superseded && !(one.digest in uncounted));
  return new Set(live.map(({ relation }) => relation));
}
