// What is wrong with what the tablet shows now, one line for each element. Comes in as an init script, with axe-core.

globalThis.looking = (() => {
  const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const CONTROLS = "button, a[href], input, select, textarea, summary, [role=button], [tabindex='0']";

  /** What axe finds against WCAG 2.2 AA, and its own advice. */
  const axe = () => found({ type: "tag", values: STANDARDS });

  /** What axe finds of it that depends on colours. */
  const colours = () => found({ type: "rule", values: ["color-contrast", "link-in-text-block"] });

  async function found(runOnly) {
    const options = { runOnly, resultTypes: ["violations"] };
    const { violations } = await globalThis.axe.run(document, options);
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")} – ${help}`));
  }

  function named(element) {
    const place = element.closest("[data-testid]")?.dataset.testid ?? "the page";
    return `<${element.tagName.toLowerCase()}> in ${place}, “${(element.innerText ?? "").slice(0, 40)}”`;
  }

  function isShown(element) {
    const hidden = getComputedStyle(element).clipPath !== "none" || element.closest(".only-read-aloud") !== null;
    return element.checkVisibility({ visibilityProperty: true }) && !hidden;
  }

  function hasText(element) {
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  }

  function* problemsOf(element, targetPx) {
    const { left, right, width } = element.getBoundingClientRect();
    const { display, overflowY } = getComputedStyle(element);
    if (width > 0 && (left < -1 || right > document.documentElement.clientWidth + 1)) yield "reaches beyond the glass";
    if ((hasText(element) || element.matches("button")) && display !== "inline" && element.clientWidth > 0) {
      if (element.scrollWidth > element.clientWidth + 1) yield "text is wider than its box";
      const cuts = overflowY === "hidden" || overflowY === "clip";
      if (cuts && element.scrollHeight > element.clientHeight + 1) yield "text is cut off below";
    }
    if (element.matches(CONTROLS)) {
      // A box to be ticked is ticked by all of the label around it.
      const target = (element.matches("[type=checkbox]") ? element.closest("label") : null) ?? element;
      const { width: across, height: down } = target.getBoundingClientRect();
      if (Math.min(across, down) < targetPx - 0.5) yield `a target of ${Math.round(across)} x ${Math.round(down)} px`;
    }
  }

  /** A dialog covers or dims the bar that names the patient, so it names them itself, in the same words. */
  function* problemsOfDialog(dialog) {
    const bar = document.querySelector("[data-testid=patient]");
    if (bar === null || !dialog.matches("dialog")) return;
    const whom = dialog.querySelector("header [data-testid=whom]")?.innerText ?? "";
    const details = [...bar.querySelectorAll("[data-testid|=patient]:not(:has([data-testid|=patient]))")];
    const says = details.length > 0 && details.every(({ innerText }) => whom.includes(innerText));
    if (!says) yield `does not say about whom: “${whom}”`;
  }

  /** Lying on its side the tablet shows all keys of a pad at once: nobody types a PIN and scrolls. */
  function* problemsOfPad(top) {
    if (innerWidth < innerHeight) return;
    for (const key of top.querySelectorAll("button[data-testid^=pin-], button[data-testid^=pad-]")) {
      const { left, right, top: above, bottom } = key.getBoundingClientRect();
      const ends = [above + 2, bottom - 2].map((y) => document.elementFromPoint((left + right) / 2, y));
      if (!ends.every((end) => end !== null && key.contains(end))) yield "a key is out of sight";
    }
  }

  /** Whether a word of a text stands on more than one line. */
  function isBroken(text, { index, 0: word }) {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length > 1;
  }

  /** Each word that can be chosen is whole. */
  function* problemsOfWords(top) {
    const texts = [...top.querySelectorAll(".options button *")].flatMap(({ childNodes }) => [...childNodes]);
    for (const text of texts.filter(({ nodeType }) => nodeType === Node.TEXT_NODE)) {
      const broken = [...text.data.matchAll(/[\p{L}\p{N}]+/gu)].filter((word) => isBroken(text, word));
      yield* broken.map(([word]) => `“${word}” is broken`);
    }
  }

  /** Nothing scrolls sideways, reaches beyond the glass or is cut off, and a finger hits each control. */
  function layout(targetPx) {
    const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    const screen = document.getElementById("screen");
    const boxes = [document.documentElement, screen, screen?.parentElement ?? null, top];
    const wide = boxes.filter((box) => box !== null && box.scrollWidth > box.clientWidth + 1);
    const shown = [...top.querySelectorAll("*")].filter(isShown);
    return [
      ...[problemsOfDialog, problemsOfPad, problemsOfWords].flatMap((look) => [...look(top)]),
      ...wide.map((box) => `scrolls sideways: ${named(box)}`),
      ...shown.flatMap((element) => [...problemsOf(element, targetPx)].map((problem) => `${problem}: ${named(element)}`)),
    ];
  }

  /** Resolves when nothing moves any more and what was changed is drawn. */
  async function settled() {
    const moving = document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity);
    await Promise.all(moving.map(({ finished }) => finished.catch(() => null)));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  // What is out of sight is laid out too, as it is once somebody scrolls there.
  const whole = new CSSStyleSheet();
  whole.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, whole];

  return { axe, colours, layout, settled };
})();
