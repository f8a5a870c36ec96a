// Light or dark, as the tablet has it or as someone chose.

const KEPT_AS = "bedside-theme";
export const THEMES = ["auto", "light", "dark"] as const;
export type ThemeChoice = (typeof THEMES)[number];

function kept(): ThemeChoice {
  return THEMES.find((theme) => theme === localStorage.getItem(KEPT_AS)) ?? "auto";
}

class Theme {
  choice = $state<ThemeChoice>(kept());

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    localStorage.setItem(KEPT_AS, choice);
    this.apply();
  }

  apply(): void {
    const root = document.documentElement;
    if (this.choice === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", this.choice);
  }
}

export const theme = new Theme();
