// Shows a protocol's draft as a tablet would, in the page that the admin opens for it.

import { mount } from "svelte";
import { language } from "../ui/look/language.svelte.ts";
import { theme } from "../ui/look/theme.svelte.ts";
import { router } from "../ui/route.svelte.ts";
import Preview from "./Preview.svelte";
import { type Draft, previewOf } from "./tablet.ts";
import "../ui/look/tokens.css";
import "../ui/look/base.css";

async function start(target: HTMLElement, given: HTMLElement): Promise<void> {
  document.documentElement.lang = language.code;
  theme.apply();
  const { app, case: id } = await previewOf(JSON.parse(given.textContent) as Draft);
  router.replace({ screen: "case", case: id, phase: null });
  mount(Preview, { target, props: { app, back: target.dataset["back"] ?? "/admin/" } });
}

const [target, given] = [document.getElementById("app"), document.getElementById("draft")];
if (target !== null && given !== null) {
  start(target, given).catch((failure: unknown) => {
    target.textContent = `${language.words.preview.failed} (${String(failure)})`;
  });
}
