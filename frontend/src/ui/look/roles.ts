/** Roles in words; one that this build does not know is shown as it is written. */
export function roleNames(roles: readonly string[], words: Readonly<Record<string, string>>): string {
  return roles.map((role) => words[role] ?? role).join(", ");
}
