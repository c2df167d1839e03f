// Asking by face who the customer is: the camera at this till looks for ten seconds, and the page
// says what to do before it. Only for who asks for it; the answer is an attachment like any other.

import { getJson, postJson } from "../base/api.js";
import { showSteps } from "../base/steps.js";

const ASK_MS = 500;
const UNDER_WAY = ["challenge", "waiting"];

const $ = (id) => document.getElementById(id);

// `found` is told the attachment, `say` how it ended otherwise.
export function offerIdentifying(desk, { say, found }) {
  $("by-face")?.addEventListener("click", async () => {
    $("by-face").disabled = true;
    say("");
    try {
      const ended = await follow(desk, await postJson(`${desk}/identifications`));
      if (ended.attachment) {
        found(ended.attachment);
      } else {
        say($("identify").dataset[ended.state]);
      }
    } catch (error) {
      say(error.message);
    } finally {
      $("looking").hidden = true;
      $("by-face").disabled = false;
    }
  });
}

async function follow(desk, asked) {
  let now = asked;
  showSteps($("steps"), asked.steps);
  $("looking").hidden = false;
  $("looking").scrollIntoView({ block: "nearest" });
  while (UNDER_WAY.includes(now.state)) {
    const left = Math.max(0, Math.ceil((Date.parse(now.until) - Date.now()) / 1000));
    $("left").textContent = now.state === "challenge" ? left : 0;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    now = await getJson(`${desk}/identifications/${now.identification}`);
  }
  return now;
}
