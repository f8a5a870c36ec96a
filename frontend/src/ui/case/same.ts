/** Whether two sorted lists of digests name the same entries. */
export function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((digest, index) => digest === other[index]);
}
