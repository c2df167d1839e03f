// The staff tablet. Events carry ids only; every card is fetched from the hub, which checks consent
// again and logs the read. Nothing is stored: what is not on the screen is not here.

import { getFragment, getJson, postJson } from "../base/api.js";
import { Finder } from "./find.js";
import { inTime, Link } from "./link.js";
import { Rest } from "./rest.js";
import { Scanner } from "./scan.js";
import { Slots } from "./slots.js";
import { makeChime } from "./sound.js";

const TICK = 1_000;
const STAY = 15_000; // how often the hub is told that a card is in use
const PULSE = 10_000; // how often the list is compared while somebody uses the tablet
const LOST_SHOWN = 2_000; // a connection that comes back sooner is not worth a warning
const SAID = 7_000; // how long a sentence stays
const ANNOUNCED = 4_000;
const ECHO = 250; // how long the event about our own act may take before we fetch ourselves

const byId = (id) => document.getElementById(id);
const board = byId("board");
const slots = new Slots(byId("here"), byId("aside"), byId("ended-card"), showEmpty);
const chime = makeChime(byId("sound"));
const finder = new Finder(byId("find"), { chosen: asked, refused });
const scanner = new Scanner(byId("scan"), byId("scanner"), { found: (code) => finder.search(code) });
const rest = new Rest(byId("rest"), [board, document.querySelector(".top")], {
  sleep: clear,
  wake: () => sync(),
});

let boot = null; // which run of the hub the list is from
let epoch = 0; // grows when the screen is cleared: answers from before are dropped
let known = false; // whether the list was fetched: from then on, new cards chime
let lostAt = Infinity;
let pulsedAt = 0;
let sayTimer = 0;
let announceTimer = 0;
const reads = new Map(); // arrival id → number of its newest read
const acting = new Set();
let stayedAt = -Infinity;
const gone = new Set();

const link = new Link("/staff/events", {
  hello: (data) => meet(data.boot),
  arrival: (data) => arrived(data.arrival_id),
  // Later than our own answer, so that who asked does not read the card twice.
  asked: (data) => setTimeout(() => rest.resting || arrived(data.arrival_id), ECHO),
  changed: (data) => slots.has(data.arrival_id) && refresh(data.arrival_id),
  gone: (data) => left(data.arrival_id),
  stopped: () => { forget(); showStopped(true); sync(); },
  resumed: () => sync(),
  reset: () => startOver(),
}, showLink);

function meet(newBoot) {
  if (boot !== null && newBoot !== boot) {
    startOver();
  }
  boot = newBoot;
  return sync();
}

function startOver() {
  forget();
  say(board.dataset.cleared, "warn");
  return sync();
}

// Forget every card; the screen empties.
function forget() {
  epoch += 1;
  reads.clear();
  gone.clear();
  slots.clear();
  announce("");
}

function clear() {
  forget();
  finder.clear();
  scanner.close();
  say("");
}

function arrived(id) {
  if (rest.resting) {
    rest.arrived(id);
    chime();
  } else if (!slots.has(id) && !reads.has(id) && !gone.has(id)) {
    refresh(id);
  }
}

// A customer told their name and was chosen: straight to the card.
async function asked(id) {
  await refresh(id, { now: true });
  slots.focus(id);
}

function left(id) {
  gone.add(id);
  rest.left(id);
  slots.remove(id);
  announce("");
}

// Compare with the hub's list, and fetch what is new or changed.
async function sync() {
  if (rest.resting || !byId("ended").hidden) {
    return;
  }
  pulsedAt = Date.now();
  const mine = epoch;
  try {
    const list = await inTime(getJson("/staff/arrivals"));
    link.found();
    if (mine !== epoch) {
      return;
    }
    showStopped(list.stopped);
    const live = new Set(list.arrivals.map((arrival) => arrival.id));
    slots.ids().filter((id) => !live.has(id)).forEach(left);
    // Oldest first, so that the newest comes to stand on top.
    const stale = list.arrivals.filter((arrival) => slots.mark(arrival.id) !== arrival.mark);
    await Promise.all(stale.reverse().map((arrival) => refresh(arrival.id)));
    known = true;
  } catch (error) {
    refused(error);
  }
}

