// What a hold says – its own message, that of "not so", or that of a reason for absence – and what it waits for.

import type { Condition } from "../../core/condition.ts";
import type { Moment, Own } from "../../core/moment.ts";
import type { Item, Words } from "../../core/release.ts";

type Asked = Pick<Moment, "judge" | "catalog">;

export function holdMessage(item: Item, key: string): Words | null {
  const own = item.holds.find((hold) => hold.key === key);
  if (own !== undefined) return own.message;
  if (key === "not-so") return item.not_so?.message ?? null;
  return item.absent.find((reason) => `absent.${reason.key}` === key)?.message ?? null;
}

/** The keys of the consents that keep a hold up: of those that its condition names, also by way of what is computed. */
export function consentsBehind(own: Own, hold: string, moment: Asked): readonly string[] {
  const condition = own.item.holds.find(({ key }) => key === hold)?.when;
  return condition === undefined ? [] : [...new Set(against(condition, false, own, moment))];
}

/** The consents on whose account a condition is not what is wanted. */
function against(condition: Condition, wanted: boolean, own: Own, moment: Asked): readonly string[] {
  if (moment.judge(condition, own) === wanted) return [];
  switch (condition.op) {
    case "and":
    case "or":
      return condition.of.flatMap((inner) => against(inner, wanted, own, moment));
    case "not":
      return against(condition.of, !wanted, own, moment);
    case "consent":
    case "heard":
      return [condition.key];
    case "=":
    case "!=": {
      const computed = moment.catalog.items.get(condition.item)?.computed?.condition ?? null;
      const means = (condition.op === "=") === (condition.value === "yes");
      return computed === null ? [] : against(computed, means === wanted, own, moment);
    }
    default:
      return [];
  }
}
