// Finding a customer who tells their name or e-mail address; an empty field, touched, offers whom one
// opened last today. What was typed and who was found leave the page when a name is chosen, when the
// screen clears, and after 30 seconds without a key.

import { getJson, postJson } from "../base/api.js";
import { inTime } from "./link.js";

const KEPT = 30_000;
const SHORTEST = 2;

export class Finder {
  #form;
  #query;
  #box;
  #says;
  #names;
  #chosen;
  #refused;
  #until = Infinity;
  #turn = 0; // answers to an earlier question are dropped

  // `chosen` is called with the arrival's id; `refused` with an error that concerns the page.
  constructor(form, { chosen, refused }) {
    this.#form = form;
    this.#query = form.querySelector("input");
    this.#box = form.querySelector("#found");
    this.#says = this.#box.querySelector("p");
    this.#names = this.#box.querySelector("ul");
    this.#chosen = chosen;
    this.#refused = refused;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    this.#query.addEventListener("input", () => this.#typed());
    this.#query.addEventListener("click", () => this.#last());
    this.#query.addEventListener("keydown", (event) => event.key === "ArrowDown" && this.#last());
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave());
    this.#names.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button !== null && "page" in button.dataset) {
        this.#openPage(button);
      } else if (button !== null) {
        this.#choose(button);
      }
    });
    document.addEventListener("pointerdown", (event) => form.contains(event.target) || this.clear());
  }

  // Look for what a scanner read.
  search(code) {
    this.#query.value = code;
    return this.#search();
  }

  // Forget what was typed and who was found.
  clear() {
    this.#turn += 1;
    this.#until = Infinity;
    this.#query.value = "";
    this.#hide();
  }

  tick() {
    if (Date.now() >= this.#until) {
      this.clear();
    }
  }

  #leave() {
    this.clear();
    this.#query.focus();
  }

  #typed() {
    this.#turn += 1;
    this.#until = Date.now() + KEPT;
    this.#hide();
    this.#last();
  }

  // Whom this member of staff opened last today; the names are read, and that is logged, only now.
  async #last() {
    if (this.#query.value !== "" || !this.#box.hidden) {
      return;
    }
    await this.#ask(async () => getJson("/staff/find/last"), ({ people }) => {
      if (people.length > 0) {
        this.#show(people, this.#form.dataset.last);
      }
    });
  }

  async #search() {
    const query = this.#query.value.trim();
    if (query.length < SHORTEST) {
      this.#say(this.#form.dataset.short);
      return;
    }
    await this.#ask(async () => postJson("/staff/find", { query }), ({ people, more }) => {
      const { nobody, one, several, more: typeMore } = this.#form.dataset;
      this.#show(people, more ? typeMore : [nobody, one][people.length] ?? several);
    });
  }

  #show(people, sentence) {
    this.#say(sentence);
    this.#names.replaceChildren(...people.map(({ name, apart, key }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "wide";
      button.textContent = name;
      if (apart) {
        const told = document.createElement("span");
        told.className = "apart";
        told.textContent = apart;
        button.append(told);
      }
      button.dataset.key = key;
      const page = document.createElement("button");
      page.type = "button";
      page.className = "quiet";
      page.textContent = this.#form.dataset.page;
      page.ariaLabel = `${this.#form.dataset.page}: ${name}`;
      page.dataset.key = key;
      page.dataset.page = "";
      item.append(button, page);
      return item;
    }));
  }

  async #choose(button) {
    const { key } = button.dataset;
    await this.#ask(async () => postJson("/staff/find/choose", { key }), ({ arrival_id: id }) => {
      this.clear();
      this.#chosen(id);
    });
  }

  async #openPage({ dataset: { key } }) {
    await this.#ask(async () => postJson("/staff/find/open", { key }), ({ page }) => {
      this.clear();
      location.assign(page);
    });
  }

  // Ask the hub; what it answers counts only while nothing else was typed or forgotten.
  async #ask(send, then) {
    this.#turn += 1;
    const mine = this.#turn;
    this.#until = Date.now() + KEPT;
    this.#form.setAttribute("aria-busy", "true");
    try {
      const told = await inTime(send());
      if (mine === this.#turn) {
        then(told);
      }
    } catch (error) {
      if (mine === this.#turn) {
        this.#say(error.message);
      }
      this.#refused(error);
    } finally {
      this.#form.removeAttribute("aria-busy");
    }
  }

  #say(sentence) {
    this.#until = Date.now() + KEPT;
    this.#names.replaceChildren();
    this.#box.hidden = false;
    this.#says.textContent = sentence;
  }

  #hide() {
    this.#box.hidden = true;
    this.#says.textContent = "";
    this.#names.replaceChildren();
  }
}
