// Who must grant a consent, by the first rule of the release that applies; null where that is not known yet.

import { consentOf } from "../../core/consents.ts";
import type { ConsentKind, SignerRule } from "../../core/release.ts";
import type { CaseModel } from "../case/case.svelte.ts";

export function ruleOf(model: CaseModel, kind: ConsentKind): SignerRule | null {
  if (model.release === null) return null;
  const moment = model.moment(model.release);
  const first = kind.rules.find(({ when }) => moment.judge(when) !== false);
  return first !== undefined && moment.judge(first.when) === true ? first : null;
}

/** The relations whose grant counts now. */
export function grantedBy(model: CaseModel, key: string): ReadonlySet<string> {
  const uncounted = model.view?.consents.find((view) => view.key === key)?.uncounted ?? {};
  const { decided } = consentOf(model.state.consents, key);
  const live = decided.filter((one) => one.decision === "granted" && !one.defeated && !one.superseded && !(one.digest in uncounted));
  return new Set(live.map(({ relation }) => relation));
}
