// The simulated till. It knows a customer by a handle that ends, keeps nothing when a sale is over,
// and asks the hub what the basket meets after every change.

import { postJson, remove } from "../base/api.js";
import { Sent } from "./sent.js";
import { offerIdentifying } from "./identify.js";

const DESK = "/till/desk";
const SHORTEST = { code: 4, name: 2 };

const $ = (id) => document.getElementById(id);
const words = $("till").dataset;
const sent = new Sent(DESK, $("sent"), take);
const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: words.currency });

let lines = []; // {code, name, cents, quantity}
let attached = null; // as the hub answers
let ending = 0;
let turn = 0; // answers to an earlier basket or customer are dropped
let sale = null; // what is being paid, with its key: sent again it stays the same
let checked = true; // whether what the page shows is of this basket

function say(sentence) {
  $("says").textContent = sentence;
  $("says").hidden = !sentence;
}

function put(text, name, value) {
  return text.replace(`{${name}}`, value);
}

function add(code, name, cents) {
  const known = lines.find((line) => line.code === code);
  if (known) {
    known.quantity += 1;
  } else {
    lines.push({ code, name, cents, quantity: 1 });
  }
  changed();
}

function takeOne(line) {
  line.quantity -= 1;
  lines = lines.filter((one) => one.quantity > 0);
  changed();
}

function changed() {
  showLines();
  check();
}

function showLines(met = new Set()) {
  $("lines").replaceChildren(...lines.map((line, place) => {
    const item = document.createElement("li");
    item.classList.toggle("met", met.has(place));
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = `${line.quantity} × ${line.name}`;
    const price = document.createElement("span");
    price.textContent = line.cents === null ? "" : money.format((line.cents * line.quantity) / 100);
    const fewer = document.createElement("button");
    fewer.type = "button";
    fewer.textContent = "−";
    fewer.ariaLabel = put(words.fewer, "what", line.name);
    fewer.addEventListener("click", () => takeOne(line));
    item.append(name, price, fewer);
    return item;
  }));
  const cents = lines.reduce((sum, line) => sum + (line.cents ?? 0) * line.quantity, 0);
  $("total").textContent = money.format(cents / 100);
  $("empty").hidden = lines.length > 0;
  showPay();
}

// Nothing is paid while the hub is still looking at the basket.
function showPay() {
  $("pay").disabled = lines.length === 0 || !checked;
}

function basket() {
  return lines.map(({ code, name, cents, quantity }) => ({ code, name, quantity, price_cents: cents }));
}

async function check() {
  turn += 1;
  const mine = turn;
  if (!attached?.confirmed || lines.length === 0) {
    checked = true;
    warn("", []);
    $("checked").hidden = true;
    showLines();
    return;
  }
  checked = false;
  showPay();
  try {
    const answer = await postJson(`${DESK}/attachments/${attached.attachment}/check`, { lines: basket() });
    if (mine === turn) {
      checked = true;
      show(answer);
    }
  } catch (error) {
    if (mine === turn) {
      checked = true;
      if (error.status === 410) {
        forget(words.ended);
      }
      showLines();
      warn(words.unchecked, [error.message]);
    }
  }
}

function show({ warnings, check_labels: labels, unknown_lines: unknown, say: sentence }) {
  const met = new Set(warnings.map(({ line }) => line));
  const told = warnings
    .filter(({ line }) => !unknown.includes(line))
    .map(({ line, allergen_name: what, status }) => `${lines[line].name}: ${put(words[status], "what", what)}`);
  unknown.filter((line) => met.has(line)).forEach((line) => told.push(put(words.unknown, "what", lines[line].name)));
  if (labels) {
    told.push(words.labels);
  }
  showLines(met);
  warn(told.length ? sentence : "", told);
  $("checked").textContent = sentence;
  $("checked").hidden = told.length > 0;
}

