// Where one is in a phase that is read out.

import type { ItemView } from "../../core/readiness.ts";

/** Answered, and nothing stands against it. */
export function isDone({ state, holds }: ItemView): boolean {
  const open = holds.some(({ level, active, cleared }) => level !== "note" && active === true && cleared === null);
  return (state === "answered" || state === "absent") && !open;
}

/** A line of what is read: a question, or what the answers so far amount to. */
interface Line {
  item: { type: string };
  view: ItemView;
}

/** What is read at once: a question, the last of each, below what only tells something and stands before it. */
export function pagesOf<One extends Line>(lines: readonly One[]): One[][] {
  const pages: One[][] = [];
  let page: One[] = [];
  for (const line of lines) {
    page.push(line);
    if (line.item.type === "computed" && isDone(line.view)) continue;
    pages.push(page);
    page = [];
  }
  return page.length > 0 ? [...pages, page] : pages;
}

/** The place of the first question that is not done; behind the last, where all are. */
export function nextOpen(views: readonly ItemView[]): number {
  const found = views.findIndex((view) => !isDone(view));
  return found === -1 ? views.length : found;
}

/** What the question at a place is called; null behind the last. */
export function nameAt(views: readonly ItemView[], place: number): string | null {
  const view = views[place];
  return view === undefined ? null : `${view.key}/${view.part}`;
}

/** The place of a question by its name; the first that is not done, where it is not asked any more. */
export function placeOf(views: readonly ItemView[], name: string | null): number {
  if (name === null) return views.length;
  const found = views.findIndex((_, place) => nameAt(views, place) === name);
  return found === -1 ? nextOpen(views) : found;
}
