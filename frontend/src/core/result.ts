// Expected failures are values. `code` is one of the codes of procedures/core/errors.py; `where` names the place
// for an engineer and never holds patient data.

export interface Refused {
  readonly ok: false;
  readonly code: string;
  readonly where: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Refused;

export function accepted<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused(code: string, where = ""): Refused {
  return { ok: false, code, where };
}
