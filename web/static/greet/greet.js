// The greeting display: the button → looking, with a countdown → what came of it → the button.
//
// The hub is asked once a second, and more often while the camera looks. So a press on another
// button shows here too, a stop and a camera that is away show by themselves, and after the hub was
// away there is nothing to reconnect.
import { ApiError, getJson, postJson } from "../base/api.js";
import { showSteps } from "../base/steps.js";

const stage = document.getElementById("greet");
const path = `/greet/${encodeURIComponent(stage.dataset.camera)}`;
const keys = stage.dataset.keys.split(",");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const SHOW_MS = 8000;
const ASK_MS = 1000;
const ASK_LOOKING_MS = 300;
const TICK_MS = 200;
const LANGUAGE_MS = 60000;
const REFUSED = { 409: "stopped", 429: "busy" };

let resting = stage.dataset.state; // what to show while nothing goes on
let looking = null; // the window that is open: { id, until, seconds }
let done = null; // id of the window whose outcome was shown
let resultUntil = 0;
let pressing = false;
let boot = null;
let touched = performance.now();

function show(name) {
  if (stage.dataset.state === name) {
    return;
  }
  for (const panel of stage.querySelectorAll("[data-panel]")) {
    panel.hidden = panel.dataset.panel !== name;
  }
  stage.dataset.state = name;
  const panel = stage.querySelector(`[data-panel="${name}"]`);
  const words = [panel.querySelector("h1"), panel.querySelector("p"), ...panel.querySelectorAll("li")];
  document.getElementById("say").textContent = words.map((part) => part.textContent).join(". ");
}

function showResult(name) {
  looking = null;
  resultUntil = performance.now() + SHOW_MS;
  show(name);
}

// Back to the button (or to why there is none) once a result was long enough in view.
function rest() {
  if (looking === null && performance.now() >= resultUntil) {
    show(resting);
  }
}

function follow(found) {
  const isFirst = boot === null;
  if (found === null || found.id === done) {
    looking = null;
  } else if (found.outcome === "looking") {
    if (looking?.id !== found.id) {
      const until = performance.now() + found.seconds_left * 1000;
      looking = { id: found.id, until, seconds: found.seconds };
      showSteps(document.getElementById("steps"), found.steps);
    }
    show("looking");
  } else {
    done = found.id;
    if (!isFirst) {
      showResult(found.outcome);
    }
  }
}

async function ask() {
  let state;
  try {
    state = await getJson(`${path}/state`);
  } catch (error) {
    if (error instanceof ApiError && [401, 403].includes(error.status)) {
      location.reload(); // revoked: the page says so
    }
    resting = "unavailable";
    looking = null;
    return;
  }
  resting = state.closed ?? "ready";
  follow(state.window);
  if (boot !== null && boot !== state.boot) {
    location.reload(); // another hub than before: its page may be a newer one
  }
  boot = state.boot;
}

async function press() {
  if (pressing || looking !== null || ["show_pass", "no_button", "at_till"].includes(resting)) {
    return; // nobody presses here: a pass is shown, a till asks, or whoever comes in is seen
  }
  pressing = true;
  try {
    await postJson(path);
    await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) {
      location.reload(); // the page's token is of another session
    }
    showResult(REFUSED[error.status] ?? "unavailable");
  }
  pressing = false;
}

// The number and the bar run down together; in whole seconds where motion is not wanted.
function tick() {
  if (looking !== null) {
    const left = Math.max(0, (looking.until - performance.now()) / 1000);
    const part = (calm.matches ? Math.ceil(left) : left) / looking.seconds;
    document.getElementById("seconds").textContent = Math.ceil(left);
    document.getElementById("time").style.transform = `scaleX(${part})`;
  }
  rest();
}

// What somebody chose ends with them: the next one finds the shop's own language.
function restoreLanguage() {
  const isIdle = performance.now() - touched > LANGUAGE_MS && looking === null;
  if (stage.dataset.languageBack && isIdle && navigator.onLine) {
    location.replace(stage.dataset.languageBack);
  }
}

function onKey(event) {
  touched = performance.now();
  const isOurs = keys.includes(event.key) || keys.includes(event.code);
  if (!isOurs || event.repeat || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  if (event.target.closest("a")) {
    return; // what has the focus goes first
  }
  event.preventDefault();
  press();
}

async function keepAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not allowed now (battery, hidden page): asked again when the page is seen again.
  }
}

async function go() {
  await ask();
  restoreLanguage();
  setTimeout(go, looking === null ? ASK_MS : ASK_LOOKING_MS);
}

document.getElementById("press").addEventListener("click", press);
document.addEventListener("keydown", onKey);
document.addEventListener("pointerdown", () => {
  touched = performance.now();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    keepAwake();
  }
});
setInterval(tick, TICK_MS);
keepAwake();
go();
