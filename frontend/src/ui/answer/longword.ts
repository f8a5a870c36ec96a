// Browsers part no Norwegian words without a network, and a word broken anywhere reads as two.

/** More letters than a line of an answer has room for, where answers stand three in a row. */
const LONG = 14;

export function hasLongWord(text: string): boolean {
  return text.split(/[\s\-\u00ad/]+/).some((word) => word.length > LONG);
}
