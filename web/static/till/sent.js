// Whom colleagues on the shop floor sent to this till. They are offered, never taken by themselves:
// somebody else may stand first in the queue.

import { getJson } from "../base/api.js";

const PULSE = 4_000; // how often the hub is asked

export class Sent {
  #desk;
  #box;
  #chosen;
  #here = new Map(); // handle → as the hub answers
  #current = null; // the handle of who is attached: not offered again

  // `desk` is the address of the till's views; `chosen` is called with who was touched.
  constructor(desk, box, chosen) {
    this.#desk = desk;
    this.#box = box;
    this.#chosen = chosen;
  }

  start() {
    // A hub that is away says so when something is asked of it.
    this.#look().catch(() => {}).finally(() => setTimeout(() => this.start(), PULSE));
  }

  has(handle) {
    return this.#here.has(handle);
  }

  // This customer is at the till now; null: nobody is.
  taken(found) {
    this.#current = found?.attachment ?? null;
    if (this.has(this.#current)) {
      this.#here.set(this.#current, found);
    }
    this.#show();
  }

  forget(handle) {
    this.#here.delete(handle);
    this.#show();
  }

  async #look() {
    const { sent } = await getJson(`${this.#desk}/attachments`);
    const handles = new Set(sent.map(({ attachment }) => attachment));
    [...this.#here.keys()].filter((handle) => !handles.has(handle)).forEach((handle) => this.#here.delete(handle));
    for (const { attachment, confirmed } of sent) {
      if (this.#here.get(attachment)?.confirmed !== confirmed) {
        this.#here.set(attachment, await getJson(`${this.#desk}/attachments/${attachment}`));
      }
    }
    this.#show();
  }

  #show() {
    const waiting = [...this.#here.values()].filter(({ attachment }) => attachment !== this.#current);
    const shown = [...this.#box.querySelectorAll("button")].map((button) => button.dataset.handle);
    this.#box.hidden = waiting.length === 0;
    if (waiting.map(({ attachment }) => attachment).join() === shown.join()) {
      return; // a button under a finger stays the same button
    }
    this.#box.querySelector("ul").replaceChildren(...waiting.map(({ attachment, greeting }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "wide";
      button.dataset.handle = attachment;
      button.textContent = greeting;
      button.addEventListener("click", () => this.#here.has(attachment) && this.#chosen(this.#here.get(attachment)));
      item.append(button);
      return item;
    }));
  }
}
