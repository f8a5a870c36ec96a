// The hand that works the tablet: pads and main buttons stand on its side. Kept on this tablet for each person.

const KEPT_AS = "bedside-hand";
export const HANDS = ["left", "right"] as const;
export type Hand = (typeof HANDS)[number];

class WorkingHand {
  choice = $state<Hand>("right");
  /** Whose it is: an enrolment, or "" while nobody is signed in. */
  private of = "";

  /** Somebody took the tablet, or "": put it down. */
  takenBy(enrolment: string): void {
    this.of = enrolment;
    this.apply(HANDS.find((hand) => hand === localStorage.getItem(this.keptAs())) ?? "right");
  }

  choose(choice: Hand): void {
    localStorage.setItem(this.keptAs(), choice);
    this.apply(choice);
  }

  private keptAs(): string {
    return this.of === "" ? KEPT_AS : `${KEPT_AS}-${this.of}`;
  }

  private apply(choice: Hand): void {
    this.choice = choice;
    document.documentElement.setAttribute("data-hand", choice);
  }
}

export const workingHand = new WorkingHand();