function warn(sentence, told) {
  const box = $("warnings");
  box.hidden = !sentence;
  box.querySelector("h2").textContent = sentence;
  box.querySelector("ul").replaceChildren(...told.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

async function scan(event) {
  event.preventDefault();
  const typed = $("code").value.trim();
  const text = typed.slice(typed.lastIndexOf("#") + 1); // a receipt's QR code is an address
  $("code").value = "";
  say("");
  hideFound();
  const product = [...document.querySelectorAll("#products button")].find((one) => one.dataset.code === text);
  if (product) {
    product.click();
  } else if (text.length >= SHORTEST.name) {
    await ask(() => find(text));
  }
}

// A code of the customer's first; what is none may be a name.
async function find(text) {
  if (text.length >= SHORTEST.code) {
    try {
      take(await postJson(`${DESK}/attachments`, { code: text }));
      return;
    } catch (error) {
      if (error.status !== 410) {
        throw error;
      }
    }
  }
  if (/\d|@/.test(text)) {
    say(words.nobody);
    return;
  }
  const { candidates, more } = await postJson(`${DESK}/candidates`, { name: text.slice(0, 80) });
  const some = more ? words.more : words.choose;
  say(candidates.length ? some : words.nobody);
  $("found").hidden = candidates.length === 0;
  $("found").replaceChildren(...candidates.map(({ candidate, name }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wide";
    button.textContent = name;
    button.addEventListener("click", () => ask(async () => {
      take(await postJson(`${DESK}/attachments/chosen`, { candidate }));
    }));
    item.append(button);
    return item;
  }));
}

function take(found) {
  if (attached && attached.attachment !== found.attachment && !sent.has(attached.attachment)) {
    release(attached.attachment);
  }
  attached = found;
  sent.taken(found);
  clearTimeout(ending);
  ending = setTimeout(() => forget(words.ended), Date.parse(found.until) - Date.now());
  say("");
  hideFound();
  $("customer").hidden = false;
  $("name").textContent = found.confirmed ? found.greeting : put(words.ask, "name", found.greeting);
  $("question").hidden = found.confirmed;
  check();
}

async function confirm() {
  await ask(async () => take(await postJson(`${DESK}/attachments/${attached.attachment}/confirm`)));
}

function forget(sentence = "") {
  clearTimeout(ending);
  attached = null;
  sent.taken(null);
  $("customer").hidden = true;
  $("name").textContent = "";
  say(sentence);
  check();
}

// It is not them: the hub becomes stricter where a camera was wrong.
function deny() {
  postJson(`${DESK}/attachments/${attached.attachment}/deny`).catch(() => {});
  forget();
}

function detach() {
  release(attached.attachment);
  forget();
}

// The hub forgets it by itself after ten minutes, so what fails here is no loss.
function release(handle) {
  sent.forget(handle);
  remove(`${DESK}/attachments/${handle}`).catch(() => {});
}

function hideFound() {
  $("found").hidden = true;
  $("found").replaceChildren();
}

async function ask(send) {
  try {
    await send();
  } catch (error) {
    if (error.status === 410 && attached) {
      forget(error.message);
    } else {
      say(error.message);
    }
  }
}

function panel(name) {
  document.querySelectorAll("#terminal [data-panel]").forEach((one) => { one.hidden = one.dataset.panel !== name; });
}

function pay() {
  const body = { number: newKey(), at: new Date().toISOString(), lines: basket() };
  if (attached?.confirmed) {
    body.attachment = attached.attachment;
  }
  sale = { body, key: newKey() };
  $("refused").hidden = true;
  panel("pay");
  $("terminal").showModal();
}

// 128 random bits; `crypto.randomUUID` is there only over TLS and on loopback.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function paid() {
  $("paid").disabled = true;
  try {
    const { because } = await postJson(`${DESK}/sales`, sale.body, { "Idempotency-Key": sale.key });
    $("outcome").textContent = words[because];
    if (attached) {
      release(attached.attachment);
    }
    lines = [];
    forget();
    panel("done");
    $("next").focus();
  } catch (error) {
    $("refused").textContent = error.message;
    $("refused").hidden = false;
  } finally {
    $("paid").disabled = false;
  }
}

function next() {
  sale = null;
  $("terminal").close();
  $("code").focus();
}

$("products").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) {
    const { code, name, cents } = button.dataset;
    add(code, name, cents === "" ? null : Number(cents));
  }
});
$("scan").addEventListener("submit", scan);
offerIdentifying(DESK, { say, found: take });
$("yes").addEventListener("click", confirm);
$("no").addEventListener("click", deny);
$("release").addEventListener("click", detach);
$("pay").addEventListener("click", pay);
$("paid").addEventListener("click", paid);
$("back").addEventListener("click", () => $("terminal").close());
$("next").addEventListener("click", next);
showLines();
sent.start();
