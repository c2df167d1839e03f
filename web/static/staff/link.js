// The connection to the hub: the event stream, and a pulse that notices when it has died silently.

import { ApiError } from "../base/api.js";
import { listen } from "../base/events.js";

const SILENT = 5_000; // without even an error by then, the browser has given up: open a new stream
const PATIENCE = 6_000; // an answer that takes longer counts as none

export class Link {
  #path;
  #handlers;
  #onState;
  #stop = () => {};
  #live = false;
  #deadSince = Infinity;

  constructor(path, handlers, onState) {
    this.#path = path;
    this.#handlers = handlers;
    this.#onState = onState;
    this.#open();
    window.addEventListener("offline", () => this.lost());
    window.addEventListener("online", () => this.#open());
  }

  get live() {
    return this.#live;
  }

  // An answer did not come: show it until the next `hello` or pulse.
  lost() {
    this.#set(false);
  }

  found() {
    this.#set(true);
  }

  tick() {
    if (Date.now() - this.#deadSince > SILENT) {
      this.#open();
    }
  }

  close() {
    this.#stop();
    this.#deadSince = Infinity;
  }

  #open() {
    this.#stop();
    this.#deadSince = Date.now();
    this.#stop = listen(this.#path, this.#handlers, (online) => {
      this.#deadSince = online ? Infinity : Date.now();
      if (!online) {
        this.#set(false);
      }
    });
  }

  #set(live) {
    this.#live = live;
    this.#onState(live);
  }
}

// Reject with "offline" when the promise takes longer than PATIENCE.
export function inTime(promise) {
  let timer = 0;
  const late = new Promise((_, reject) => {
    const offline = document.documentElement.dataset.offline;
    timer = setTimeout(() => reject(new ApiError(0, offline)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
