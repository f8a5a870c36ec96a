// The admin's pages, beside the tablet: menus and themes (Alpine in its build without eval), rows put in order, the
// editor of longer texts, and what is said of conditions. Without this program every page still works, with plain inputs.

import "./desk.css";
import Alpine from "@alpinejs/csp";
import { orderedRows } from "./order.ts";
import { richTexts } from "./richtext.ts";
import { toldAnew } from "./told.ts";

declare global {
  interface Window {
    Alpine: typeof Alpine;
    /** unfold's own, in its app.js. */
    theme: () => Record<string, unknown>;
    searchForm: () => Record<string, unknown>;
  }
}

/** What unfold's templates read of the page as a whole. */
function page() {
  return {
    activeTab: "general",
    open: true, // of rows that fold: unfold asks for it where it does not say it
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("sidebarDesktopOpen") !== "0",
    init(): void {
      this.activeTab = document.body.dataset["firstTab"] ?? "general";
    },
    toggleSidebar(): void {
      if (matchMedia("(min-width: 1280px)").matches) {
        this.sidebarDesktopOpen = !this.sidebarDesktopOpen;
        localStorage.setItem("sidebarDesktopOpen", this.sidebarDesktopOpen ? "1" : "0");
      } else {
        this.sidebarMobileOpen = !this.sidebarMobileOpen;
      }
    },
  };
}

window.Alpine = Alpine;
document.addEventListener("alpine:init", () => {
  Alpine.data("theme", () => window.theme());
  Alpine.data("searchForm", () => window.searchForm());
  Alpine.data("page", page);
});
// Where the reader leaves light and dark to the device, the page follows it at once.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  const chosen = localStorage.getItem("adminTheme") ?? '"auto"';
  if (chosen.includes("auto")) document.documentElement.classList.toggle("dark", matches);
});
richTexts(document.body);
orderedRows(document);
toldAnew(document);
Alpine.start();
