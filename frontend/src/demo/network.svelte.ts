// The demo's switch: while it is off, whatever this page asks the server for fails as without a network. It is kept
// over a reload, and all tabs go by it. The page itself comes from the worker, as on any tablet.

const KEPT_AS = "bedside-demo-cut";

class Network {
  cut = $state(localStorage.getItem(KEPT_AS) !== null);
  private line = new AbortController();

  constructor() {
    const through = window.fetch.bind(window);
    window.fetch = (asked, init) => this.ask(through, asked, init);
    window.addEventListener("storage", ({ key }) => {
      if (key === KEPT_AS) this.become(localStorage.getItem(KEPT_AS) !== null);
    });
    if (this.cut) this.line.abort(noNetwork());
  }

  set(cut: boolean): void {
    if (cut) localStorage.setItem(KEPT_AS, "yes");
    else localStorage.removeItem(KEPT_AS);
    this.become(cut);
  }

  private become(cut: boolean): void {
    if (cut === this.cut) return;
    this.cut = cut;
    // What is under way is cut too.
    if (cut) this.line.abort(noNetwork());
    else this.line = new AbortController();
    window.dispatchEvent(new Event(cut ? "offline" : "online"));
  }

  private ask(through: typeof fetch, asked: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const given = init.signal ?? null;
    const signal = given === null ? this.line.signal : AbortSignal.any([given, this.line.signal]);
    return through(asked, { ...init, signal });
  }
}

/** What a browser says where there is no network. */
function noNetwork(): TypeError {
  return new TypeError("Failed to fetch");
}

export const network = new Network();
