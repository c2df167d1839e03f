// The cards on the screen. Each stands in a slot that moves only when no finger is near: what is
// to come, to go or to move waits until the hand has left. What a card says goes at once.

const CALM = 700; // milliseconds after the last touch in which nothing moves
const GUARD = 400; // milliseconds after a move in which a touch counts for nothing

function firstOlder(list, item) {
  return [...list.children].find((other) => Number(other.dataset.at) < Number(item.dataset.at)) ?? null;
}

export class Slots {
  #here;
  #aside;
  #slots = new Map(); // arrival id → { item, mark, until }
  #ended;
  #changed;
  #waiting = [];
  #timer = 0;
  #touching = false;
  #touchedAt = -Infinity;
  #movedAt = -Infinity;

  // `here` and `aside` are lists; `ended` is the template of a card that is over; `changed` is
  // called after every change.
  constructor(here, aside, ended, changed) {
    this.#here = here;
    this.#aside = aside;
    this.#ended = ended;
    this.#changed = changed;
    this.#feelFingers();
  }

  has(id) {
    return this.#slots.has(id);
  }

  mark(id) {
    return this.#slots.get(id)?.mark;
  }

  ids() {
    return [...this.#slots.keys()];
  }

  // Bring a card into view and to the keyboard.
  focus(id) {
    this.#slots.get(id)?.item.querySelector("h2")?.focus();
  }

  // Show a card, new or again. `now`: at once, for it answers the very touch on it.
  put(id, article, { now = false } = {}) {
    const slot = this.#slots.get(id) ?? this.#newSlot(id);
    slot.mark = article.dataset.mark;
    slot.until = Date.now() + Number(article.dataset.left) * 1000;
    slot.item.dataset.at = article.dataset.at;
    slot.list = article.dataset.place === "aside" ? this.#aside : this.#here;
    const show = () => {
      if (this.#slots.get(id) === slot) {
        this.#show(slot, article);
      }
    };
    if (now) {
      show();
    } else {
      this.#whenCalm(show);
    }
  }

  // Let a card stay so many seconds from now on.
  prolong(id, seconds) {
    const slot = this.#slots.get(id);
    const article = slot?.item.querySelector("article");
    if (article) {
      slot.until = Date.now() + seconds * 1000;
      article.style.setProperty("--left", `${seconds}s`);
      article.style.setProperty("--from", String(Math.min(1, seconds / 120)));
      const bar = article.querySelector(".time-left");
      bar.replaceWith(bar.cloneNode()); // its running out begins anew
    }
  }

  // Take a card away: what it says at once, its place when no finger is near.
  remove(id) {
    const slot = this.#slots.get(id);
    if (slot === undefined) {
      return;
    }
    this.#slots.delete(id);
    const { item } = slot;
    const focused = item.contains(document.activeElement);
    item.style.minBlockSize = `${item.offsetHeight}px`;
    item.replaceChildren(this.#ended.content.cloneNode(true));
    if (focused) {
      document.getElementById("arrivals-title").focus();
    }
    this.#whenCalm(() => {
      item.remove();
      this.#movedAt = performance.now();
      this.#changed();
    });
    this.#changed();
  }

  // Empty everything, at once.
  clear() {
    this.#waiting = [];
    this.#slots.clear();
    this.#here.replaceChildren();
    this.#aside.replaceChildren();
    this.#changed();
  }

  // Take away what has stood for two minutes; needs no connection.
  expire() {
    for (const [id, slot] of this.#slots) {
      if (Date.now() >= slot.until) {
        this.remove(id);
      }
    }
  }

  #newSlot(id) {
    const item = document.createElement("li");
    item.dataset.arrival = id;
    const slot = { item, mark: "", until: 0, list: this.#here };
    this.#slots.set(id, slot);
    return slot;
  }

  #show(slot, article) {
    const { item, list } = slot;
    const focused = item.contains(document.activeElement);
    const seconds = (slot.until - Date.now()) / 1000;
    article.style.setProperty("--left", `${seconds}s`);
    article.style.setProperty("--from", String(seconds / 120));
    item.replaceChildren(article);
    if (item.parentNode !== list) {
      list.insertBefore(item, firstOlder(list, item));
    }
    this.#movedAt = performance.now(); // its buttons are others now
    if (focused) {
      (article.querySelector("[data-focus]") ?? article.querySelector("h2")).focus();
    }
    this.#changed();
  }

  #whenCalm(act) {
    this.#waiting.push(act);
    this.#settle();
  }

  #settle() {
    clearTimeout(this.#timer);
    if (this.#touching || performance.now() - this.#touchedAt < CALM) {
      this.#timer = setTimeout(() => this.#settle(), 100);
      return;
    }
    for (const act of this.#waiting.splice(0)) {
      act();
    }
  }

  #feelFingers() {
    const floor = this.#here.closest(".floor");
    const lift = () => {
      if (this.#touching) {
        this.#touching = false;
        this.#touchedAt = performance.now();
      }
    };
    floor.addEventListener("pointerdown", () => {
      this.#touching = true;
    });
    window.addEventListener("pointerup", lift);
    window.addEventListener("pointercancel", lift);
    window.addEventListener("scroll", () => { this.#touchedAt = performance.now(); }, { passive: true });
    // A finger that was on its way when a card came in must not press what slid under it.
    floor.addEventListener("click", (event) => {
      if (event.detail > 0 && performance.now() - this.#movedAt < GUARD) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, { capture: true });
  }
}
