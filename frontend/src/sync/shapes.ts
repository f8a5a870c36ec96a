// Reading an unknown value into an expected shape. A key more is let through: an older tablet must not take a newer
// server for an outage. A key less, or one of another kind, is a refusal of the whole.

export type Reader<T> = (value: unknown) => T;

/** Thrown inside readers, caught by `read`. */
class ShapeWrong extends Error {}

/** For readers that judge more than a type. */
export function wrong(expected: string): never {
  throw new ShapeWrong(expected);
}

/** Null where the value is not of the shape. */
export function read<T>(reader: Reader<T>, value: unknown): T | null {
  try {
    return reader(value);
  } catch (failure) {
    if (failure instanceof ShapeWrong) return null;
    throw failure;
  }
}

export const text: Reader<string> = (value) => (typeof value === "string" ? value : wrong("text"));

export const integer: Reader<number> = (value) => (Number.isSafeInteger(value) ? (value as number) : wrong("integer"));

export const count: Reader<number> = (value) => {
  const number = integer(value);
  return number >= 0 ? number : wrong("count");
};

export function matching(pattern: RegExp): Reader<string> {
  return (value) => (pattern.test(text(value)) ? (value as string) : wrong(String(pattern)));
}

export const uuid = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const digest = matching(/^[0-9a-f]{64}$/);
export const base64url = matching(/^[A-Za-z0-9_-]+$/);

export function exactly<T extends string | number>(expected: T): Reader<T> {
  return (value) => (value === expected ? expected : wrong(String(expected)));
}

export const flag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : wrong("flag"));

export function oneOf<T extends string>(...expected: readonly T[]): Reader<T> {
  return (value) => expected.find((one) => one === value) ?? wrong(expected.join());
}

export function list<T>(reader: Reader<T>): Reader<T[]> {
  return (value) => (Array.isArray(value) ? value.map((element) => reader(element)) : wrong("list"));
}

export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : reader(value));
}

export function shape<T extends object>(readers: { [K in keyof T]: Reader<T[K]> }): Reader<T> {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong("object");
    const found = value as Record<string, unknown>;
    const result = {} as T;
    for (const key of Object.keys(readers) as (keyof T & string)[]) result[key] = readers[key](found[key]);
    return result;
  };
}
