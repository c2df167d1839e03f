// What every kiosk screen does: forget when nobody is there, keep what was typed when the language is
// changed, show one more empty line when the last is used, print.
import { postJson } from "../base/api.js";

const dialog = document.getElementById("still-there");
const form = document.getElementById("answers");

// --- nobody there: warn, then start anew -----------------------------------------------------------
if (dialog) {
  const idle = Number(dialog.dataset.idle) * 1000;
  const warning = Number(dialog.dataset.warning) * 1000;
  const count = dialog.querySelector("[data-count]");
  let touched = performance.now();
  // The hub forgets by itself at that moment, so the question comes before it.
  let ends = "left" in dialog.dataset ? touched + Number(dialog.dataset.left) * 1000 : Infinity;

  const ask = () => Math.min(touched + idle, ends - warning);
  for (const event of ["pointerdown", "keydown", "input", "scroll", "wheel"]) {
    addEventListener(event, () => { if (!dialog.open) touched = performance.now(); }, { capture: true, passive: true });
  }

  const stay = async () => {
    dialog.close();
    touched = performance.now();
    if (dialog.dataset.more) {
      try {
        await postJson(dialog.dataset.more);
        ends = performance.now() + Number(dialog.dataset.lifetime) * 1000;
      } catch {
        document.getElementById("end").submit(); // the hub has forgotten already
      }
    }
  };
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });

  let asked = 0;
  setInterval(() => {
    const now = performance.now();
    if (!dialog.open && now >= ask()) {
      asked = now;
      dialog.showModal();
    }
    if (dialog.open) {
      const left = asked + warning - now;
      count.textContent = String(Math.max(0, Math.ceil(left / 1000)));
      if (left <= 0) document.getElementById("end").submit();
    }
  }, 250);
}

// --- the language switch keeps what was typed -------------------------------------------------------
if (form?.method === "post" && form.hasAttribute("data-keeps")) {
  for (const link of document.querySelectorAll(".languages a[hreflang]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "language";
      field.value = link.hreflang;
      form.append(field);
      form.submit();
    });
  }
}

// --- lists that grow: one empty line more than is used ----------------------------------------------
for (const list of document.querySelectorAll("[data-grow]")) {
  const lines = [...list.querySelectorAll("input")];
  const grow = () => {
    const used = lines.reduce((last, line, place) => (line.value.trim() ? place + 1 : last), 0);
    const shown = Math.max(Number(list.dataset.grow), used + 1);
    lines.forEach((line, place) => { line.hidden = place >= shown; });
  };
  list.addEventListener("input", grow);
  grow();
}

// --- one touch is one answer ------------------------------------------------------------------------
for (const each of document.forms) {
  each.addEventListener("submit", (event) => {
    if (each.dataset.sent) event.preventDefault();
    each.dataset.sent = "1";
  });
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// --- a scanned address carries the code behind the "#"; it never reaches the hub's log ---------------
const code = document.getElementById("code");
if (code instanceof HTMLInputElement && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

document.getElementById("print")?.addEventListener("click", () => print());
