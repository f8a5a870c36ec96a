// Rows of a form put in order: dragged by a handle, or moved up and down by buttons, which is also the way for those who
// use a keyboard. The number that is sent stands in each row's own input.

const ORDER = "input[name$='-order']";
const ROW = ".form-group";
const STEP = 10;

/** Finds the groups of rows that have an order, and gives each row its handle. */
export function orderedRows(root: ParentNode): void {
  for (const group of root.querySelectorAll<HTMLElement>("[data-inline-formset]")) {
    if (group.querySelector(ORDER) === null) continue;
    for (const row of rowsOf(group)) equip(row, group);
    const words = wordsOf();
    new MutationObserver(() => {
      for (const row of rowsOf(group)) equip(row, group, words);
    }).observe(group, { childList: true, subtree: true });
  }
}

interface Words {
  readonly up: string;
  readonly down: string;
  readonly drag: string;
}

/** In the reader's language, from the page. */
function wordsOf(): Words {
  const { wordUp = "Move up", wordDown = "Move down", wordDrag = "Drag to move" } = document.body.dataset;
  return { up: wordUp, down: wordDown, drag: wordDrag };
}

function rowsOf(group: HTMLElement): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>(ROW)].filter((row) => !row.classList.contains("empty-form"));
}

function equip(row: HTMLElement, group: HTMLElement, words: Words = wordsOf()): void {
  const input = row.querySelector<HTMLInputElement>(ORDER);
  if (input === null || input.disabled || row.querySelector(".mover") !== null) return;
  const mover = document.createElement("span");
  mover.className = "mover";
  mover.append(
    handle(row, group, words.drag),
    button("arrow_upward", words.up, () => move(row, group, -1)),
    button("arrow_downward", words.down, () => move(row, group, 1)),
  );
  input.classList.add("order-number");
  input.before(mover);
}

function button(icon: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.title = label;
  const sign = document.createElement("span");
  sign.className = "material-symbols-outlined";
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = icon;
  made.append(sign);
  made.addEventListener("click", () => {
    act();
    made.focus();
  });
  return made;
}

function move(row: HTMLElement, group: HTMLElement, by: -1 | 1): void {
  const rows = rowsOf(group);
  const other = rows[rows.indexOf(row) + by];
  if (other === undefined) return;
  if (by < 0) other.before(row);
  else other.after(row);
  row.scrollIntoView({ block: "nearest" });
  number(group);
}

/** Drags by pointer, so that it works under a finger too; the row follows as soon as the pointer passes its neighbour. */
function handle(row: HTMLElement, group: HTMLElement, label: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "handle material-symbols-outlined";
  made.textContent = "drag_indicator";
  made.title = label;
  made.setAttribute("aria-hidden", "true");
  made.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drag(row, group);
  });
  return made;
}

/** Until the pointer is let go. Listens on the document: a row that is moved in the page loses what it had captured. */
function drag(row: HTMLElement, group: HTMLElement): void {
  const ended = new AbortController();
  const follow = ({ clientY }: PointerEvent) => {
    const rows = rowsOf(group);
    const at = rows.indexOf(row);
    const before = rows[at - 1];
    const after = rows[at + 1];
    if (before !== undefined && clientY < middle(before)) before.before(row);
    else if (after !== undefined && clientY > middle(after)) after.after(row);
  };
  const drop = () => {
    ended.abort();
    row.classList.remove("dragged");
    number(group);
  };
  row.classList.add("dragged");
  document.addEventListener("pointermove", follow, { signal: ended.signal });
  document.addEventListener("pointerup", drop, { signal: ended.signal });
  document.addEventListener("pointercancel", drop, { signal: ended.signal });
}

function middle(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

/** Numbers the rows anew, in tens. New rows that are still empty keep no number, so that they are not sent. */
function number(group: HTMLElement): void {
  rowsOf(group).forEach((row, index) => {
    const input = row.querySelector<HTMLInputElement>(ORDER);
    if (input === null || (input.value === "" && !row.classList.contains("original"))) return;
    input.value = String((index + 1) * STEP);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
