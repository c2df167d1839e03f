// The greeting display: press → look (ten seconds at most) → what came of it → back to the button.
import { ApiError, getJson, postJson } from "../base/api.js";

const stage = document.getElementById("greet");
const camera = encodeURIComponent(stage.dataset.camera);
const say = document.getElementById("say");
const SHOW_MS = 8000;
const ASK_MS = 400;

let back = 0;

function show(name) {
  for (const panel of stage.querySelectorAll("[data-panel]")) {
    panel.hidden = panel.dataset.panel !== name;
  }
  stage.dataset.state = name;
  const panel = stage.querySelector(`[data-panel="${name}"]`);
  say.textContent = `${panel.querySelector("h1").textContent}. ${panel.querySelector("p").textContent}`;
  clearTimeout(back);
  if (name !== "ready" && name !== "looking") {
    back = setTimeout(() => show("ready"), SHOW_MS);
  }
}

function runDown(seconds) {
  const bar = document.getElementById("time");
  bar.getAnimations().forEach((animation) => animation.cancel());
  bar.animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], {
    duration: seconds * 1000,
    fill: "forwards",
  });
}

async function follow(windowId) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const { outcome } = await getJson(`/greet/${camera}/windows/${windowId}`);
    if (outcome !== "looking") {
      return outcome;
    }
  }
}

async function press() {
  show("looking");
  try {
    const opened = await postJson(`/greet/${camera}`);
    runDown((Date.parse(opened.expires_at) - Date.parse(opened.opened_at)) / 1000);
    show(await follow(opened.window_id));
  } catch (error) {
    show(error instanceof ApiError && error.status === 409 ? "stopped" : "unavailable");
  }
}

document.getElementById("press").addEventListener("click", press);
if (stage.dataset.state === "stopped") {
  back = setTimeout(() => show("ready"), SHOW_MS);
}
