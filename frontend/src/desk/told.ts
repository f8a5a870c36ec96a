// What is said below a condition is about what was there when the page came: once something else is typed, it says so.

export function toldAnew(page: Document): void {
  page.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) return;
    target.parentElement?.querySelector(":scope > .told")?.classList.toggle("stale", target.value !== target.defaultValue);
  });
}
