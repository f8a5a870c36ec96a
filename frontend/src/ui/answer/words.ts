// Answers in words: what was said, as a person would say it.

import type { Json } from "../../core/canonical.ts";
import { absentKey } from "../../core/fitness.ts";
import { type Item, itemsOf, type Release, type Words } from "../../core/release.ts";
import type { Catalogue } from "../../i18n/catalogue.ts";

/** What language.svelte.ts offers; passed in, so that this stays plain. */
export interface Speaker {
  words: Catalogue;
  of: (words: Words | null) => string;
  decimal: (number: string) => string;
  moment: (at_ms: number, now_ms: number) => string;
}

export function valueWords(item: Item, value: Json, text: string | null, release: Release | null, speaker: Speaker): string {
  const absent = absentKey(value);
  if (absent !== null) return speaker.of(item.absent.find(({ key }) => key === absent)?.text ?? null) || absent;
  if (Array.isArray(value)) return listWords(item, value.map(String), release, speaker);
  if (typeof value === "number") return speaker.moment(value, Date.now());
  if (typeof value !== "string") return text ?? "–";
  if (item.type === "number") return `${speaker.decimal(value)}${unitOf(item)}`;
  const choice = item.choices.find(({ key }) => key === value);
  return choice === undefined ? fixedWords(item, value, speaker.words) : speaker.of(choice.text);
}

/** The unit behind a number; "1" is UCUM's word for none. */
export function unitOf(item: Item): string {
  return item.unit === null || item.unit === "1" ? "" : ` ${unitText(item.unit)}`;
}

/** UCUM as it is written by hand: "10*9/L" is 10⁹/L. */
export function unitText(unit: string): string {
  const raised: Record<string, string> = { "*3": "³", "*6": "⁶", "*9": "⁹", "*12": "¹²" };
  return unit.replace(/\*(3|6|9|12)\b/, (power) => raised[power] ?? power);
}

function fixedWords(item: Item, value: string, words: Catalogue): string {
  const { answer } = words;
  if (item.type === "confirm") return value === "yes" ? answer.confirm : answer.notSo;
  if (item.type === "datetime" && value === "none") return answer.noneDatetime;
  return { yes: answer.yes, no: answer.no, "dont-know": answer.dontKnow }[value] ?? value;
}

function listWords(item: Item, values: readonly string[], release: Release | null, speaker: Speaker): string {
  if (values.length === 0) return speaker.words.answer.nothingListed;
  if (item.computed !== null) return values.map((part) => partWords(part, item, release, speaker)).join(", ");
  return item.choices.filter(({ key }) => values.includes(key)).map(({ text }) => speaker.of(text)).join(", ");
}

/** Which side, container or repetition a part is, in the words of the release where it has them. */
export function partWords(part: string, item: Item, release: Release | null, speaker: Speaker): string {
  if (part === "") return "";
  if (item.repeat !== null) return speaker.words.answer.after(Number(part));
  return part.split("/").map((piece) => pieceWords(piece, release, speaker)).join(", ");
}

function pieceWords(piece: string, release: Release | null, speaker: Speaker): string {
  const { document } = release ?? {};
  if (document === undefined) return piece;
  const row = Object.values(document.tables).flat().find(({ key }) => key === piece);
  if (row !== undefined) return speaker.of(row.title);
  // A side is named by the choice that stands for it alone.
  const sides = new Set(itemsOf(document).flatMap((item) => (item.per_side === null ? [] : [item.per_side])));
  for (const rows of Object.values(document.tables)) for (const { per_side } of rows) if (per_side !== null) sides.add(per_side);
  const choice = itemsOf(document).filter(({ key }) => sides.has(key)).flatMap(({ choices }) => choices).find(({ key }) => key === piece);
  return choice === undefined ? piece : speaker.of(choice.text);
}
