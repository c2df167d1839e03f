// Makes a chosen picture small enough to send, and sends it. The hub decodes it and makes it anew.

import { postBytes } from "../base/api.js";

const SIDE = 1000;
const QUALITY = 0.85;

const input = document.getElementById("picture");
const said = document.getElementById("picture-said");

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white"; // where it is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
}

input.addEventListener("change", async () => {
  const [file] = input.files;
  if (!file) {
    return;
  }
  said.textContent = "";
  let small;
  try {
    small = await smaller(file);
  } catch {
    said.textContent = input.dataset.unreadable;
    input.value = "";
    return;
  }
  try {
    await postBytes(input.dataset.picture, small, "image/jpeg");
    location.reload();
  } catch (error) {
    said.textContent = error.message;
    input.value = "";
  }
});
