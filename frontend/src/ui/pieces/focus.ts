// Where the keyboard is when what it was on goes away: the browser itself would start again at the top of the page.

const STAND_INS = "#screen, main";

/** Watches over the focus; returns what ends the watching. */
export function keepFocus(): () => void {
  /** What had the focus last, and all around it, from the inside out. */
  let trail: Element[] = [];
  const moved = ({ target }: FocusEvent) => {
    trail = target instanceof Element ? around(target) : [];
  };
  const changed = new MutationObserver(() => {
    const active = document.activeElement;
    const stoodIn = active?.matches(STAND_INS) === true && active.querySelector("h1") !== null;
    if (stoodIn || (isNowhere(active) && trail[0] !== undefined && isGone(trail[0]))) focusOn(trail.find((one) => !isGone(one)) ?? null);
  });
  document.addEventListener("focusin", moved);
  changed.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  return () => {
    document.removeEventListener("focusin", moved);
    changed.disconnect();
  };
}

/** To the top of a screen that was gone to; until it has a heading, to the screen itself. */
export function focusOnScreen(): void {
  const screen = document.getElementById("screen");
  if (document.querySelector("dialog[open]") === null && screen !== null) focusOn(screen);
}

function isNowhere(active: Element | null): boolean {
  return active === null || active === document.body;
}

function isGone(element: Element): boolean {
  return !element.isConnected || element.matches(":disabled");
}

function around(element: Element): Element[] {
  const all: Element[] = [];
  for (let one: Element | null = element; one !== null && one !== document.body; one = one.parentElement) all.push(one);
  return all;
}

function focusOn(place: Element | null): void {
  // A whole screen has a name: its heading.
  const to = place?.matches(STAND_INS) === true ? (place.querySelector("h1") ?? place) : place;
  if (!(to instanceof HTMLElement)) return;
  if (to.tabIndex < 0) to.tabIndex = -1;
  to.focus({ preventScroll: true });
}
