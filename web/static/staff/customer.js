// Pages about customers: they clear themselves when left alone, and show an address or number only for a
// moment. Nothing is stored; a touch on the cleared screen loads the page anew from the hub.

import { postJson } from "../base/api.js";
import { Rest } from "./rest.js";

const TICK = 1_000;
const SHOWN = 30_000; // how long an address stands there

const personal = document.getElementById("personal");
const rest = new Rest(document.getElementById("rest"), [personal, document.querySelector(".top")], {
  sleep: () => personal.replaceChildren(),
  wake: () => location.reload(),
});
setInterval(() => rest.tick(), TICK);

const contact = document.getElementById("contact");
contact?.addEventListener("click", async () => {
  const words = contact.querySelector(".words");
  contact.setAttribute("aria-busy", "true");
  try {
    words.textContent = (await postJson(contact.dataset.path)).contact.join(" · ");
    setTimeout(() => { words.textContent = contact.dataset.masked; }, SHOWN);
  } catch (error) {
    words.textContent = error.message;
  } finally {
    contact.removeAttribute("aria-busy");
  }
});

// After a refusal, straight to the form that it is about.
document.querySelector('#personal [role="alert"]')?.scrollIntoView({ block: "center" });

// One touch is one act.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", (event) => event.persisted && location.reload());