async function refresh(id, { now = acting.has(id) } = {}) {
  const mine = epoch;
  const number = (reads.get(id) ?? 0) + 1;
  reads.set(id, number);
  try {
    const fragment = await inTime(getFragment(`/staff/arrivals/${id}/card`));
    if (mine !== epoch || reads.get(id) !== number || gone.has(id)) {
      return;
    }
    const article = fragment.querySelector("article");
    if (!slots.has(id)) {
      greetNew(article);
    }
    slots.put(id, article, { now });
  } catch (error) {
    if (error.status === 410) {
      left(id);
    } else {
      reads.delete(id);
      refused(error);
    }
  }
}

function greetNew(article) {
  if (known && !("asked" in article.dataset)) {
    chime();
    if (article.dataset.place === "here") {
      announce(article.dataset.announce);
    }
  }
}

// For screen readers; gone again soon, for it holds a name.
function announce(sentence) {
  clearTimeout(announceTimer);
  byId("announce").textContent = sentence;
  if (sentence) {
    announceTimer = setTimeout(() => announce(""), ANNOUNCED);
  }
}

async function act(id, button) {
  if (acting.has(id)) {
    return;
  }
  acting.add(id);
  button.setAttribute("aria-busy", "true");
  const before = reads.get(id);
  try {
    const { act: what, product, till } = button.dataset;
    await inTime(postJson(`/staff/arrivals/${id}/${what}`, { product, till }));
    say(button.dataset.done, "good");
    if (product || what === "sale") {
      acting.delete(id); // nothing else on the card is another now
      button.setAttribute("aria-pressed", "true");
      return;
    }
    if (what === "not-this-person") {
      left(id);
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, ECHO); });
    if (reads.get(id) === before && slots.has(id)) {
      await refresh(id);
    }
  } catch (error) {
    if (error.status === 410) {
      left(id);
    } else if (error.status === 409) {
      refresh(id);
    }
    refused(error);
    say(error.message, "warn");
  } finally {
    button.removeAttribute("aria-busy");
    setTimeout(() => acting.delete(id), ECHO);
  }
}

// What a refusal means for the whole page: no connection, or no longer let in.
function refused(error) {
  if (error.status === undefined) {
    throw error;
  }
  if (error.status === 401 || error.status === 403) {
    link.close();
    clear();
    byId("ended").hidden = false;
  } else if (error.status === 0 || error.status >= 500) {
    link.lost();
  }
}

function say(sentence, kind = "") {
  clearTimeout(sayTimer);
  byId("say").className = `say ${kind}`;
  byId("say").textContent = sentence;
  if (sentence) {
    sayTimer = setTimeout(() => say(""), SAID);
  }
}

function showLink(live) {
  lostAt = live ? Infinity : Math.min(lostAt, Date.now());
  byId("link").dataset.link = live ? "live" : "lost";
  if (live) {
    byId("lost").hidden = true;
  }
}

function showStopped(stopped) {
  byId("stopped").hidden = !stopped;
  showEmpty();
}

function showEmpty() {
  byId("empty").hidden = byId("here").childElementCount > 0 || !byId("stopped").hidden;
}

board.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (button !== null) {
    act(button.closest("[data-arrival]").dataset.arrival, button);
  }
});

// A card that is being served stays while it is used; the hub says for how long.
board.addEventListener("pointerdown", async (event) => {
  const id = event.target.closest("[data-serving]")?.closest("[data-arrival]")?.dataset.arrival;
  if (id === undefined || performance.now() - stayedAt < STAY) {
    return;
  }
  stayedAt = performance.now();
  try {
    const { left: seconds } = await inTime(postJson(`/staff/arrivals/${id}/stay`));
    slots.prolong(id, seconds);
  } catch (error) {
    if (error.status === 410) {
      left(id);
    } else {
      refused(error);
    }
  }
});

setInterval(() => {
  slots.expire();
  finder.tick();
  rest.tick();
  link.tick();
  byId("lost").hidden = Date.now() - lostAt < LOST_SHOWN;
  if (!rest.resting && Date.now() - pulsedAt >= PULSE) {
    sync();
  }
}, TICK);

window.addEventListener("pageshow", (event) => event.persisted && location.reload());
