// The camera of one consented enrolment. Frames go to the hub one at a time, at most four a second, for
// guidance only; "Take" sends three at once. Nothing is kept: not here, not in the browser's storage.
import { ApiError, postBytes } from "../base/api.js";

const SIDE = 640; // px, the longer side of what is sent
const PAUSE = 300; // ms between the starts of two frames
const GAP = 220; // ms between the three views
const VIEW_BYTES = 160_000;

const video = document.getElementById("video");
const viewfinder = document.getElementById("viewfinder");
const guidance = document.getElementById("guidance");
const take = document.getElementById("take");
const words = guidance.dataset;
const canvas = document.createElement("canvas");

let stream = null;
let taking = false;
let ready = false;

function say(text, state) {
  if (guidance.textContent !== text) guidance.textContent = text;
  viewfinder.dataset.state = state;
}

function wordsFor(codes) {
  const key = `code${codes[0].split("_").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
  return words[key] ?? words.again;
}

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

function close() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  canvas.width = 0; // drops the pixels
}

// Draws the newest picture and returns it as a JPEG of at most `limit` bytes.
async function shoot(limit = 400_000) {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  for (let quality = 0.9; ; quality -= 0.1) {
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
    if (blob.size <= limit || quality < 0.4) return blob;
  }
}

function gone(error) {
  if (!(error instanceof ApiError) || error.status !== 410) return false;
  close();
  location.replace(words.gone);
  return true;
}

async function guide() {
  while (stream) {
    const next = performance.now() + PAUSE;
    if (!taking && video.videoWidth) {
      try {
        const { ok, codes } = await postBytes(words.frame, await shoot(), "image/jpeg");
        if (!taking && stream) {
          ready = ok;
          take.disabled = !ok;
          say(ok ? words.ready : wordsFor(codes), ok ? "ready" : "adjust");
        }
      } catch (error) {
        if (!stream || gone(error)) return; // leaving already, or the hub has forgotten
        if (error.status !== 429) say(error.message, "adjust");
      }
    }
    await pause(Math.max(0, next - performance.now()));
  }
}

// Three JPEGs in one body, each after its length (4 bytes, big-endian).
async function threeViews() {
  const parts = [];
  for (let view = 0; view < 3; view += 1) {
    if (view) await pause(GAP);
    const jpeg = await shoot(VIEW_BYTES);
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, jpeg.size);
    parts.push(length.buffer, jpeg);
  }
  return new Blob(parts, { type: "application/octet-stream" });
}

take.addEventListener("click", async () => {
  if (!ready || taking) return;
  taking = true;
  take.disabled = true;
  say(words.taking, "ready");
  try {
    const answer = await postBytes(words.capture, await threeViews(), "application/octet-stream");
    if (answer.made) {
      say(words.made, "ready");
      close();
      location.replace(answer.next);
      return;
    }
    say(answer.codes.length ? wordsFor(answer.codes) : words.again, "adjust");
  } catch (error) {
    if (!stream || gone(error)) return;
    say(error.message, "adjust");
  }
  taking = false;
});

try {
  stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
  });
  video.srcObject = stream;
  addEventListener("submit", close); // "Go on without my face", "start anew"
  addEventListener("pagehide", close);
  await guide();
} catch {
  close();
  say(words.blocked, "blocked");
}
