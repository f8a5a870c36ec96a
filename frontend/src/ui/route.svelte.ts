// Where one is, in the address's fragment, so that the tablet's back button works. Names nothing but a case's id.

export type Route =
  | { screen: "ward" }
  | { screen: "new-case"; previous?: string }
  | { screen: "import" }
  | { screen: "case"; case: string; phase: string | null; consent?: string; handover?: boolean }
  | { screen: "sending" };

function parse(hash: string): Route {
  const [screen, id, phase, consent] = hash.replace(/^#\/?/, "").split("/");
  // One more step than a phase's address has, so that a phase may have any name.
  if (screen === "case" && id !== undefined && phase === "consent" && consent !== undefined) return { screen, case: id, phase: null, consent };
  if (screen === "handover" && id !== undefined && id !== "") return { screen: "case", case: id, phase: null, handover: true };
  if (screen === "case" && id !== undefined && id !== "") return { screen: "case", case: id, phase: phase ?? null };
  if (screen === "new-case" && id !== undefined && id !== "") return { screen, previous: id };
  if (screen === "new-case" || screen === "import" || screen === "sending") return { screen };
  return { screen: "ward" };
}

function written(route: Route): string {
  if (route.screen === "ward") return "#/";
  if (route.screen !== "case") return `#/${route.screen}`;
  if (route.handover === true) return `#/handover/${route.case}`;
  if (route.consent !== undefined) return `#/case/${route.case}/consent/${route.consent}`;
  return route.phase === null ? `#/case/${route.case}` : `#/case/${route.case}/${route.phase}`;
}

class Router {
  current = $state.raw<Route>(parse(location.hash));
  /** How often one has gone from one screen to another. */
  steps = $state(0);

  constructor() {
    // Back and forward; what `go` itself has written is shown already.
    window.addEventListener("hashchange", () => {
      if (location.hash !== written(this.current)) this.show(parse(location.hash));
    });
  }

  go(route: Route): void {
    location.hash = written(route);
    this.show(route);
  }

  /** As `go`, but going back does not return to the present screen. */
  replace(route: Route): void {
    history.replaceState(null, "", written(route));
    this.show(route);
  }

  /** The code with which the address sends a new tablet to be registered; "" where it does not. */
  takeTabletCode(): string {
    const [screen, code] = location.hash.replace(/^#\/?/, "").split("/");
    if (screen !== "register" || code === undefined) return "";
    this.replace({ screen: "ward" });
    return decodeURIComponent(code);
  }

  private show(route: Route): void {
    this.current = route;
    this.steps += 1;
    // Whatever scrolls, which depends on the height of the glass.
    document.querySelector("main")?.scrollIntoView();
  }
}

export const router = new Router();
