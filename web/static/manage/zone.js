// The zone editor. The five number fields are the truth; the rectangle shows and changes them.
import { ApiError, getJson, postJson } from "../base/api.js";

const editor = document.getElementById("editor");
const stage = editor.querySelector(".stage");
const box = document.getElementById("zone");
const canvas = document.getElementById("view");
const left = document.getElementById("left");
const button = document.getElementById("show");
const field = Object.fromEntries(["x", "y", "w", "h"].map((n) => [n, document.getElementById(n)]));
const path = `/manage/cameras/${encodeURIComponent(editor.dataset.camera)}/view`;
const SMALLEST = 10;
const LEVELS = 16;
const ASK_MS = 1000;

const within = (value, low, high) => Math.min(high, Math.max(low, value));

function read() {
  const number = (name, other) => (Number.isFinite(field[name].valueAsNumber) ? field[name].valueAsNumber : other);
  return { x: number("x", 0), y: number("y", 0), w: number("w", 100), h: number("h", 100) };
}

function draw() {
  const { x, y, w, h } = read();
  box.style.left = `${x}%`;
  box.style.top = `${y}%`;
  box.style.width = `${w}%`;
  box.style.height = `${h}%`;
}

function write(zone) {
  for (const [name, value] of Object.entries(zone)) {
    field[name].value = Math.round(value);
  }
  draw();
}

// Move the whole rectangle or one corner by a share of the picture; it never leaves the picture.
function change(part, from, dx, dy) {
  if (part === "move") {
    write({ ...from, x: within(from.x + dx, 0, 100 - from.w), y: within(from.y + dy, 0, 100 - from.h) });
    return;
  }
  const right = from.x + from.w;
  const bottom = from.y + from.h;
  const zone = { ...from };
  if (part.endsWith("w")) {
    zone.x = within(from.x + dx, 0, right - SMALLEST);
    zone.w = right - zone.x;
  } else {
    zone.w = within(from.w + dx, SMALLEST, 100 - from.x);
  }
  if (part.startsWith("n")) {
    zone.y = within(from.y + dy, 0, bottom - SMALLEST);
    zone.h = bottom - zone.y;
  } else {
    zone.h = within(from.h + dy, SMALLEST, 100 - from.y);
  }
  write(zone);
}

box.addEventListener("pointerdown", (event) => {
  const part = event.target.closest("[data-part]")?.dataset.part ?? "move";
  const from = read();
  const frame = stage.getBoundingClientRect();
  const drag = (moved) =>
    change(
      part,
      from,
      (100 * (moved.clientX - event.clientX)) / frame.width,
      (100 * (moved.clientY - event.clientY)) / frame.height,
    );
  const drop = () => {
    box.removeEventListener("pointermove", drag);
    box.removeEventListener("pointerup", drop);
    box.removeEventListener("pointercancel", drop);
  };
  box.setPointerCapture(event.pointerId);
  box.addEventListener("pointermove", drag);
  box.addEventListener("pointerup", drop);
  box.addEventListener("pointercancel", drop);
});

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
box.addEventListener("keydown", (event) => {
  const part = event.target.closest("[data-part]")?.dataset.part;
  const step = STEPS[event.key];
  if (part && step) {
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    change(part, read(), size * step[0], size * step[1]);
  }
});
for (const input of Object.values(field)) {
  input.addEventListener("input", draw);
}

function paint(mosaic) {
  stage.style.setProperty("--ratio", mosaic.width / mosaic.height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  mosaic.cells.forEach((level, at) => {
    const grey = (255 * level) / (LEVELS - 1);
    image.data.set([grey, grey, grey, 255], 4 * at);
  });
  context.putImageData(image, 0, 0);
}

function clear() {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

async function follow(shown) {
  while (shown.seconds > 0 && !document.hidden) {
    if (shown.mosaic) {
      paint(shown.mosaic);
      left.textContent = editor.dataset.left.replace("{seconds}", shown.seconds);
    } else {
      left.textContent = editor.dataset.waiting;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    shown = await getJson(path);
  }
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    await follow(await postJson(path));
    left.textContent = editor.dataset.closed;
  } catch (error) {
    left.textContent = error instanceof ApiError ? error.message : editor.dataset.closed;
  } finally {
    clear();
    button.disabled = false;
  }
});

draw();
