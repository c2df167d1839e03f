// Scanning a code with the tablet's camera. The browser reads it itself where it can; elsewhere one
// small picture at a time goes to the hub, which keeps none. The camera is on while the box is open.

import { postBytes } from "../base/api.js";

const EVERY = 400; // milliseconds between two looks
const PATIENCE = 30_000; // then the camera goes off
const SIDE = 640; // the longest side that the hub takes

export class Scanner {
  #dialog;
  #video;
  #says;
  #told;
  #found;
  #stream = null;
  #looking = 0;

  // `found` is called with the text of the code.
  constructor(button, dialog, { found }) {
    this.#dialog = dialog;
    this.#video = dialog.querySelector("video");
    this.#says = dialog.querySelector("[role=status]");
    this.#told = this.#says.textContent;
    this.#found = found;
    button.hidden = navigator.mediaDevices === undefined;
    button.addEventListener("click", () => this.open());
    dialog.querySelector("button").addEventListener("click", () => this.close());
    dialog.addEventListener("close", () => this.close());
  }

  async open() {
    this.#says.textContent = this.#told;
    this.#dialog.showModal();
    this.#looking += 1;
    const mine = this.#looking;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1280 } },
      });
      if (mine !== this.#looking) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      await this.#look(mine, await makeReader(this.#video));
    } catch {
      if (mine === this.#looking) {
        this.#says.textContent = this.#dialog.dataset.refused;
        this.#off();
      }
    }
  }

  close() {
    this.#looking += 1;
    this.#off();
    if (this.#dialog.open) {
      this.#dialog.close();
    }
  }

  async #look(mine, read) {
    const end = Date.now() + PATIENCE;
    while (mine === this.#looking && Date.now() < end) {
      const code = await read();
      if (mine !== this.#looking) {
        return;
      }
      if (code) {
        this.close();
        this.#found(code);
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    }
    if (mine === this.#looking) {
      this.close();
    }
  }

  #off() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }
}

// A function that looks once, and answers with a code's text or null.
async function makeReader(video) {
  if ("BarcodeDetector" in window) {
    const known = await BarcodeDetector.getSupportedFormats();
    const formats = ["qr_code", "code_128", "ean_13"].filter((format) => known.includes(format));
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats });
      return async () => (await detector.detect(video))[0]?.rawValue ?? null;
    }
  }
  const canvas = document.createElement("canvas");
  return async () => {
    const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
    return (await postBytes("/staff/find/code", blob, "image/jpeg")).code;
  };
}
