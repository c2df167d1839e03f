// Sends a file in parts (no form with files is taken by the hub), and shows how far an import is.

import { getJson, postBytes, postJson } from "../base/api.js";

const PART = 256 * 1024;
const EVERY = 700;

const input = document.getElementById("file");
const said = document.getElementById("file-said");
const sending = document.getElementById("sending");
const progress = document.getElementById("progress");

async function send(file) {
  const { begin, part, try: attempt } = input.dataset;
  sending.hidden = false;
  await postJson(begin, { name: file.name });
  for (let start = 0; start < file.size; start += PART) {
    await postBytes(part, file.slice(start, start + PART), "application/octet-stream");
    sending.value = Math.min(1, (start + PART) / file.size);
  }
  await postJson(attempt);
  location.reload();
}

input?.addEventListener("change", async () => {
  const [file] = input.files;
  if (!file) {
    return;
  }
  said.textContent = "";
  try {
    await send(file);
  } catch (error) {
    said.textContent = error.message;
    sending.hidden = true;
    input.value = "";
  }
});

async function watch() {
  const bar = document.getElementById("bar");
  try {
    const state = await getJson(progress.dataset.state);
    if (!state.busy) {
      location.reload();
      return;
    }
    bar.max = state.total || 1;
    bar.value = state.done;
  } catch {
    // The hub is away for a moment: ask again.
  }
  setTimeout(watch, EVERY);
}

if (progress) {
  setTimeout(watch, EVERY);
}
