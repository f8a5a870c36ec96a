import type { ContactRow } from "../../store/database.ts";

/** The code of what keeps entries from being sent, or null when nothing does. */
export function troubleCode(contact: ContactRow | null): string | null {
  const trouble = contact?.trouble ?? null;
  if (trouble === null) return null;
  return trouble.kind === "outage" ? trouble.why : trouble.code;
}

export function failureCode(failure: { kind: "problem"; code: string } | { kind: "outage"; why: string }): string {
  return failure.kind === "outage" ? failure.why : failure.code;
}
