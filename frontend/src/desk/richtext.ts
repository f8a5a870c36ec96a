// The editor of longer texts: a text box becomes a page that is written in, with the few styles that a release allows.
// What is typed or pasted is cleaned by the same rules and stands, as markup, in the box that is sent. A text that
// nobody touches is sent as it was, to the letter: a consent's text is named by its digest.

import { isHtml } from "../ui/look/html.ts";
import { cleanHtml } from "./clean.ts";

const BUTTONS = [
  { command: "bold", icon: "format_bold", word: "wordBold", label: "Bold" },
  { command: "italic", icon: "format_italic", word: "wordItalic", label: "Italic" },
  { command: "heading", icon: "title", word: "wordHeading", label: "Heading" },
  { command: "insertUnorderedList", icon: "format_list_bulleted", word: "wordBullets", label: "Bullets" },
  { command: "insertOrderedList", icon: "format_list_numbered", word: "wordNumbers", label: "Numbers" },
] as const;

export function richTexts(root: HTMLElement): void {
  const all = () => {
    for (const box of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-rich]:not([hidden])")) {
      // What this editor could not show whole stays in its plain box, beside the message of what is wrong.
      if (isHtml(box.value) && !box.disabled && box !== document.activeElement && box.closest(".empty-form") === null) edit(box);
    }
  };
  all();
  // Rows that are added to the form later bring boxes of their own.
  new MutationObserver(all).observe(root, { childList: true, subtree: true });
}

function edit(box: HTMLTextAreaElement): void {
  const page = document.createElement("div");
  page.className = "rich-page";
  page.contentEditable = "true";
  page.lang = box.lang;
  page.setAttribute("role", "textbox");
  page.setAttribute("aria-multiline", "true");
  page.setAttribute("aria-label", nameOf(box));
  page.append(...nodesOf(box.value));
  page.addEventListener("input", () => {
    box.value = cleanHtml(page);
  });
  page.addEventListener("paste", (event) => paste(event));
  page.addEventListener("drop", (event) => event.preventDefault());
  page.addEventListener("focus", () => carryOut("defaultParagraphSeparator", "p"));
  const whole = document.createElement("div");
  whole.className = "rich";
  whole.append(toolbar(page), page);
  box.hidden = true;
  box.after(whole);
}

/** What the box is called: its field and its language. */
function nameOf(box: HTMLTextAreaElement): string {
  const labels = [...document.querySelectorAll(`label[for='${box.id}']`)];
  return labels.map((label) => label.getAttribute("title") ?? label.textContent.replace("*", "").trim()).join(", ");
}

function toolbar(page: HTMLElement): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "rich-bar";
  bar.setAttribute("role", "toolbar");
  for (const { command, icon, word, label } of BUTTONS) {
    const made = document.createElement("button");
    made.type = "button";
    made.title = document.body.dataset[word] ?? label;
    made.setAttribute("aria-label", made.title);
    const sign = document.createElement("span");
    sign.className = "material-symbols-outlined";
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = icon;
    made.append(sign);
    made.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    made.addEventListener("click", () => {
      page.focus();
      if (command === "heading") {
        carryOut("formatBlock", inHeading() ? "p" : "h3");
      } else {
        carryOut(command);
      }
    });
    bar.append(made);
  }
  return bar;
}

/** Deprecated and without a successor: the only way to change a selection that keeps the browser's undo. */
function carryOut(command: string, value = ""): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand(command, false, value);
}

function inHeading(): boolean {
  const at = document.getSelection()?.anchorNode;
  const element = at instanceof Element ? at : at?.parentElement;
  return element?.closest("h3") !== null && element?.closest("h3") !== undefined;
}

function paste(event: ClipboardEvent): void {
  event.preventDefault();
  const html = event.clipboardData?.getData("text/html") ?? "";
  if (html === "") {
    carryOut("insertText", event.clipboardData?.getData("text/plain") ?? "");
    return;
  }
  carryOut("insertHTML", cleanHtml(parsed(html)));
}

function nodesOf(html: string): Node[] {
  return [...parsed(html).childNodes].map((node) => document.importNode(node, true));
}

/**
 * A document made this way runs no scripts and loads nothing. It stands under the page's content security policy, which
 * would complain of every style in what a word processor gives: so these are renamed before they are one.
 */
function parsed(html: string): HTMLElement {
  const renamed = html.replace(/\sstyle\s*=/gi, " data-style=").replace(/<(\/?)style\b/gi, "<$1template");
  return new DOMParser().parseFromString(renamed, "text/html").body;
}
