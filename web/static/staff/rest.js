// The screen clears after two minutes without a touch, and when the page is hidden. What stood there
// is not covered but gone; a touch fetches it anew.

const IDLE = 120_000;

export class Rest {
  #cover;
  #behind;
  #sleep;
  #wake;
  #touchedAt = Date.now();
  #waiting = new Set();

  // `sleep` empties the page, `wake` fills it again; `behind` is what cannot be used meanwhile.
  constructor(cover, behind, { sleep, wake }) {
    this.#cover = cover;
    this.#behind = behind;
    this.#sleep = sleep;
    this.#wake = wake;
    for (const kind of ["pointerdown", "keydown", "wheel", "scroll"]) {
      window.addEventListener(kind, () => { this.#touchedAt = Date.now(); }, { passive: true });
    }
    document.addEventListener("visibilitychange", () => document.hidden && this.begin());
    window.addEventListener("pagehide", () => this.begin());
    cover.querySelector("button").addEventListener("click", () => this.end());
  }

  get resting() {
    return !this.#cover.hidden;
  }

  tick() {
    if (!this.resting && Date.now() - this.#touchedAt >= IDLE) {
      this.begin();
    }
  }

  begin() {
    if (this.resting) {
      return;
    }
    this.#waiting.clear();
    this.#show();
    this.#cover.hidden = false;
    this.#behind.forEach((element) => { element.inert = true; });
    this.#sleep();
    this.#cover.querySelector("button").focus();
  }

  end() {
    this.#touchedAt = Date.now();
    this.#cover.hidden = true;
    this.#behind.forEach((element) => { element.inert = false; });
    this.#wake();
  }

  // Somebody came or went while the screen was dark: only that is said, not who.
  arrived(id) {
    this.#waiting.add(id);
    this.#show();
  }

  left(id) {
    this.#waiting.delete(id);
    this.#show();
  }

  #show() {
    this.#cover.dataset.news = this.#waiting.size > 0 ? "arrival" : "quiet";
  }
}
