// Who may sign, and whose turn it is.

import type { PhaseView, SignatureView } from "../../core/readiness.ts";
import type { PersonRow } from "../../store/database.ts";

/** `earlier`: the people who signed the slots before this one. */
export function maySign(person: PersonRow, slot: SignatureView, earlier: ReadonlySet<string>): boolean {
  return person.roles.some((role) => slot.roles.includes(role)) && !(slot.another_person && earlier.has(person.person));
}

/** The slot behind `index` that can be signed now by somebody on this tablet; null where there is none. */
export function nextSlot(view: PhaseView, index: number, people: readonly PersonRow[], earlierAt: (index: number) => ReadonlySet<string>): number | null {
  const found = view.signatures.findIndex(
    (slot, at) => at > index && slot.signable && slot.needed === true && slot.standing.length === 0 && people.some((person) => maySign(person, slot, earlierAt(at))),
  );
  return found === -1 ? null : found;
}
